import ControlPlane
import Locust

/// Whose load a stop would end.
extension LocustDriver {
    /// How old the last sighting may be: a poll is two calls, so with a slow master that much
    /// passes from one to the next. Whoever wanted to be stopped by mistake would have to end our
    /// test and start another within it.
    static let sightingLifetime = LocustMaster.Timeouts().call * 2
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
        else {
            self.lastSeen = nil
            return try await identity(renewing: nil)
        }
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
