import Foundation

/// Identifies a session; a UUID in lower case. Whoever knows it can end the session, so it is in no
/// log and in no list.
package struct SessionID: Hashable, Sendable {
    package let text: String

    package init(_ text: String) { self.text = text }
}

/// What a login began: a chain of refresh tokens, each used once for the next one.
package struct Session: Equatable, Sendable {
    /// Of one user; the oldest go when there are more.
    package static let countMax = 50
    /// How long a refresh token waits to be used: over a weekend.
    package static let idleMax = Duration.seconds(7 * 86_400)
    /// After that the password is asked for again, however busy the session is.
    package static let lifetime = Duration.seconds(30 * 86_400)

    package let id: SessionID
    package let user: UserID
    /// Of the newest refresh token.
    package var proof: TokenProof
    /// The key of the session's tokens: with another secret the session is over.
    package let keyID: String
    package let createdAt: Date
    /// When the newest refresh token expires.
    package var expiresAt: Date
    package var endedAt: Date?

    package init(
        id: SessionID, user: UserID, proof: TokenProof, keyID: String, createdAt: Date
    ) {
        self.id = id
        self.user = user
        self.proof = proof
        self.keyID = keyID
        self.createdAt = createdAt
        expiresAt = Self.expiry(createdAt: createdAt, usedAt: createdAt)
    }

    /// - Parameter usedAt: when the newest refresh token was made.
    package static func expiry(createdAt: Date, usedAt: Date) -> Date {
        min(
            usedAt.addingTimeInterval(idleMax / .seconds(1)),
            createdAt.addingTimeInterval(lifetime / .seconds(1)))
    }

    package func isOpen(at now: Date) -> Bool { endedAt == nil && now < expiresAt }
}
