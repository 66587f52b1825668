import ControlPlane
import Foundation
import HTTP
import Synchronization

/// Knows the tokens, as digests, and whom each belongs to: those of the configuration, those that
/// were made over the API, and those that people have who logged in here or elsewhere.
package final class Authenticator: Sendable {
    private struct Configured: Sendable {
        let entries: [(digest: Digest, principal: Principal)]
        /// Nil for any.
        let tenants: Set<String>?
    }

    /// Says in which tenant somebody acts who has roles in several.
    static let tenantHeader = "X-Tenant-ID"

    private let configured: Mutex<Configured>
    private let login = Mutex(LoginSettings())
    package let issued = IssuedTokens()
    package let people = People()

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

    /// From now on these settings count for people: what others signed is not valid any more.
    package func replace(_ settings: LoginSettings) {
        login.withLock { $0 = settings }
    }

    /// Nil where nobody logs in here.
    var sessionKey: SessionKey? { login.withLock { $0.sessionKey } }

    /// Whether a user of this tenant, nil for all, can be here.
    func knows(tenant: String?) -> Bool {
        guard let tenant, let known = configured.withLock({ $0.tenants }) else { return true }
        return known.contains(tenant)
    }

    /// Whose token the request carries; nil without a valid one.
    ///
    /// Digests of equal length are compared, each in constant time, and always all of them: the
    /// answer's time tells nothing of a token, nor of its place in the configuration.
    func principal(of request: Request, at now: Date) -> Principal? {
        guard let token = Self.bearerToken(in: request.headers) else { return nil }
        if let token = JSONWebToken(token),
            let principal = principal(of: token, request, at: now.timeIntervalSince1970),
            knows(tenant: principal.scope.tenantID)
        {
            return principal
        }
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

    /// Who has signed decides by which rules a token is read.
    private func principal(of token: JSONWebToken, _ request: Request, at now: Double)
        -> Principal?
    {
        let settings = login.withLock { $0 }
        if token.algorithm == .hs256 {
            return settings.sessionKey?.read(token, at: now).flatMap(people.principal)
        }
        return settings.providers.first { $0.issuer == token.claims.issuer }?
            .principal(of: token, in: request.headers[Self.tenantHeader], at: now)
    }

    /// The token of somebody who has logged in here: of which login it is.
    func session(of request: Request, at now: Date) -> SessionClaims? {
        guard let text = Self.bearerToken(in: request.headers), let token = JSONWebToken(text)
        else { return nil }
        return sessionKey?.read(token, at: now.timeIntervalSince1970)
    }

    /// The names of the configuration's tokens that act in a tenant, its own and the service's.
    package func configuredNames(in tenant: String) -> Set<String> {
        let entries = configured.withLock { $0.entries }
        return Set(
            entries.map(\.principal).filter { $0.scope.knows(tenant: tenant) }.map(\.name))
    }

    static func bearerToken(in headers: HeaderFields) -> String? {
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
