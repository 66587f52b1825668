import Addresses
import Foundation

/// What can be load-tested: a base URL that Locust takes unchanged, and that all who read it take
/// for the same server.
enum TargetURL {
    static func isValid(_ text: String) -> Bool {
        // Locust deletes angle brackets from a host, and so would test another one.
        let isOdd = text.unicodeScalars.contains { scalar in
            scalar.properties.isWhitespace || scalar.properties.generalCategory == .control
                || "<>\"".unicodeScalars.contains(scalar)
        }
        guard !isOdd, URLComponents(string: text)?.host?.isEmpty == false else { return false }
        // What is wrong with it does not matter here.
        return (try? TargetServer(url: text)) != nil
    }
}
