import Foundation

/// Identifies a stored token; a UUID in lower case.
package struct TokenID: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    package init(_ text: String) { self.text = text }

    package var description: String { text }
}

/// A token that was made over the API, as it is stored: without its secret.
package struct APIToken: Equatable, Sendable {
    /// Unended tokens that a tenant can have: all of them are in memory, some 500 bytes each, so
    /// that no request waits for the store to be let in, and no stranger makes it work.
    package static let countMax = 1000
    /// How long one that has ended is kept for people to look at.
    package static let endedKept = Duration.seconds(90 * 86_400)

    package enum State: String, CaseIterable, Sendable {
        case active
        case expired
        case revoked
    }

    package let id: TokenID
    /// The actor in `createdBy` and `updatedBy`; no two unended tokens of a tenant share it.
    package let name: String
    package let description: String
    package let role: Role
    package let scope: Scope
    package let proof: TokenProof
    package let createdAt: Date
    package let createdBy: String
    /// From then on it is not valid; nil for one that does not expire.
    package let expiresAt: Date?
    package var revokedAt: Date?
    package var revokedBy: String?
    /// To the minute.
    package var lastUsedAt: Date?

    package init(
        id: TokenID, name: String, description: String, role: Role, scope: Scope,
        proof: TokenProof, createdAt: Date, createdBy: String, expiresAt: Date?
    ) {
        self.id = id
        self.name = name
        self.description = description
        self.role = role
        self.scope = scope
        self.proof = proof
        self.createdAt = createdAt
        self.createdBy = createdBy
        self.expiresAt = expiresAt
    }

    package func state(at now: Date) -> State {
        if revokedAt != nil { return .revoked }
        guard let expiresAt, expiresAt <= now else { return .active }
        return .expired
    }

    package var principal: Principal {
        Principal(name: name, role: role, scope: scope, tokenID: id)
    }
}

/// What is kept of a secret: enough to know it again, and not enough to tell it.
package struct TokenProof: Equatable, Sendable {
    package let salt: [UInt8]
    package let hash: [UInt8]

    package init(salt: [UInt8], hash: [UInt8]) {
        self.salt = salt
        self.hash = hash
    }
}
