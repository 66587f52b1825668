import Foundation
import Logging

extension RunSupervisor {
    /// Says how late the deadline was noticed: the promise is kept where this is small.
    func noteLateness(ofDeadline deadline: Duration) {
        // One that came while the service was down is late from the run's adoption on.
        let late = time.uptime - max(deadline, orderedAt ?? deadline)
        executor.deadlines.record(late)
        executor.meters.deadlines.record(late)
        logger.info("deadline", ["lateMs": .double((late / .seconds(1) * 1e6).rounded() / 1e3)])
    }
}
