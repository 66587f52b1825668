import Foundation

/// What can be load-tested: a base URL that Locust takes unchanged.
enum TargetURL {
    static func isValid(_ text: String) -> Bool {
        // Locust deletes angle brackets from a host, and so would test another one.
        guard !text.contains(where: { $0.isWhitespace || "<>\"".contains($0) }),
            let url = URLComponents(string: text), let host = url.host, !host.isEmpty
        else { return false }
        return url.scheme == "http" || url.scheme == "https"
    }
}
