import ControlPlane
import Foundation
import HTTP
import Synchronization

/// Knows the tokens, as digests, and whom each belongs to: those of the configuration, and those
/// that were made over the API.
package final class Authenticator: Sendable {
    private struct Configured: Sendable {
        let entries: [(digest: Digest, principal: Principal)]
        /// Nil for any.
        let tenants: Set<String>?
    }

    private let configured: Mutex<Configured>
    package let issued = IssuedTokens()

    /// - Parameter tenants: those that there are; a stored token of another one is not valid.
    package init(
        _ tokens: [(token: String, principal: Principal)], tenants: Set<String>? = nil
    ) {
        configured = Mutex(Self.configured(tokens, tenants))
    }

    /// From now on only these tokens are valid, and the stored ones of these tenants.
    package func replace(
        _ tokens: [(token: String, principal: Principal)], tenants: Set<String>? = nil
    ) {
        let new = Self.configured(tokens, tenants)
        configured.withLock { $0 = new }
    }

    /// Whose token the request carries; nil without a valid one.
    ///
    /// Digests of equal length are compared, each in constant time, and always all of them: the
    /// answer's time tells nothing of a token, nor of its place in the configuration.
    func principal(of request: Request, at now: Date) -> Principal? {
        guard let token = Self.bearerToken(in: request.headers) else { return nil }
        let known = configured.withLock { $0 }
        if let text = TokenText(token), let principal = issued.principal(of: text, at: now),
            let tenant = principal.scope.tenantID
        {
            return known.tenants?.contains(tenant) == false ? nil : principal
        }
        let digest = Digest(of: Array(token.utf8))
        var found: Principal?
        for entry in known.entries where entry.digest.equalsInConstantTime(digest) {
            found = entry.principal
        }
        return found
    }

    /// The names of the configuration's tokens that act in a tenant, its own and the service's.
    package func configuredNames(in tenant: String) -> Set<String> {
        let entries = configured.withLock { $0.entries }
        return Set(
            entries.map(\.principal).filter { $0.scope.knows(tenant: tenant) }.map(\.name))
    }

    private static func bearerToken(in headers: HeaderFields) -> String? {
        let values = headers.values("Authorization")
        guard values.count == 1, let value = values.first else { return nil }
        let parts = value.split(separator: " ", omittingEmptySubsequences: true)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return String(parts[1])
    }

    private static func configured(
        _ tokens: [(token: String, principal: Principal)], _ tenants: Set<String>?
    ) -> Configured {
        Configured(
            entries: tokens.map { (Digest(of: Array($0.token.utf8)), $0.principal) },
            tenants: tenants)
    }
}
