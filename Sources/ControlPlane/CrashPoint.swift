import Foundation
import Synchronization

/// The moments between what is stored and what is done, at each of which the process may die: a
/// test lets it die there and sees what the next one makes of it.
///
/// Debug builds end by SIGKILL at the point that `SWARMKEEPER_CRASH_AT` names, as `startGiven`, or
/// `startGiven:3` for the third time that it is reached. Release builds have no such points.
package enum CrashPoint: String, CaseIterable, Sendable {
    /// A caller's `Idempotency-Key` is taken; nothing was done for it.
    case keyClaimed
    /// The run is stored, and its caller not answered yet.
    case accepted
    /// What its caller is to be told is stored with the key, and not told.
    case answerStored
    /// The run is stored as Starting; no order is.
    case startDecided
    /// The order to start is stored, and not given.
    case startIntended
    /// A native engine's process is there, and has not said that it makes load.
    case engineSpawned
    /// The cluster has taken the order; nobody has noted it.
    case startGiven
    case startSettled
    /// The run is stored as Running.
    case loadSeen
    case observationStored
    /// Another number of users is stored with the run; no order is.
    case usersDecided
    case usersIntended
    case usersGiven
    /// The run is stored as Stopping; no order is.
    case stopDecided
    case stopIntended
    case stopGiven
    /// The load is stored as gone; the last numbers are not in.
    case loadGone
    /// The run is stored as over.
    case ended
    /// The run is stored as Queued, and its caller not answered yet.
    case queued
    /// A run that was queued is stored as Pending, and nobody supervises it yet.
    case leftQueue
    /// A schedule's tick is noted; nothing was started for it.
    case tickClaimed
    /// What it starts is stored, and the tick does not say so yet.
    case tickStarted
    /// A suite's run is stored; none of its runs is.
    case suiteStored
    /// One of its runs is stored, and the suite's run does not say so yet.
    case suiteStepStarted
    /// A new process has read the live runs of the one before.
    case adoptionRead
    /// It has taken one of them over.
    case adopted

    /// Where it stands in a run's life, from 1.
    package var number: Int { (Self.allCases.firstIndex(of: self) ?? 0) + 1 }

    #if DEBUG
        private static let chosen: (point: CrashPoint, time: Int)? = {
            let text = ProcessInfo.processInfo.environment["SWARMKEEPER_CRASH_AT"] ?? ""
            let parts = text.split(separator: ":")
            guard let name = parts.first, let point = CrashPoint(rawValue: String(name)) else {
                return nil
            }
            return (point, parts.count > 1 ? Int(parts[1]) ?? 1 : 1)
        }()
        private static let timesReached = Atomic(0)

        /// Ends the process if this is the moment that was chosen for it.
        package func reach() {
            guard let chosen = Self.chosen, chosen.point == self else { return }
            guard Self.timesReached.add(1, ordering: .relaxed).newValue == chosen.time else {
                return
            }
            kill(getpid(), SIGKILL)
        }
    #else
        package func reach() {}
    #endif
}
