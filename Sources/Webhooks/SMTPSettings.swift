/// How mail leaves the service: by one server, of the operator's choice.
package struct SMTPSettings: Equatable, Sendable {
    package enum Security: String, CaseIterable, Sendable {
        /// TLS is agreed on after the greeting (RFC 3207), or nothing is sent.
        case startTLS = "starttls"
        /// TLS from the first byte on (RFC 8314, section 3.3).
        case implicit
        /// For a server on this machine.
        case none
    }

    package var host: String
    package var port: Int
    package var security = Security.startTLS
    package var user: String?
    package var password: String?
    /// The sender's address.
    package var from: String
    /// Who vouches for the server, in PEM; nil for the system's authorities.
    package var caFile: String?
    /// Of recipients; empty allows any domain.
    package var recipientDomains: [String] = []

    package init(host: String, port: Int, from: String) {
        self.host = host
        self.port = port
        self.from = from
    }

    package func allows(_ recipient: String) -> Bool {
        guard !recipientDomains.isEmpty else { return true }
        let domain = recipient.split(separator: "@").last?.lowercased() ?? ""
        return recipientDomains.contains { $0.lowercased() == domain }
    }
}
