/// How a server speaks TLS, with HTTP/1.1 inside: who it is, and whom it lets in. All files are in
/// PEM format.
package struct TLSServerSettings: Equatable, Sendable {
    /// Which clients have to show a certificate of the authorities.
    package enum ClientCertificates: String, CaseIterable, Sendable {
        /// All of them.
        case required
        /// Those that have one; one that nobody vouches for is refused.
        case optional
    }

    package struct Clients: Equatable, Sendable {
        package var authorityFile: String
        package var certificates: ClientCertificates

        package init(authorityFile: String, certificates: ClientCertificates = .required) {
            self.authorityFile = authorityFile
            self.certificates = certificates
        }
    }

    /// Longest list of certificates that a client may send: a dozen of the usual size.
    static let certificateBytesMax = 24_576

    /// The server's certificate, followed by those that lead to its authority.
    package var certificateFile: String
    /// Its key, without a pass phrase.
    package var keyFile: String
    /// Nil asks no client for a certificate.
    package var clients: Clients?
    package var versionMin = TLSVersion.tls12

    package init(certificateFile: String, keyFile: String) {
        self.certificateFile = certificateFile
        self.keyFile = keyFile
    }
}
