import Dispatch
import Synchronization

/// Gives an actor a queue of its own, so that work which blocks keeps no thread of the pool; and
/// knows how long the work waits for it.
final class QueueExecutor: SerialExecutor {
    private let queue: DispatchQueue
    private let meter = LagMeter()

    init(label: String) { queue = DispatchQueue(label: label) }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let arrival = meter.enter()
        queue.async {
            self.meter.leave(since: arrival)
            job.runSynchronously(on: self.asUnownedSerialExecutor())
        }
    }

    func checkIsolated() { dispatchPrecondition(condition: .onQueue(queue)) }

    func lag() -> QueueLag { meter.lag() }
}
