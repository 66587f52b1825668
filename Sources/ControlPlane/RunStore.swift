import Foundation

/// The port to the history. Every query takes the caller's scope: what is outside it does not
/// exist. A method that returns has stored what it was given, durably.
package protocol RunStore: RunJournal, BaselineRuns, EmergencyStopStore {
    /// Stores a new run if there is room for it. Of any number of processes on one file, `room`
    /// holds.
    ///
    /// - Throws: `ControlPlaneError.clusterBusy` or `.limitReached`, naming the runs in the way,
    ///   whosesoever they are.
    func insert(_ run: Run, room: Room) async throws(ControlPlaneError)

    /// Stores a run that waits, for room or for approval.
    func enqueue(_ run: Run) async throws(ControlPlaneError)

    /// Every run that awaits approval.
    func runsAwaitingApproval() async throws(ControlPlaneError) -> [Run]

    /// Stores that a run that waited has its cluster, if there is room for it.
    ///
    /// - Throws: as `insert`, and `.runIsOver` for a run that does not wait any more.
    func admit(_ run: Run, room: Room) async throws(ControlPlaneError)

    /// The runs that wait.
    func queuedRuns() async throws(ControlPlaneError) -> [Run]

    /// What all live runs use, and what began today.
    func usage(at now: Date) async throws(ControlPlaneError) -> Usage

    /// Lets a live run count for `users` from now on.
    ///
    /// - Throws: `ControlPlaneError.clusterBusy` or `.limitReached` when other runs leave no room.
    func reserve(_ users: Int, for run: RunID, room: Room) async throws(ControlPlaneError)

    /// Stores the run's progress, and with it numbers where there are some, unless a newer
    /// revision is stored already.
    func save(_ run: Run, numbers: LastMetrics?) async throws(ControlPlaneError)

    /// Stores an observation and the numbers that follow from it, once per key.
    func append(_ observation: Observation, to run: RunID, numbers: LastMetrics?)
        async throws(ControlPlaneError)

    func setNumbers(_ numbers: LastMetrics, of run: RunID) async throws(ControlPlaneError)

    /// Every run that has begun and is not over: what start-up has to take care of.
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
