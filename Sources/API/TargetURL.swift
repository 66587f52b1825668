import Foundation

/// What can be load-tested: a base URL that Locust takes unchanged.
enum TargetURL {
    static func isValid(_ text: String) -> Bool {
        // Locust deletes angle brackets from a host, and so would test another one.
        let isOdd = text.unicodeScalars.contains { scalar in
            scalar.properties.isWhitespace || scalar.properties.generalCategory == .control
                || "<>\"".unicodeScalars.contains(scalar)
        }
        guard !isOdd, let url = URLComponents(string: text), let host = url.host, !host.isEmpty
        else { return false }
        guard (1...65_535).contains(url.port ?? 80) else { return false }
        return url.scheme == "http" || url.scheme == "https"
    }
}
