import ControlPlane
import HTTP
import Synchronization

/// Knows the tokens, as digests, and whom each belongs to.
package final class Authenticator: Sendable {
    private let entries: Mutex<[(digest: Digest, principal: Principal)]>

    package init(_ tokens: [(token: String, principal: Principal)]) {
        entries = Mutex(Self.entries(tokens))
    }

    /// From now on only these tokens are valid.
    package func replace(_ tokens: [(token: String, principal: Principal)]) {
        let new = Self.entries(tokens)
        entries.withLock { $0 = new }
    }

    /// Whose token the request carries; nil without a valid one.
    ///
    /// Digests of equal length are compared, each in constant time, and always all of them: the
    /// answer's time tells nothing of a token, nor of its place in the configuration.
    func principal(of request: Request) -> Principal? {
        guard let token = Self.bearerToken(in: request.headers) else { return nil }
        let digest = Digest(of: Array(token.utf8))
        let known = entries.withLock { $0 }
        var found: Principal?
        for entry in known where entry.digest.equalsInConstantTime(digest) {
            found = entry.principal
        }
        return found
    }

    static func bearerToken(in headers: HeaderFields) -> String? {
        let values = headers.values("Authorization")
        guard values.count == 1, let value = values.first else { return nil }
        let parts = value.split(separator: " ", omittingEmptySubsequences: true)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return String(parts[1])
    }

    private static func entries(_ tokens: [(token: String, principal: Principal)])
        -> [(digest: Digest, principal: Principal)]
    {
        tokens.map { (Digest(of: Array($0.token.utf8)), $0.principal) }
    }
}
