import ControlPlane
import Foundation
import Synchronization

/// The stored tokens that have not ended, in memory: no request waits for the store to be let in,
/// stops least of all, and a revocation holds from the moment on in which it is answered.
///
/// The service is the only one that writes its store, so that memory cannot be behind it;
/// `APIToken.countMax` bounds what is here.
package final class IssuedTokens: Sendable {
    /// How exactly the last use is known, so that a request costs no write.
    static let useInterval = 60.0

    private struct State {
        var tokens: [String: APIToken] = [:]
        /// Last uses that the store does not know yet.
        var unsaved: [TokenID: Date] = [:]
    }

    private let state = Mutex(State())

    package func replace(_ tokens: [APIToken]) {
        let byKey = Dictionary(
            tokens.map { (TokenText.key(of: $0.id), $0) }, uniquingKeysWith: { _, last in last })
        state.withLock { $0.tokens = byKey }
    }

    func add(_ token: APIToken) {
        state.withLock { $0.tokens[TokenText.key(of: token.id)] = token }
    }

    func remove(_ id: TokenID) {
        state.withLock { state in
            state.tokens[TokenText.key(of: id)] = nil
        }
    }

    /// Whose token this is; nil for one that is unknown, not genuine, or ended.
    ///
    /// That an unknown id is refused sooner than a wrong secret tells nothing: ids are no secrets.
    func principal(of text: TokenText, at now: Date) -> Principal? {
        guard let token = state.withLock({ $0.tokens[text.key] }), text.matches(token.proof),
            token.state(at: now) == .active
        else { return nil }
        // It may have been revoked while its proof was looked at.
        return noteUse(of: text.key, at: now) ? token.principal : nil
    }

    private func noteUse(of key: String, at now: Date) -> Bool {
        state.withLock { state in
            guard let token = state.tokens[key] else { return false }
            let last = token.lastUsedAt ?? .distantPast
            if now.timeIntervalSince(last) >= Self.useInterval {
                state.tokens[key]?.lastUsedAt = now
                state.unsaved[token.id] = now
            }
            return true
        }
    }

    /// Newer than what the store knows; nil for a token that has ended or was not used.
    func lastUse(of id: TokenID) -> Date? {
        state.withLock { $0.tokens[TokenText.key(of: id)]?.lastUsedAt }
    }

    /// The names of the tenant's tokens.
    package func names(in tenant: String, at now: Date) -> Set<String> {
        let tokens = state.withLock { Array($0.tokens.values) }
        return Set(
            tokens.filter { $0.scope.tenantID == tenant && $0.state(at: now) == .active }
                .map(\.name))
    }

    /// Those that have expired need no room any more.
    func forgetExpired(at now: Date) {
        state.withLock { state in
            state.tokens = state.tokens.filter { $0.value.state(at: now) == .active }
        }
    }

    /// The last uses since the last call.
    func takeUses() -> [TokenID: Date] {
        state.withLock { state in
            defer { state.unsaved = [:] }
            return state.unsaved
        }
    }

    /// For another try.
    func giveBack(_ uses: [TokenID: Date]) {
        state.withLock { state in
            state.unsaved.merge(uses) { newer, _ in newer }
        }
    }
}
