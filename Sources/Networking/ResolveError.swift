import Glibc

/// A name that could not be turned into addresses.
package struct ResolveError: Error, Equatable, Sendable {
    package let host: String
    /// In the resolver's own words.
    package let reason: String

    init(host: String, reason: String) {
        self.host = host
        self.reason = reason
    }

    /// - Parameter code: what `getaddrinfo` returned.
    init(host: String, code: Int32, systemCode: Int32) {
        self.host = host
        if code == EAI_SYSTEM {
            reason = SystemError(call: "getaddrinfo", code: systemCode).description
        } else {
            reason = gai_strerror(code).map { String(cString: $0) } ?? "error \(code)"
        }
    }
}

extension ResolveError: CustomStringConvertible {
    package var description: String { "resolve \(host): \(reason)" }
}
