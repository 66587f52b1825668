import Metrics
import Synchronization

/// What supervision has done since the start of the process, for whoever shows figures.
package final class SupervisionMeters: Sendable {
    /// From the question to the answer of a cluster, or to the end of waiting for one.
    package let polls = DurationMeter()
    /// How late deadlines were noticed.
    package let deadlines = DurationMeter()
    private let failed = Atomic(0)

    /// Polls that brought nothing.
    package var failedPolls: Int { failed.load(ordering: .relaxed) }

    func noteFailedPoll() { failed.add(1, ordering: .relaxed) }
}
