/// How far each queue of the store is behind.
package struct StoreLag: Equatable, Sendable {
    /// Starts, stops, changes of state, claims: whatever somebody waits for.
    package let writes: QueueLag
    /// Observations, which line up by themselves and enter `writes` one at a time.
    package let observations: QueueLag
    /// Single runs and definitions.
    package let reads: QueueLag
    /// Lists and series.
    package let longReads: QueueLag

    /// All that waits now.
    package var depth: Int { all.reduce(0) { $0 + $1.depth } }
    /// The longest wait of all since the figures were last asked for.
    package var longestWait: Duration { all.map(\.longestWait).max() ?? .zero }

    private var all: [QueueLag] { [writes, observations, reads, longReads] }
}
