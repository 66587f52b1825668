/// Where a redirect leads: the Location field, resolved against the request it answers.
///
/// Reads what HTTP servers send (RFC 9110, section 10.2.2): an absolute URL, one without a scheme,
/// an absolute path, a relative path or a query alone. The fragment is dropped.
struct RedirectTarget: Equatable {
    let origin: Origin
    /// Path and query, as they are sent.
    let target: [UInt8]

    init(origin: Origin, target: [UInt8]) {
        self.origin = origin
        self.target = target
    }

    /// - Returns: nil for what leads nowhere over HTTP, or would break the request it is put into.
    init?(location: [UInt8], from origin: Origin, target current: [UInt8]) {
        let allowed = location.allSatisfy { $0 > 0x20 && $0 < 0x7F }
        guard allowed, !location.isEmpty else { return nil }
        let text = location.prefix { $0 != UInt8(ascii: "#") }
        if text.starts(with: "//".utf8) {
            let scheme = origin.isSecure ? "https:" : "http:"
            self.init(absolute: Array(scheme.utf8) + text)
        } else if text.first == UInt8(ascii: "/") {
            self.init(origin: origin, target: Array(text))
        } else if let colon = text.firstIndex(of: UInt8(ascii: ":")),
            text[..<colon].allSatisfy({ $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") })
        {
            self.init(absolute: Array(text))
        } else {
            let path = current.prefix { $0 != UInt8(ascii: "?") }
            let isQuery = text.first == UInt8(ascii: "?")
            let folder = path.lastIndex(of: UInt8(ascii: "/")).map { path[...$0] } ?? []
            self.init(
                origin: origin, target: Array((isQuery || text.isEmpty ? path : folder) + text))
        }
    }

    private init?(absolute text: [UInt8]) {
        let isSecure = text.lowercasedStarts(with: "https://")
        guard isSecure || text.lowercasedStarts(with: "http://") else { return nil }
        let rest = text.dropFirst(isSecure ? 8 : 7)
        let end = rest.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") }
        let authority = String(decoding: rest[..<(end ?? rest.endIndex)], as: UTF8.self)
        guard let origin = Origin(isSecure: isSecure, authority: authority) else { return nil }
        let tail = rest[(end ?? rest.endIndex)...]
        let isWhole = tail.first == UInt8(ascii: "/")
        self.init(origin: origin, target: (isWhole ? [] : [UInt8(ascii: "/")]) + tail)
    }
}

extension [UInt8] {
    fileprivate func lowercasedStarts(with prefix: StaticString) -> Bool {
        prefix.withUTF8Buffer { prefix in
            count >= prefix.count
                && zip(self, prefix).allSatisfy { byte, letter in
                    byte == letter || (byte | 0x20 == letter && (0x41...0x5A).contains(byte))
                }
        }
    }
}

extension Origin {
    /// Host and port as they stand in a URL; nil where they make none, or name a user.
    init?(isSecure: Bool, authority: String) {
        let usual = isSecure ? 443 : 80
        var host = authority[...]
        var port: Int? = usual
        if let colon = authority.lastIndex(of: ":"), !authority[colon...].contains("]") {
            host = authority[..<colon]
            let digits = authority[authority.index(after: colon)...]
            port = digits.isEmpty ? usual : Int(digits)
        }
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard let port, (1...65_535).contains(port), !host.isEmpty, !host.contains("@") else {
            return nil
        }
        self.init(isSecure: isSecure, host: String(host), port: port)
    }
}
