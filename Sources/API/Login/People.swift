import ControlPlane
import Foundation
import Synchronization

/// The users in memory, and the sessions that were ended while their tokens may still be valid:
/// so every request sees what has become of its user, and none waits for the store.
///
/// The service is the only one that writes its store, so that memory cannot be behind it.
package final class People: Sendable {
    private struct State {
        var users: [UserID: User] = [:]
        var ids: [Name: UserID] = [:]
        /// A change that was stored before the deletion and comes here after it changes nothing.
        var deleted: Set<UserID> = []
        /// With when nothing of it can be valid any more.
        var endedSessions: [SessionID: Date] = [:]
    }

    private struct Name: Hashable {
        let tenant: String?
        let name: String
    }

    private let state = Mutex(State())

    /// Takes over what an earlier process has stored.
    package func load(from store: any AccountStore, at now: Date) async throws(ControlPlaneError) {
        let oldest = now.addingTimeInterval(-(SessionKey.lifetime / .seconds(1)))
        let users = try await store.allUsers()
        let ended = try await store.sessionsEnded(since: oldest)
        state.withLock { state in
            for user in users { Self.put(user, into: &state) }
            for id in ended { state.endedSessions[id] = Self.forgottenAt(now) }
        }
    }

    /// Takes over a user as it was stored. Changes may come here in another order than they were
    /// stored in: the newest version stays.
    func put(_ user: User) {
        state.withLock { Self.put(user, into: &$0) }
    }

    func remove(_ id: UserID) {
        state.withLock { state in
            state.deleted.insert(id)
            guard let user = state.users.removeValue(forKey: id) else { return }
            state.ids[Name(tenant: user.scope.tenantID, name: user.name)] = nil
        }
    }

    func user(_ id: UserID) -> User? { state.withLock { $0.users[id] } }

    /// - Parameter tenant: nil for a user of all tenants.
    func user(named name: String, of tenant: String?) -> User? {
        state.withLock { state in
            state.ids[Name(tenant: tenant, name: name)].flatMap { state.users[$0] }
        }
    }

    /// From now on no token of the session is valid.
    func end(_ session: SessionID, at now: Date) {
        state.withLock { state in
            state.endedSessions = state.endedSessions.filter { $0.value > now }
            state.endedSessions[session] = Self.forgottenAt(now)
        }
    }

    /// Whose token this is: a user who is as it was when the token was made.
    func principal(of claims: SessionClaims) -> Principal? {
        state.withLock { state in
            guard let user = state.users[claims.user], user.version == claims.version,
                user.disabledAt == nil, state.endedSessions[claims.session] == nil
            else { return nil }
            return user.principal
        }
    }

    private static func put(_ user: User, into state: inout State) {
        guard !state.deleted.contains(user.id),
            user.version >= state.users[user.id]?.version ?? 0
        else { return }
        state.users[user.id] = user
        state.ids[Name(tenant: user.scope.tenantID, name: user.name)] = user.id
    }

    private static func forgottenAt(_ now: Date) -> Date {
        now.addingTimeInterval(SessionKey.lifetime / .seconds(1))
    }
}
