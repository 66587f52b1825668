/// Where a run is in its life. `Run+Transitions.swift` is the only place that changes it.
package enum RunState: String, CaseIterable, Sendable, Codable {
    /// Accepted and stored; waits for room, and has no cluster yet. Left when limits and a cluster
    /// have room for it, by a stop, or after its time in the queue. After a crash it waits on.
    case queued = "Queued"
    /// Accepted and stored; nothing asked of a cluster yet. Left when the cluster is found ready,
    /// or by a stop or a refusal, which end the run. A run found here after a crash never started.
    case pending = "Pending"
    /// Load was asked for and not seen yet. Left by the first sight of it, by a stop, or after
    /// `startTimeout`, which fails the run. After a crash the load is looked for.
    case starting = "Starting"
    /// Load was seen. Left by a stop, the deadline, or the loss of load or cluster. After a crash
    /// the run is adopted with its stored deadline.
    case running = "Running"
    /// A stop was asked for, or the load ended; it is not yet seen gone, or its last numbers are
    /// still on their way. Load that shows up again is stopped again. After a crash the stop is
    /// repeated, unless the load was seen gone already.
    case stopping = "Stopping"
    /// Over, as planned or as asked.
    case finished = "Finished"
    /// Over, and not as asked.
    case failed = "Failed"

    package var isOver: Bool { self == .finished || self == .failed }

    package static let live: [RunState] = allCases.filter { !$0.isOver }
}

/// Why a run ended. The first reason wins: a stop that follows a lost cluster does not hide it.
/// Only a stop that could not be confirmed replaces it, by `clusterLost`.
package enum EndReason: String, CaseIterable, Sendable, Codable {
    /// The planned duration was over.
    case durationElapsed
    /// Somebody asked for the stop.
    case stoppedByUser
    /// The test ended by itself before its time: a load shape ran out, or the hook stopped it.
    case testEnded
    /// A stop rule of the scenario was broken: the target did worse than the test allows.
    case thresholdBroken
    /// No room came free within its time in the queue.
    case queueTimedOut
    /// The load never came to be: the cluster refused, was down, or showed nothing in time.
    case startFailed
    /// The master was out of reach for too long, or was restarted under the run.
    case clusterLost
    /// The load stopped before its time and not through us, by a stop at the master for instance.
    case loadVanished
    /// All workers were lost, or so many that fewer than `minWorkersShare` were left.
    case workersLost
    /// Somebody else's test took the master.
    case replaced
    /// The service was shut down: with the order to stop all runs, or the load was that of a native
    /// cluster, which does not go on without it.
    case shutdown

    /// Whether the run ended as planned or as asked.
    package var isAsAsked: Bool {
        switch self {
        case .durationElapsed, .stoppedByUser, .testEnded: true
        case .queueTimedOut, .thresholdBroken, .startFailed, .clusterLost, .loadVanished,
            .workersLost,
            .replaced, .shutdown:
            false
        }
    }
}
