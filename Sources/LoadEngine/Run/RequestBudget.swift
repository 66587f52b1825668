import Synchronization

/// The requests of a closed run that is limited to a number of them, numbered from 0. Its threads
/// take some at a time: users may be slower on one thread, or leave it altogether, and still every
/// request is sent once.
final class RequestBudget: Sendable {
    /// Requests taken at once: enough that threads seldom meet here, few enough for all to have
    /// something to do to the end.
    private static let shareMax: UInt64 = 16

    private struct State {
        var rest: Range<UInt64>
        /// Taken and not sent; at most one range for each thread.
        var returned: [Range<UInt64>] = []

        var isEmpty: Bool { rest.isEmpty && returned.isEmpty }
    }

    private let state: Mutex<State>

    init(_ count: UInt64) {
        state = Mutex(State(rest: 0..<count))
    }

    /// Whether every request was taken.
    var isSpent: Bool { state.withLock { $0.isEmpty } }

    /// Takes some requests for one of `threads`; none when there are none left.
    func take(among threads: Int) -> Range<UInt64> {
        state.withLock { state in
            if let share = state.returned.popLast() { return share }
            let left = state.rest.upperBound - state.rest.lowerBound
            let count = min(max(left / UInt64(8 * threads), 1), Self.shareMax, left)
            let share = state.rest.prefix(Int(count))
            state.rest = state.rest.dropFirst(Int(count))
            return share
        }
    }

    /// Gives back what was taken and not sent.
    ///
    /// - Returns: false when the others may have ended already, so that nobody would take it.
    func giveBack(_ share: Range<UInt64>) -> Bool {
        state.withLock { state in
            guard !state.isEmpty else { return false }
            state.returned.append(share)
            return true
        }
    }
}
