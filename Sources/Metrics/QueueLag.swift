/// How far a queue inside this process is behind, as figures for a log line or a metric.
package struct QueueLag: Equatable, Sendable {
    /// Names the queue for programs: `http`, `admission.callbacks`, `supervision.deadlines`.
    package let name: String
    /// What is in the queue now: it waits, or is being worked on.
    package let depth: Int
    /// The longest wait that ended within the last one to two minutes, whoever asks meanwhile.
    package let longestWait: Duration
    /// What the queue did not take, since the start.
    package let refused: Int
    /// What went through the queue, since the start.
    package let served: Int
    /// A longer wait than this is worth a warning.
    package let waitMax: Duration

    package init(
        name: String, depth: Int, longestWait: Duration, refused: Int = 0, served: Int = 0,
        waitMax: Duration
    ) {
        self.name = name
        self.depth = depth
        self.longestWait = longestWait
        self.refused = refused
        self.served = served
        self.waitMax = waitMax
    }

    /// Whether something waited longer than this queue should ever make it.
    package var isBehind: Bool { longestWait > waitMax }
}
