/// Where requests go: a scheme, a host and a port.
package struct Origin: Hashable, Sendable {
    package let isSecure: Bool
    /// A name or a numeric address, without the brackets of IPv6.
    package let host: String
    package let port: Int

    package init(isSecure: Bool, host: String, port: Int) {
        self.isSecure = isSecure
        self.host = host
        self.port = port
    }

    /// What stands in a Host field (RFC 9110, section 7.2).
    package var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
    }
}

extension Origin: CustomStringConvertible {
    package var description: String { "\(isSecure ? "https" : "http")://\(authority)" }
}
