import Synchronization

/// The only part of a worker that other threads may touch: what it hands over once a second.
final class WorkerPort: Sendable {
    /// What the collector takes.
    struct Handover: Sendable {
        /// Everything counted since the last one that was taken.
        var statistics: LoadStatistics
        var gauges = Gauges()
    }

    /// How the worker stands.
    struct Gauges: Sendable {
        /// Full seconds since the start for which everything was handed over.
        var secondsDone = 0
        /// Whether there was a handover for the plan's `firstReport`, or one that is later.
        var hasBegun = false
        var users = 0
        var connections = 0
        var inFlight = 0
        /// Since the start; until when new requests were begun, or where the load was a number of
        /// requests of users, until the last answer.
        var loadNanoseconds: Int64 = 0
        /// Set once, with the last handover.
        var end: LoadEnd?
    }

    private let state: Mutex<Handover>
    private let endpointCount: Int
    private let isSetUp = Mutex<Result<Void, LoadError>?>(nil)

    init(endpointCount: Int) {
        self.endpointCount = endpointCount
        state = Mutex(Handover(statistics: LoadStatistics(endpointCount: endpointCount)))
    }

    // MARK: The worker's side

    func finishSetUp(_ result: Result<Void, LoadError>) { isSetUp.withLock { $0 = result } }

    func publish(_ statistics: LoadStatistics, _ gauges: Gauges) {
        state.withLock { state in
            // A collector that is late finds the sum, so nothing waits here in a growing line.
            state.statistics.merge(statistics)
            state.gauges = gauges
        }
    }

    // MARK: The collector's side

    var setUp: Result<Void, LoadError>? { isSetUp.withLock { $0 } }

    var gauges: Gauges { state.withLock { $0.gauges } }

    func take() -> Handover {
        let empty = LoadStatistics(endpointCount: endpointCount)
        return state.withLock { state in
            let handover = state
            state.statistics = empty
            return handover
        }
    }
}
