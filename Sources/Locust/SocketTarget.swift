import Foundation

/// Where a request goes, and how it is written there.
struct SocketTarget: Sendable {
    /// A name or an address without brackets.
    let host: String
    let port: Int
    let isSecure: Bool
    /// The `Host` field (RFC 9110, section 7.2).
    private let authority: String
    /// In origin form (RFC 9112, section 3.2.1).
    private let path: String

    /// `nil` for what is no absolute URL of `http` or `https`.
    init?(_ url: String) {
        guard let parts = URLComponents(string: url), let host = parts.encodedHost, !host.isEmpty,
            let scheme = parts.scheme?.lowercased(), ["http", "https"].contains(scheme)
        else { return nil }
        isSecure = scheme == "https"
        port = parts.port ?? (isSecure ? 443 : 80)
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
        self.host = isBracketed ? String(host.dropFirst().dropLast()) : host
        let name = host.contains(":") && !isBracketed ? "[\(host)]" : host
        authority = parts.port.map { "\(name):\($0)" } ?? name
        path =
            (parts.percentEncodedPath.isEmpty ? "/" : parts.percentEncodedPath)
            + (parts.percentEncodedQuery.map { "?\($0)" } ?? "")
    }

    /// The request as it is sent. Its header values hold no line breaks.
    func bytes(of request: TransportRequest) -> [UInt8] {
        var head = "\(request.method) \(path) HTTP/1.1\r\nHost: \(authority)\r\n"
        for (name, value) in request.headers.sorted(by: { $0.key < $1.key }) {
            head += "\(name): \(value)\r\n"
        }
        if let body = request.body { head += "Content-Length: \(body.count)\r\n" }
        head += "Connection: close\r\n\r\n"
        return Array(head.utf8) + (request.body ?? [])
    }
}
