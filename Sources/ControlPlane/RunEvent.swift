import Foundation

/// What can happen to a run.
package enum RunEvent: Equatable, Sendable {
    /// There is room for the run, which was queued, on this cluster.
    case leftQueue(cluster: String)
    /// It was queued for as long as it may be.
    case queueTimedOut(String)
    /// The cluster was checked and can take the load; the duration starts to count.
    ///
    /// `machine` is now on the machine's own clock.
    case clusterReady(machine: MachineInstant?)
    /// Load of this run was seen.
    case loadSeen
    /// Who has the load: a process of the master, as it names itself.
    case masterSeen(boot: String)
    /// The token of its hook was made, and is known by this digest from now on.
    case callbackTokenMade(digest: String)
    /// Something keeps the run from going on as it should; nil when nothing does any more.
    case problemChanged(String?)
    /// Nothing was started, and nothing will be.
    case startRefused(String)
    /// The order may have reached the cluster or not: load may yet appear.
    case startUncertain(String)
    /// No load was seen in time after the order.
    case startTimedOut(String)
    case stopRequested(by: String)
    /// The service goes down and was told to leave no load behind.
    case shutdownRequested
    case deadlineReached
    /// Somebody wants more or fewer users while load is on.
    case usersChanged(to: Int, spawnRate: Double, by: String)
    /// The cluster shows no load of this run any more.
    ///
    /// `at` is when it ended, where that is known better than by when it was noticed.
    case loadGone(EndReason, String, at: Date? = nil)
    /// The cluster runs somebody else's test.
    case replaced(String)
    /// The master was out of reach for longer than `clusterLostAfter`, or was restarted.
    case clusterLost(String)
    /// Fewer workers are left than the run must have.
    case workersLost(String)
    /// The stop could not be confirmed within the time that any load can still last.
    case stopUnconfirmed(String)
    /// The numbers have requests of this run.
    case requestsCounted
    /// The last numbers are in, or have been waited for long enough.
    case numbersFinal
}

/// What the caller of `Run.apply` must now do, in order.
package enum RunEffect: Equatable, Sendable {
    /// Store the run before anything else is done.
    case save
    case startLoad
    case stopLoad
    case collectFinalNumbers
    /// The run is over; nobody supervises it any more.
    case close
}

/// An event that has no meaning in the state it met: a mistake of the program.
package struct InvalidTransition: Error, Equatable, CustomStringConvertible {
    package let state: RunState
    package let event: RunEvent

    package var description: String { "a run that is \(state.rawValue) cannot take \(event)" }
}
