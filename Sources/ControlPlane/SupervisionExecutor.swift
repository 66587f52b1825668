import Dispatch
import Metrics

/// Threads of its own for all that keeps a promise: deadlines, stops, polls.
///
/// Requests are handled on the threads that Swift's tasks share, one per core, where a large
/// callback is decoded for tens of milliseconds; behind a flood of them a deadline would wait. This
/// queue is served by other threads, at a higher priority where the system grants it, and nothing
/// that blocks or computes for long may run on it.
///
/// An actor needs more than a preference: what a shared thread has begun on it, only that thread
/// can finish. The actors of supervision therefore run on a `SupervisionLane`.
package final class SupervisionExecutor: TaskExecutor {
    /// Between the order for a piece of work and its beginning. What is done here takes
    /// microseconds to milliseconds; a tenth of a second means that a core is missing.
    private static let startWaitMax = Duration.milliseconds(250)
    /// A run is to end within a second of its deadline, its stop included.
    private static let deadlineWaitMax = Duration.milliseconds(500)
    /// A poll that is later than the shortest interval between two is one that is missing.
    private static let pollWaitMax = Duration.seconds(1)

    let queue = DispatchQueue(
        label: "supervision", qos: .userInteractive, attributes: .concurrent)
    /// From the order for a piece of work to its beginning.
    let starts = LagMeter("supervision", waitMax: startWaitMax)
    /// How late deadlines are noticed.
    let deadlines = LagMeter("supervision.deadlines", waitMax: deadlineWaitMax)
    /// How late polls begin.
    let polls = LagMeter("supervision.polls", waitMax: pollWaitMax)
    package let meters = SupervisionMeters()

    package init() {}

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        measured {
            self.queue.async(execute: $0)
        } work: {
            job.runSynchronously(on: self.asUnownedTaskExecutor())
        }
    }

    /// How far supervision is behind.
    package func lags() -> [QueueLag] { [starts.lag(), deadlines.lag(), polls.lag()] }

    /// Notes how long `work` waits between being ordered and being begun.
    func measured(
        _ order: (@escaping @Sendable () -> Void) -> Void, work: @escaping @Sendable () -> Void
    ) {
        let ordered = ContinuousClock.now
        starts.enter()
        order { [starts] in
            starts.leave()
            let begun = ContinuousClock.now
            starts.record(begun - ordered, at: begun)
            work()
        }
    }
}

/// Runs one actor on the threads of supervision, one job at a time.
final class SupervisionLane: SerialExecutor {
    private let executor: SupervisionExecutor
    private let queue: DispatchQueue

    init(on executor: SupervisionExecutor) {
        self.executor = executor
        queue = DispatchQueue(label: "supervision.lane", target: executor.queue)
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        executor.measured {
            self.queue.async(execute: $0)
        } work: {
            job.runSynchronously(on: self.asUnownedSerialExecutor())
        }
    }

    func checkIsolated() { dispatchPrecondition(condition: .onQueue(queue)) }
}
