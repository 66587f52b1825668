import Synchronization

/// How far a queue is behind.
package struct QueueLag: Equatable, Sendable {
    /// What waits now.
    package var depth = 0
    /// The longest wait since the figure was last asked for, of what still waits, too.
    package var longestWait = Duration.zero
}

/// Measures the waiting in a queue that is served in order.
final class LagMeter: Sendable {
    private struct State {
        var arrivals: [ContinuousClock.Instant] = []
        /// How many of `arrivals` have left, which are cut off now and then.
        var left = 0
        var longestWait = Duration.zero
    }

    private let state = Mutex(State())

    func enter() -> ContinuousClock.Instant {
        let now = ContinuousClock.now
        state.withLock { $0.arrivals.append(now) }
        return now
    }

    /// The first in the queue is served.
    func leave(since arrival: ContinuousClock.Instant) {
        let wait = ContinuousClock.now - arrival
        state.withLock { state in
            state.left += 1
            state.longestWait = max(state.longestWait, wait)
            guard state.left > 64, state.left * 2 > state.arrivals.count else { return }
            state.arrivals.removeFirst(state.left)
            state.left = 0
        }
    }

    /// The figures since the last call.
    func lag() -> QueueLag {
        let now = ContinuousClock.now
        return state.withLock { state in
            let oldest = state.left < state.arrivals.count ? state.arrivals[state.left] : now
            defer { state.longestWait = .zero }
            return QueueLag(
                depth: state.arrivals.count - state.left,
                longestWait: max(state.longestWait, now - oldest))
        }
    }
}
