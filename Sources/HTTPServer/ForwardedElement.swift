/// What one proxy tells in the `Forwarded` field (RFC 7239, section 4):
/// `for=192.0.2.60;proto=http;by=203.0.113.43`
struct ForwardedElement {
    private var text: ArraySlice<UInt8>

    /// The parameters of an element by their names in lower case; nil for what is none.
    static func parameters(of text: String) -> [String: String]? {
        var element = ForwardedElement(text: Array(text.utf8)[...])
        var parameters: [String: String] = [:]
        repeat {
            let name = element.token().lowercased()
            if name.isEmpty { continue }  // Nothing between two semicolons is allowed.
            guard element.skip("="), let value = element.value(), parameters[name] == nil else {
                return nil
            }
            parameters[name] = value
        } while element.skip(";")
        return element.text.isEmpty ? parameters : nil
    }

    private mutating func value() -> String? {
        guard skip("\"") else {
            let value = token()
            return value.isEmpty ? nil : value
        }
        var bytes: [UInt8] = []
        while let byte = text.popFirst() {
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: bytes, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard let escaped = text.popFirst() else { return nil }
                bytes.append(escaped)
            default: bytes.append(byte)
            }
        }
        return nil
    }

    /// Takes also what RFC 9110 wants in quotes: some proxies write the colons of addresses bare.
    private mutating func token() -> String {
        let end = text.firstIndex { ";=\" \t".utf8.contains($0) } ?? text.endIndex
        defer { text = text[end...] }
        return String(decoding: text[..<end], as: UTF8.self)
    }

    private mutating func skip(_ separator: Unicode.Scalar) -> Bool {
        guard text.first == UInt8(ascii: separator) else { return false }
        text.removeFirst()
        return true
    }
}
