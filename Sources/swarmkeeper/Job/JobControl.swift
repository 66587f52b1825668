import Synchronization

/// Who wants a job to end, and when it has to. Signals raise it, everything else asks it.
final class JobControl: Sendable {
    /// How long a start that is on its way may still be waited for once the job is aborted: without
    /// its answer nobody knows which run to stop.
    static let abortPatience = Duration.seconds(20)

    private struct State {
        var signalCount = 0
        var abortedAt: Duration?
        var waiting: [AsyncStream<Void>.Continuation] = []
    }

    /// The moment by which the command has to be over; nil for none.
    let deadline: Duration?
    private let state = Mutex(State())

    init(deadline: Duration? = nil) {
        self.deadline = deadline
    }

    /// A signal has come.
    ///
    /// - Returns: how many there were, with this one.
    func raise(at now: Duration) -> Int {
        let (count, waiting) = state.withLock { state in
            state.signalCount += 1
            if state.abortedAt == nil { state.abortedAt = now }
            defer { state.waiting = [] }
            return (state.signalCount, state.waiting)
        }
        for continuation in waiting {
            continuation.yield()
            continuation.finish()
        }
        return count
    }

    var isAborted: Bool { abortedAt != nil }

    /// The moment at which everything before the start is given up.
    var limitBeforeStart: Duration? { abortedAt ?? deadline }

    /// The moment at which a start is given up that may have arrived.
    var limitOfStart: Duration? {
        [deadline, abortedAt.map { $0 + Self.abortPatience }].compactMap(\.self).min()
    }

    private var abortedAt: Duration? { state.withLock { $0.abortedAt } }

    /// One element when the job is aborted, at once where it is already.
    func aborts() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        let isAborted = state.withLock { state in
            guard state.abortedAt == nil else { return true }
            state.waiting.append(continuation)
            return false
        }
        if isAborted {
            continuation.yield()
            continuation.finish()
        }
        return stream
    }
}
