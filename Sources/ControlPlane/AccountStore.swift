import Foundation

/// The port to people and their sessions.
package protocol AccountStore: Sendable {
    /// - Throws: `.userNameTaken` while another user of the tenant has the name, `.tooManyAccounts`
    ///   when the tenant has `User.countMax`.
    func insert(_ user: User) async throws(ControlPlaneError)

    /// Nil for one whose scope is not within the caller's.
    func user(_ id: UserID, in scope: Scope) async throws(ControlPlaneError) -> User?

    /// Newest first.
    func users(_ query: UserQuery) async throws(ControlPlaneError) -> Page<User>

    func allUsers() async throws(ControlPlaneError) -> [User]

    /// Changes a user, and ends the sessions where the change asks for it, both or neither.
    ///
    /// - Returns: the user as it is now.
    /// - Throws: `.unknownUser` for one whose scope is not within the caller's.
    func change(
        _ id: UserID, in scope: Scope, _ change: UserChange, by actor: String, at now: Date
    ) async throws(ControlPlaneError) -> User

    /// - Throws: `.unknownUser` for one whose scope is not within the caller's.
    func deleteUser(_ id: UserID, in scope: Scope) async throws(ControlPlaneError)

    /// Begins a session, and notes it as the user's last login.
    ///
    /// - Parameter user: whose password was looked at.
    /// - Throws: `.unknownUser` for one who was changed or deleted since: with an old password
    ///   nobody must come in behind the new one.
    func insert(_ session: Session, of user: User) async throws(ControlPlaneError)

    func session(_ id: SessionID) async throws(ControlPlaneError) -> Session?

    /// Replaces the proof of an open session's newest refresh token.
    ///
    /// - Returns: false when it is not the newest any more, or the session was ended.
    func renew(
        _ id: SessionID, from old: TokenProof, to new: TokenProof, until expiresAt: Date
    ) async throws(ControlPlaneError) -> Bool

    /// Ends a session for good; the first time counts.
    func end(_ id: SessionID, at now: Date) async throws(ControlPlaneError)

    /// The sessions that were ended since, of which there may be valid tokens.
    func sessionsEnded(since date: Date) async throws(ControlPlaneError) -> [SessionID]
}
