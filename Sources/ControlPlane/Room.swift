import Foundation

/// What must be free for a run. The store decides by it, in one transaction with what it stores, so
/// that no two runs take the same room.
package struct Room: Equatable, Sendable {
    package let capacity: ClusterCapacity
    package let ceilings: [Ceiling]
    /// Which day the run counts for.
    package let now: Date

    package init(_ capacity: ClusterCapacity, within ceilings: [Ceiling], at now: Date) {
        self.capacity = capacity
        self.ceilings = ceilings
        self.now = now
    }

    /// - Throws: `.limitReached` or `.clusterBusy` when there is no room for a new run.
    package func check(_ run: Usage.Share, beside usage: Usage) throws(ControlPlaneError) {
        let reached = ceilings.flatMap { $0.breaches(by: run, beside: usage) }
        guard reached.isEmpty else { throw .limitReached(reached) }
        try checkCluster(run.users, of: run, beside: usage)
    }

    /// - Throws: `.limitReached` or `.clusterBusy` when a live run cannot have so many users.
    package func check(_ users: Int, of run: Usage.Share, beside usage: Usage)
        throws(ControlPlaneError)
    {
        let reached = ceilings.flatMap { $0.breaches(byUsers: users, of: run, beside: usage) }
        guard reached.isEmpty else { throw .limitReached(reached) }
        try checkCluster(users, of: run, beside: usage)
    }

    private func checkCluster(_ users: Int, of run: Usage.Share, beside usage: Usage)
        throws(ControlPlaneError)
    {
        if let full = fullCluster(users, of: run, beside: usage) { throw .clusterBusy([full]) }
    }

    /// What leaves no room for a new run on its cluster.
    func fullCluster(for run: Usage.Share, beside usage: Usage) -> FullCluster? {
        fullCluster(run.users, of: run, beside: usage)
    }

    private func fullCluster(_ users: Int, of run: Usage.Share, beside usage: Usage)
        -> FullCluster?
    {
        let others = usage.live.filter { $0.clusterID == run.clusterID && $0.run != run.run }
        guard let limit = capacity.limitReached(by: users, beside: others.map(\.users)) else {
            return nil
        }
        return FullCluster(run.clusterID, limit, others.map(\.run))
    }
}
