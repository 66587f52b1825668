import ControlPlane
import Crypto
import HTTP
import Synchronization

/// Makes the tokens of runs and knows them again, by their digests. A token names its run, so that
/// one digest is compared, however many runs live.
package final class RunTokens: CallbackTokens {
    /// How long a token outlives its run. A hook tries for 60 s to deliver its last message, and
    /// one that comes back from a cut network must hear that its run is over, to stop its load.
    static let graceAfterEnd = Duration.seconds(120)
    /// By which people, and programs that look for leaked secrets, recognise one.
    static let prefix = "skrun_"
    /// 256 bits: no number of guesses finds one.
    static let secretDigits = 64

    private struct Entry {
        let digest: Digest
        let tenantID: String
        /// Nil as long as the run is supervised.
        var validUntil: Duration?

        func isValid(at now: Duration) -> Bool { validUntil.map { now < $0 } ?? true }
    }

    private struct State {
        var entries: [RunID: Entry] = [:]
        var awaitsAdoption: Bool
    }

    private let state: Mutex<State>
    private let time: any TimeSource

    /// - Parameter awaitsAdoption: whether runs of an earlier process may be there, of whose tokens
    ///   nothing is said before `endAdoption`.
    package init(time: any TimeSource, awaitsAdoption: Bool = false) {
        self.time = time
        state = Mutex(State(awaitsAdoption: awaitsAdoption))
    }

    package func make(for run: RunID) -> (token: CallbackToken, digest: String) {
        // The system's generator is one for secrets: getrandom(2).
        var generator = SystemRandomNumberGenerator()
        let secret = Bytes.hex(
            (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
        let text = Self.prefix + run.text + "_" + secret
        return (CallbackToken(text), Digest(of: Array(text.utf8)).hex)
    }

    package func accept(_ run: Run) {
        guard let digest = run.callbackTokenDigest.flatMap(Digest.init(hex:)) else { return }
        state.withLock { $0.entries[run.id] = Entry(digest: digest, tenantID: run.spec.tenantId) }
    }

    package func retire(_ run: RunID) {
        let now = time.uptime
        state.withLock { state in
            state.entries[run]?.validUntil = now + Self.graceAfterEnd
            // Each end clears away the ends before it: the rest is what lives, and two minutes.
            state.entries = state.entries.filter { $0.value.isValid(at: now) }
        }
    }

    package func endAdoption() { state.withLock { $0.awaitsAdoption = false } }

    /// Who reports, if the request carries the valid token of a run.
    func principal(of request: Request) -> Principal? {
        guard let token = Authenticator.bearerToken(in: request.headers),
            let run = Self.run(in: token)
        else { return nil }
        let digest = Digest(of: Array(token.utf8))
        let (entry, now) = (state.withLock { $0.entries[run] }, time.uptime)
        guard let entry, entry.digest.equalsInConstantTime(digest), entry.isValid(at: now)
        else { return nil }
        return Principal(
            name: "run \(run.text)", role: .callback, scope: .tenant(entry.tenantID), run: run)
    }

    /// Whether the request carries a token of which nobody can say yet whether it is valid: a hook
    /// that is told to come again keeps its numbers until then.
    func isUndecided(_ request: Request) -> Bool {
        guard let token = Authenticator.bearerToken(in: request.headers) else { return false }
        return Self.run(in: token) != nil && state.withLock { $0.awaitsAdoption }
    }

    private static func run(in token: String) -> RunID? {
        guard token.hasPrefix(prefix) else { return nil }
        let parts = token.dropFirst(prefix.count).split(separator: "_", maxSplits: 1)
        guard parts.count == 2, parts[1].utf8.count == secretDigits else { return nil }
        return RunID(String(parts[0]))
    }
}

extension Services {
    /// Whose token the request carries; nil without a valid one.
    func principal(of request: Request) -> Principal? {
        authenticator.principal(of: request, at: time.now) ?? runTokens.principal(of: request)
    }
}
