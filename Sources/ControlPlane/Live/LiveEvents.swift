import Synchronization

/// What has just been stored of runs, for those who watch. To tell of it is a lock and an append,
/// whoever watches and however slowly.
package final class LiveEvents: Sendable {
    package enum Event: Sendable {
        /// A run was stored for the first time, or anew.
        case run(RunID)
        /// A line of a run's timeline was stored, or its outcome was.
        case timeline(RunID, number: Int)
        /// An observation was stored, and with it these numbers.
        case observation(RunID, Observation, LastMetrics?)
        /// Numbers were stored by themselves.
        case numbers(RunID, LastMetrics)
    }

    /// Who watches what, as far as it matters to those who are watched.
    package enum Watch: Hashable, Sendable {
        case run(RunID)
        /// Every run of these environments; nil stands for all.
        case runs(in: Scope, tenantID: String?, envID: String?)

        package func covers(_ run: RunID, in environment: EnvironmentKey) -> Bool {
            switch self {
            case .run(let id): id == run
            case .runs(let scope, let tenantID, let envID):
                scope.covers(environment)
                    && tenantID ?? environment.tenantID == environment.tenantID
                    && envID ?? environment.envID == environment.envID
            }
        }
    }

    /// Events that wait to be taken: some seconds of a busy service. When nobody takes them any
    /// more they are dropped, and whoever comes next is told.
    package static let waitingMax = 4_096

    private struct State {
        var waiting: [Event] = []
        var haveBeenLost = false
        var watches: [Int: Watch] = [:]
        var lastWatch = 0
    }

    private let state = Mutex(State())
    /// Yields after events came. For one taker.
    package let news: AsyncStream<Void>
    private let newsCame: AsyncStream<Void>.Continuation

    package init() {
        (news, newsCame) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    package func publish(_ event: Event) {
        state.withLock { state in
            if state.waiting.count >= Self.waitingMax {
                state.waiting = []
                state.haveBeenLost = true
            }
            state.waiting.append(event)
        }
        newsCame.yield()
    }

    /// What came since the last time, in the order in which it was stored for each run.
    ///
    /// - Returns: `haveBeenLost` when some were dropped before these.
    package func takeAll() -> (events: [Event], haveBeenLost: Bool) {
        state.withLock { state in
            defer { (state.waiting, state.haveBeenLost) = ([], false) }
            return (state.waiting, state.haveBeenLost)
        }
    }

    // MARK: Watching

    /// From now on somebody watches; to be ended by `endWatch`.
    package func beginWatch(_ watch: Watch) -> Int {
        state.withLock { state in
            state.lastWatch += 1
            state.watches[state.lastWatch] = watch
            return state.lastWatch
        }
    }

    package func endWatch(_ number: Int) {
        state.withLock { $0.watches[number] = nil }
    }

    /// Whether somebody watches this run now.
    package func isWatched(_ run: RunID, in environment: EnvironmentKey) -> Bool {
        state.withLock { state in
            state.watches.values.contains { $0.covers(run, in: environment) }
        }
    }
}
