import Metrics
import Synchronization

/// The queues as they were found last, for whoever shows them now and then: asking changes
/// nothing, and a wait between two questions is not missed.
package final class QueueFigures: Sendable {
    /// A longest wait is shown for one to two of these: longer than scrapers pause.
    static let window = Duration.seconds(60)

    private struct State {
        var lags: [QueueLag] = []
        var longest: [String: Duration] = [:]
        var longestBefore: [String: Duration] = [:]
        var windowEnd = Duration.zero
    }

    private let state = Mutex(State())

    init() {}

    func note(_ lags: [QueueLag], at now: Duration) {
        state.withLock { state in
            if now >= state.windowEnd {
                state.longestBefore = now < state.windowEnd + Self.window ? state.longest : [:]
                state.longest = [:]
                state.windowEnd = now + Self.window
            }
            state.lags = lags
            for lag in lags {
                state.longest[lag.name] = max(state.longest[lag.name] ?? .zero, lag.longestWait)
            }
        }
    }

    package var lags: [QueueLag] {
        state.withLock { state in
            state.lags.map { lag in
                let longest = max(
                    state.longest[lag.name] ?? .zero, state.longestBefore[lag.name] ?? .zero)
                return QueueLag(
                    name: lag.name, depth: lag.depth, longestWait: longest, refused: lag.refused,
                    served: lag.served, waitMax: lag.waitMax)
            }
        }
    }
}
