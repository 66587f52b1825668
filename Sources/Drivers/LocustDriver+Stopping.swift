import ControlPlane
import Locust

/// Whose load a stop would end.
extension LocustDriver {
    /// What an answer may have been made before it arrives: as long as a call may take. So a
    /// sighting of that age is worth as much as an answer that has just come.
    static let sightingLifetime = LocustMaster.Timeouts().call
    /// A healthy master answers in milliseconds. The load of a slow one goes on meanwhile.
    static let identityPatience = Duration.milliseconds(250)

    /// Remembers whose test is on, as the hook tells.
    func note(_ identity: RunIdentity?, askedAt: Duration) {
        guard let identity, let run = identity.runID, identity.state == .started else {
            lastSeen = nil
            return
        }
        lastSeen = (RunID(run), askedAt)
    }

    /// What runs on the master, asked right before a stop; `nil` also where it does not say in
    /// time but has just said that it is this run's test: a master that has become slow would
    /// otherwise be told to stop after the deadline by twice as long as its answers take.
    func identity(beforeStopping run: RunID) async throws(DriverError) -> RunIdentity? {
        guard let lastSeen, lastSeen.run == run,
            time.uptime < lastSeen.askedAt + Self.sightingLifetime
        else { return try await identity(renewing: nil) }
        return await withTaskGroup(of: RunIdentity?.self) { group in
            // Where this fails the stop does too, and says why.
            group.addTask { try? await self.identity(renewing: nil) }
            group.addTask { [time] in
                // Cut short, nobody waits any more.
                try? await time.sleep(for: Self.identityPatience)
                return nil
            }
            defer { group.cancelAll() }
            // The group has two tasks, so there is a first one.
            return await group.next() ?? nil
        }
    }
}
