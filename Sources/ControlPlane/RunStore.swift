import Foundation

/// The port to the history. Every query takes the caller's scope: what is outside it does not
/// exist. A method that returns has stored what it was given, durably.
package protocol RunStore: RunJournal, EmergencyStopStore {
    /// Stores a new run unless its cluster has no room for it, or its tenant has `liveRunsMax`.
    /// Of any number of processes on one file, `capacity` holds.
    ///
    /// - Throws: `ControlPlaneError.clusterBusy` or `.tooManyRuns`, naming the runs in the way,
    ///   whosesoever they are.
    func insert(_ run: Run, liveRunsMax: Int?, capacity: ClusterCapacity)
        async throws(ControlPlaneError)

    /// Gives a stored run that awaits approval its cluster, with its new state, as `insert` would.
    ///
    /// - Throws: as `insert`, and `.notAwaiting` for a run that does not wait any more.
    func place(_ run: Run, liveRunsMax: Int?, capacity: ClusterCapacity)
        async throws(ControlPlaneError)

    /// Every run that awaits approval.
    func runsAwaitingApproval() async throws(ControlPlaneError) -> [Run]

    /// Lets a live run count for `users` of its cluster's limit from now on.
    ///
    /// - Throws: `ControlPlaneError.clusterBusy` when the cluster's other runs leave no room.
    func reserve(_ users: Int, for run: RunID, capacity: ClusterCapacity)
        async throws(ControlPlaneError)

    /// Stores the run's progress, and with it numbers where there are some, unless a newer
    /// revision is stored already.
    func save(_ run: Run, numbers: LastMetrics?) async throws(ControlPlaneError)

    /// Stores an observation and the numbers that follow from it, once per key.
    func append(_ observation: Observation, to run: RunID, numbers: LastMetrics?)
        async throws(ControlPlaneError)

    func setNumbers(_ numbers: LastMetrics, of run: RunID) async throws(ControlPlaneError)

    func run(_ id: RunID, in scope: Scope) async throws(ControlPlaneError) -> RunRecord?

    /// Every run that has a cluster and is not over: what start-up has to take care of.
    func liveRuns() async throws(ControlPlaneError) -> [Run]

    /// The observations of a run with their totals only, oldest first.
    func totals(of run: RunID) async throws(ControlPlaneError) -> [Observation]
}

/// A stored run with the numbers that go with it.
package struct RunRecord: Equatable, Sendable {
    package var run: Run
    package let lastMetrics: LastMetrics?

    package init(run: Run, lastMetrics: LastMetrics?) {
        self.run = run
        self.lastMetrics = lastMetrics
    }
}
