import History
import Metrics

extension StoreLag {
    /// The store's queues beside the service's others. Each figure is of the second before, since
    /// the store tells the longest wait since it was last asked.
    var queues: [Metrics.QueueLag] {
        // A stop waits for a write, so that these may take a tenth of what a stop may.
        [
            queue("store.writes", writes, .milliseconds(250)),
            queue("store.observations", observations, .seconds(2)),
            queue("store.reads", reads, .milliseconds(500)),
            queue("store.longReads", longReads, .seconds(5)),
        ]
    }

    private func queue(
        _ name: String, _ lag: History.QueueLag, _ waitMax: Duration
    ) -> Metrics.QueueLag {
        Metrics.QueueLag(
            name: name, depth: lag.depth, longestWait: lag.longestWait, waitMax: waitMax)
    }
}
