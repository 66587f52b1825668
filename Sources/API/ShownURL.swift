import Foundation

/// A URL as it may be shown: a master's may carry a name and a password (RFC 3986, section 3.2.1).
package enum ShownURL {
    /// The URL with `***` in place of the name and password.
    package static func text(_ url: String) -> String {
        guard let range = userInfo(in: url) else { return url }
        return url.replacingCharacters(in: range, with: "***")
    }

    /// What of the URL is secret, as it is written there: the password, or a name that stands
    /// alone, because that is how some proxies take a token.
    package static func secret(in url: String) -> String? {
        guard let range = userInfo(in: url) else { return nil }
        let parts = url[range].split(separator: ":", maxSplits: 1)
        return parts.last.map(String.init)
    }

    private static func userInfo(in url: String) -> Range<String.Index>? {
        guard let scheme = url.range(of: "://") else { return nil }
        let rest = url[scheme.upperBound...]
        let authority = rest.prefix { !"/?#".contains($0) }
        guard let end = authority.lastIndex(of: "@") else { return nil }
        return authority.startIndex..<end
    }
}
