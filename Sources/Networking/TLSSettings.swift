/// How a client speaks TLS, and whom it believes.
package struct TLSSettings: Hashable, Sendable {
    /// Who may vouch for a server.
    package enum Trust: Hashable, Sendable {
        /// The certificate authorities of this system.
        case system
        /// Those in a file in PEM format, and nobody else.
        case authorities(file: String)
        /// Anybody: whoever answers is taken for the server. For test systems.
        case everybody
    }

    /// Who this client is. Both files are in PEM format, the key without a pass phrase; the
    /// certificate may be followed by those that lead to its authority.
    package struct ClientCertificate: Hashable, Sendable {
        package var certificateFile: String
        package var keyFile: String

        package init(certificateFile: String, keyFile: String) {
            self.certificateFile = certificateFile
            self.keyFile = keyFile
        }
    }

    package typealias Version = TLSVersion

    package var trust = Trust.system
    package var clientCertificate: ClientCertificate?
    /// Older ones are broken and refused by everybody (RFC 8996).
    package var versionMin = Version.tls12
    package var versionMax = Version.tls13
    /// Whether a connection may continue the session of an earlier one, which saves the server a
    /// signature. Off unless asked for, as it changes what is tested.
    package var resumesSessions = false
    /// What is to be spoken inside, as in `http/1.1` (RFC 7301); nothing is offered if empty.
    /// Each has 1 to 255 bytes.
    package var applicationProtocols: [String] = []
    /// Whether an idle connection gives its buffers back. With small responses that saves 9 of
    /// 30 KiB per connection, with large ones up to 34 KiB, and costs 7 % or more of a request's
    /// CPU.
    package var releasesBuffers = false

    package init() {}
}

/// The server that is meant, by name or by address: what its certificate must be made for.
package struct TLSServerName: Hashable, Sendable {
    package let text: String
    /// Addresses are checked against certificates in another way and never sent (RFC 6066,
    /// section 3).
    let isAddress: Bool

    package init(_ text: String) {
        self.text = text
        isAddress = Resolver.numericAddress(text, port: 0) != nil
    }
}
