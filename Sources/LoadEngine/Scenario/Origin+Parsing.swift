extension Origin {
    private typealias Mistake = ScenarioTarget.Mistake

    /// Longest name that the name service knows (RFC 1035, section 2.3.4).
    private static let hostBytesMax = 253

    /// Reads the beginning of an absolute URL.
    ///
    /// - Returns: the origin, and where path, query, fragment or nothing begins.
    static func parse(
        _ url: [UInt8]
    ) throws(ScenarioTarget.Mistake) -> (origin: Origin, end: Int) {
        guard let start = schemeEnd(of: url) else {
            throw Mistake(message: "expected an absolute URL such as https://shop.example/path")
        }
        let isSecure = start == "https://".utf8.count
        let end = url[start...].firstIndex { "/?#".utf8.contains($0) } ?? url.count
        let authority = url[start..<end]
        guard !authority.contains(UInt8(ascii: "{")) else {
            throw Mistake(message: "a template cannot stand in scheme, host and port")
        }
        guard !authority.contains(UInt8(ascii: "@")) else {
            throw Mistake(
                message: "a URL with a user and password is not accepted; set an Authorization "
                    + "header")
        }
        let (host, portText) = try split(authority)
        let port = portText.isEmpty ? (isSecure ? 443 : 80) : Int(text(portText))
        guard let port, (1...65_535).contains(port),
            portText.allSatisfy({ 0x30...0x39 ~= $0 })
        else { throw Mistake(message: "a port is a number from 1 to 65535") }
        return (Origin(isSecure: isSecure, host: host, port: port), end)
    }

    private static func schemeEnd(of url: [UInt8]) -> Int? {
        for scheme in ["http://", "https://"] {
            let start = url.prefix(scheme.utf8.count)
            if start.elementsEqual(scheme.utf8, by: { $0.lowercased == $1 }) { return start.count }
        }
        return nil
    }

    private static func split(
        _ authority: ArraySlice<UInt8>
    ) throws(ScenarioTarget.Mistake) -> (host: String, port: ArraySlice<UInt8>) {
        if authority.first == UInt8(ascii: "[") { return try splitAddress(authority) }
        let colon = authority.firstIndex(of: UInt8(ascii: ":")) ?? authority.endIndex
        let host = authority[..<colon]
        guard !host.isEmpty else { throw Mistake(message: "the host is missing") }
        guard host.count <= hostBytesMax else {
            throw Mistake(message: "the host is longer than \(hostBytesMax) bytes")
        }
        guard host.allSatisfy({ $0 < 0x80 }) else {
            throw Mistake(message: "a host with other than ASCII letters is written as xn--...")
        }
        guard host.allSatisfy({ isHost($0) }) else {
            throw Mistake(message: "a host is letters, digits, dots and hyphens")
        }
        return (text(host), authority[colon...].dropFirst())
    }

    /// `[::1]:8080` (RFC 3986, section 3.2.2).
    private static func splitAddress(
        _ authority: ArraySlice<UInt8>
    ) throws(ScenarioTarget.Mistake) -> (host: String, port: ArraySlice<UInt8>) {
        let end = authority.firstIndex(of: UInt8(ascii: "]")) ?? authority.endIndex
        let host = authority[..<end].dropFirst()
        let rest = authority[end...].dropFirst()
        guard end < authority.endIndex, host.contains(UInt8(ascii: ":")),
            host.allSatisfy({ $0.hexadecimalValue != nil || $0 == 0x3A || $0 == 0x2E }),
            rest.isEmpty || rest.first == UInt8(ascii: ":")
        else { throw Mistake(message: "expected an IPv6 address such as [::1] or [::1]:8080") }
        return (text(host), rest.dropFirst())
    }

    private static func isHost(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: true
        default: false
        }
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes.map(\.lowercased), as: UTF8.self)
    }
}
