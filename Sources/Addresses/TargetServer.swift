/// The server that a URL names: a host and a port.
package struct TargetServer: Hashable, Sendable {
    package let host: TargetHost
    package let port: Int

    package init(host: TargetHost, port: Int) {
        (self.host, self.port) = (host, port)
    }

    /// Takes an absolute URL of http or https.
    ///
    /// - Throws: for what names no server, names one together with a user, or could be taken for
    ///   another one by some other reader of URLs. RFC 3986, section 3.2, is read strictly.
    package init(url: String) throws(TargetHost.Fault) {
        let bytes = Array(url.utf8)
        guard bytes.allSatisfy({ $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "\\") }) else {
            throw .init(message: "is a URL with a blank, a control character or a backslash")
        }
        let start = Self.schemeEnd(of: bytes)
        guard let start else { throw .init(message: "is no URL of http or https") }
        let authority = bytes[start...].prefix { !"/?#".utf8.contains($0) }
        guard !authority.contains(UInt8(ascii: "@")) else {
            throw .init(message: "has a user or password before its host")
        }
        let (host, port) = Self.split(authority)
        let digits = port.dropFirst()
        guard !host.isEmpty else { throw .init(message: "has no host") }
        guard port.isEmpty || digits.allSatisfy({ 0x30...0x39 ~= $0 }), digits.count <= 5 else {
            throw .init(message: "has a port that is no number from 1 to 65535")
        }
        let usual = start == "https://".utf8.count ? 443 : 80
        let number = digits.isEmpty ? usual : digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        guard (1...65_535).contains(number) else {
            throw .init(message: "has a port that is no number from 1 to 65535")
        }
        do {
            self.init(host: try TargetHost(String(decoding: host, as: UTF8.self)), port: number)
        } catch {
            throw .init(message: "has a host that \(error.message)")
        }
    }

    private static func schemeEnd(of url: [UInt8]) -> Int? {
        ["http://", "https://"].first { scheme in
            url.count >= scheme.utf8.count
                && zip(url, scheme.utf8).allSatisfy { byte, letter in
                    byte == letter || (0x41...0x5A ~= byte && byte | 0x20 == letter)
                }
        }?.utf8.count
    }

    /// - Returns: the port with its colon, or nothing.
    private static func split(_ authority: ArraySlice<UInt8>)
        -> (host: ArraySlice<UInt8>, port: ArraySlice<UInt8>)
    {
        let bracket = authority.lastIndex(of: UInt8(ascii: "]")) ?? authority.startIndex
        let colon = authority[bracket...].firstIndex(of: UInt8(ascii: ":")) ?? authority.endIndex
        return (authority[..<colon], authority[colon...])
    }
}

extension TargetServer: CustomStringConvertible {
    package var description: String {
        if case .address(let address) = host, address.family == .v6 {
            return "[\(address)]:\(port)"
        }
        return "\(host):\(port)"
    }
}
