import Foundation

/// A master's URL taken apart: where to connect, and what must not appear in a message.
struct BaseAddress {
    /// Scheme, host, port and path, without a slash at the end.
    let url: String
    /// RFC 7617; `nil` without a user in the URL.
    let basicAuthorization: String?

    init(_ baseURL: URL) {
        guard var parts = URLComponents(url: baseURL, resolvingAgainstBaseURL: true) else {
            url = baseURL.scheme.map { "\($0)://" } ?? ""  // Fails at the first call, by name.
            basicAuthorization = nil
            return
        }
        if let user = parts.user, !user.isEmpty {
            let pair = Data("\(user):\(parts.password ?? "")".utf8)
            basicAuthorization = "Basic \(pair.base64EncodedString())"
        } else {
            basicAuthorization = nil
        }
        parts.user = nil
        parts.password = nil
        parts.query = nil
        parts.fragment = nil
        var text = parts.string ?? ""
        while text.hasSuffix("/") { text.removeLast() }
        url = text
    }
}
