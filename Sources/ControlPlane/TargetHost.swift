import Foundation

/// Where load goes: a host as it is named, and a port.
///
/// Names are not resolved: two names of one machine are two hosts.
package struct TargetHost: Hashable, Sendable, Codable {
    /// In lower case, without brackets and without the dot that may end a name; a numeric address
    /// in its usual form.
    package let host: String
    package let port: Int

    package init(host: String, port: Int) {
        self.host = Self.canonical(host)
        self.port = port
    }

    /// Of an absolute http or https URL; nil for anything else.
    package init?(url: String) {
        guard let parts = URLComponents(string: url), let host = parts.host, !host.isEmpty else {
            return nil
        }
        self.init(host: host, port: parts.port ?? (parts.scheme == "https" ? 443 : 80))
    }

    package static func canonical(_ host: String) -> String {
        var name = host.lowercased()
        if name.hasPrefix("["), name.hasSuffix("]") { name = String(name.dropFirst().dropLast()) }
        if name.hasSuffix(".") { name.removeLast() }
        return numeric(name) ?? name
    }

    /// The usual form of a numeric address, however it is written: `127.1` is `127.0.0.1`.
    private static func numeric(_ text: String) -> String? {
        var (v4, v6) = (in_addr(), in6_addr())
        var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let size = socklen_t(buffer.count)
        let isKnown =
            if inet_aton(text, &v4) != 0 {
                inet_ntop(AF_INET, &v4, &buffer, size) != nil
            } else if inet_pton(AF_INET6, text, &v6) == 1 {
                inet_ntop(AF_INET6, &v6, &buffer, size) != nil
            } else {
                false
            }
        guard isKnown else { return nil }
        return String(
            decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}

/// Which hosts a ceiling is for: `shop.example`, `shop.example:8443`, `[::1]:80`, `*.example` for
/// all names below one, and `*` for all hosts. Without a port, any.
package struct TargetPattern: Hashable, Sendable {
    /// As it was written.
    package let text: String
    private let host: String
    private let port: Int?

    /// Nil for a text that is none.
    package init?(_ text: String) {
        self.text = text
        let (name, port) = Self.split(text)
        guard !name.isEmpty, name != "*." else { return nil }
        self.port = port.flatMap { Int($0) }
        guard port == nil || (1...65_535).contains(self.port ?? 0) else { return nil }
        host = TargetHost.canonical(name)
        let rest = host.hasPrefix("*.") ? host.dropFirst(2) : host == "*" ? "any" : host[...]
        guard !rest.isEmpty, rest.allSatisfy({ !$0.isWhitespace && !"*/@?#[]".contains($0) })
        else { return nil }
    }

    package func matches(_ target: TargetHost) -> Bool {
        guard port == nil || port == target.port else { return false }
        if host == "*" { return true }
        return host.hasPrefix("*.")
            ? target.host.hasSuffix(host.dropFirst()) : target.host == host
    }

    /// A colon within an address of IPv6 is no port's unless the address is in brackets.
    private static func split(_ text: String) -> (host: String, port: String?) {
        if text.hasPrefix("["), let end = text.lastIndex(of: "]") {
            let rest = text[text.index(after: end)...]
            if rest.isEmpty { return (String(text), nil) }
            return (String(text[...end]), rest.hasPrefix(":") ? String(rest.dropFirst()) : "")
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        return parts.count == 2 ? (String(parts[0]), String(parts[1])) : (text, nil)
    }
}
