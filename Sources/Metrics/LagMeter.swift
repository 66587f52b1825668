import Synchronization

/// Measures one queue. Any thread may tell it and any may ask; it costs them two statements under
/// a lock that nobody holds for longer.
package final class LagMeter: Sendable {
    /// A longest wait is remembered for one to two of these: longer than the minute between two
    /// log lines, so that none falls between them.
    package static let window = Duration.seconds(60)

    private struct State {
        var depth = 0
        var refused = 0
        var served = 0
        var longest = Duration.zero
        var longestBefore = Duration.zero
        var windowEnd: ContinuousClock.Instant
    }

    package let name: String
    private let waitMax: Duration
    private let state: Mutex<State>

    /// - Parameter waitMax: a longer wait is worth a warning.
    package init(_ name: String, waitMax: Duration) {
        self.name = name
        self.waitMax = waitMax
        state = Mutex(State(windowEnd: .now + Self.window))
    }

    /// Something came into the queue.
    package func enter() { state.withLock { $0.depth += 1 } }

    /// Something came out of it.
    package func leave() { state.withLock { $0.depth -= 1 } }

    /// Something was not taken.
    package func refuse() { state.withLock { $0.refused += 1 } }

    /// A wait has ended; one that did not happen counts as none.
    package func record(_ wait: Duration, at now: ContinuousClock.Instant = .now) {
        state.withLock { state in
            Self.turn(&state, now)
            state.served += 1
            state.longest = max(state.longest, wait)
        }
    }

    package func lag(at now: ContinuousClock.Instant = .now) -> QueueLag {
        state.withLock { state in
            Self.turn(&state, now)
            return QueueLag(
                name: name, depth: state.depth,
                longestWait: max(state.longest, state.longestBefore), refused: state.refused,
                served: state.served, waitMax: waitMax)
        }
    }

    /// Begins a new window when the last one is over, and forgets what is older than two.
    private static func turn(_ state: inout State, _ now: ContinuousClock.Instant) {
        guard now >= state.windowEnd else { return }
        let isOld = now >= state.windowEnd + window
        state.longestBefore = isOld ? .zero : state.longest
        state.longest = .zero
        state.windowEnd = now + window
    }
}
