/// Methods as requests name them.
enum HTTPMethod {
    /// Twice the longest registered one.
    static let bytesMax = 32

    /// Any token (RFC 9110, section 9.1), in upper case, as all registered ones are.
    static func parse(_ text: String) throws(ScenarioTarget.Mistake) -> String {
        guard (1...bytesMax).contains(text.utf8.count), text.utf8.allSatisfy(\.isToken) else {
            throw .init(message: "expected a method such as GET, of at most \(bytesMax) letters")
        }
        let method = text.uppercased()
        guard method != "CONNECT" else {
            throw .init(message: "CONNECT opens a tunnel, and is no request to a target")
        }
        return method
    }

    /// Whether sending it twice does no harm (RFC 9110, section 9.2.2).
    static func isIdempotent(_ method: String) -> Bool {
        ["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"].contains(method)
    }

    /// Whether a length is sent even without a body, as one is expected (RFC 9110, section 8.6).
    static func hasLength(_ method: String) -> Bool {
        ["POST", "PUT", "PATCH"].contains(method)
    }
}
