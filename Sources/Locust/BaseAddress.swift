import Foundation

/// A master's URL taken apart: where to connect, and what must not appear in a message.
struct BaseAddress {
    /// Scheme, host, port and path, without a slash at the end.
    let url: String
    /// `nil` without a user in the URL.
    let credentials: MasterAuthorization.Credentials?

    init(_ baseURL: URL) {
        guard var parts = URLComponents(url: baseURL, resolvingAgainstBaseURL: true) else {
            url = baseURL.scheme.map { "\($0)://" } ?? ""  // Fails at the first call, by name.
            credentials = nil
            return
        }
        if let user = parts.user, !user.isEmpty {
            credentials = .password(user: user, password: parts.password ?? "")
        } else {
            credentials = nil
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
