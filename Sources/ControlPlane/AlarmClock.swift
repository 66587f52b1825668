import Dispatch

/// Wakes sleepers from a thread of its own, by a clock that no clock setting moves.
///
/// `Task.sleep` lets the threads that all tasks share wake the sleeper: while those are busy,
/// nobody wakes. Confined to its queue, on which also the timers fire.
actor AlarmClock {
    private final class Queue: SerialExecutor {
        let queue = DispatchQueue(label: "supervision.alarms", qos: .userInteractive)

        func enqueue(_ job: consuming ExecutorJob) {
            let job = UnownedJob(job)
            queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
        }

        func checkIsolated() { dispatchPrecondition(condition: .onQueue(queue)) }
    }

    private struct Sleeper {
        let timer: any DispatchSourceTimer
        let continuation: CheckedContinuation<Void, any Error>
    }

    private let executor = Queue()
    private var sleepers: [Int: Sleeper] = [:]
    private var lastID = 0

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Waits until `instant` of the clock that goes on while the machine sleeps.
    ///
    /// - Throws: `CancellationError` when the task is cancelled first.
    func sleep(until instant: ContinuousClock.Instant) async throws {
        // A timer may fire early by the clock that counts, whose seconds it does not use.
        while true {
            try Task.checkCancellation()
            let left = instant - .now
            guard left > .zero else { return }
            try await sleep(atLeast: left)
        }
    }

    private func sleep(atLeast duration: Duration) async throws {
        lastID += 1
        let id = lastID
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation {
                (continuation: CheckedContinuation<Void, any Error>) in
                // A cancellation before this line found nothing to end.
                guard !Task.isCancelled else {
                    return continuation.resume(throwing: CancellationError())
                }
                start(id, duration, continuation)
            }
        } onCancel: {
            executor.queue.async { self.assumeIsolated { $0.cancel(id) } }
        }
    }

    private func start(
        _ id: Int, _ duration: Duration, _ continuation: CheckedContinuation<Void, any Error>
    ) {
        let timer = DispatchSource.makeTimerSource(queue: executor.queue)
        timer.schedule(deadline: .now() + Self.interval(duration), leeway: .milliseconds(1))
        timer.setEventHandler { self.assumeIsolated { $0.fire(id) } }
        sleepers[id] = Sleeper(timer: timer, continuation: continuation)
        timer.activate()
    }

    private func fire(_ id: Int) {
        guard let sleeper = sleepers.removeValue(forKey: id) else { return }
        sleeper.timer.cancel()
        sleeper.continuation.resume()
    }

    private func cancel(_ id: Int) {
        guard let sleeper = sleepers.removeValue(forKey: id) else { return }
        sleeper.timer.cancel()
        sleeper.continuation.resume(throwing: CancellationError())
    }

    /// At most a minute, after which the sleeper asks again: the timer's clock stands still while
    /// the machine sleeps, and the deadline's does not.
    private static func interval(_ duration: Duration) -> DispatchTimeInterval {
        let nanoseconds = min(duration, .seconds(60)) / .nanoseconds(1)
        return .nanoseconds(Int(nanoseconds.rounded(.up)))
    }
}
