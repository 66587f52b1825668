import ControlPlane
import JSON

/// Somebody else who tells who people are: the service only checks what they have signed.
package struct IdentityProvider: Equatable, Sendable {
    /// What a value in the provider's tokens gives its owner here.
    package struct Grant: Equatable, Sendable {
        package let value: String
        package let role: Role
        package let scope: Scope

        package init(value: String, role: Role, scope: Scope) {
            self.value = value
            self.role = role
            self.scope = scope
        }
    }

    package static let idLengthMax = 40
    /// Longest name of a person that is taken over into `createdBy`, which has 200.
    static let nameLengthMax = 120

    /// Stands before the names of its people.
    package let id: String
    package let issuer: String
    package let audience: String
    package let keys: KeySet
    package let nameClaim: String
    package let rolesClaim: String
    /// Of those that a token has the first counts that is in the tenant which is asked for.
    package let grants: [Grant]
    package let clockSkew: Duration

    package init(
        id: String, issuer: String, audience: String, keys: KeySet, nameClaim: String,
        rolesClaim: String, grants: [Grant], clockSkew: Duration
    ) {
        self.id = id
        self.issuer = issuer
        self.audience = audience
        self.keys = keys
        self.nameClaim = nameClaim
        self.rolesClaim = rolesClaim
        self.grants = grants
        self.clockSkew = clockSkew
    }

    /// Whom the token lets in; nil where it is not for this service, not now, not genuine, or gives
    /// nothing here.
    ///
    /// - Parameter tenant: where the caller wants to be; nil for wherever it can.
    func principal(of token: JSONWebToken, in tenant: String?, at now: Double) -> Principal? {
        let claims = token.claims
        guard claims.issuer == issuer, claims.audiences.contains(audience),
            claims.isCurrent(at: now, skew: clockSkew / .seconds(1)),
            // The key's own algorithm and not the token's word: or a public key, which everybody
            // knows, would do as the secret of an HMAC.
            let key = keys.keys[token.keyID], key.algorithm == token.algorithm,
            key.verifies(token.signature, of: token.signedBytes),
            let grant = grant(for: claims, in: tenant)
        else { return nil }
        return Principal(
            name: "\(id):\(name(in: claims))", role: grant.role, scope: grant.scope,
            person: "provider:\(id)/\(claims.subject)")
    }

    private func grant(for claims: JSONWebClaims, in tenant: String?) -> Grant? {
        let value = claims[rolesClaim]
        let values = Set(value?.items?.compactMap(\.text) ?? [value?.text].compactMap { $0 })
        return grants.first { grant in
            values.contains(grant.value)
                && tenant.map(grant.scope.knows(tenant:)) ?? true
        }
    }

    /// For people to read: the provider's word, without what could make a mess of a log.
    private func name(in claims: JSONWebClaims) -> String {
        let text = claims[nameClaim]?.text.flatMap { $0.isEmpty ? nil : $0 } ?? claims.subject
        let scalars = text.unicodeScalars.prefix(Self.nameLengthMax).map { scalar in
            scalar.properties.generalCategory == .control ? "?" : scalar
        }
        return String(String.UnicodeScalarView(scalars))
    }
}
