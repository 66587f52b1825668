/// Files in PEM format that the operator names for a cluster: a tenant's scenario must not choose
/// files of the service's machine.
package struct TLSFiles: Equatable, Sendable {
    /// Who may vouch for the other side; nil for the authorities of the system.
    package var caFile: String?
    /// Who we are, and the key without a pass phrase; both or neither.
    package var clientCertificateFile: String?
    package var clientKeyFile: String?

    package init(
        caFile: String? = nil, clientCertificateFile: String? = nil, clientKeyFile: String? = nil
    ) {
        self.caFile = caFile
        self.clientCertificateFile = clientCertificateFile
        self.clientKeyFile = clientKeyFile
    }
}
