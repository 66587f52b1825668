/// What a start must know of the clusters that it may take.
extension ClusterMonitor {
    /// Looks at clusters that were not seen just now, all at once, so that nothing is accepted
    /// beside load that could have been seen. One that is known not to answer is not waited for
    /// while there are others.
    func lookBeforeStart(at ids: [String], for orchestrator: Orchestrator) async {
        let answering = ids.filter(mayAnswer)
        let wanted = (answering.isEmpty ? ids : answering).filter { id in
            guard let watched = clusters[id] else { return false }
            guard let lookedAt = watched.lookedAt, watched.foreignSeenAt == nil else { return true }
            return watched.isOutdated || time.uptime >= lookedAt + settings.startLookAgeMax
        }
        await lookNow(at: wanted, within: settings.startLookWait, for: orchestrator)
    }

    /// False for a cluster that has not answered the last time.
    func mayAnswer(_ id: String) -> Bool { clusters[id]?.status.isReachable != false }

    /// Load of somebody else that was seen on a cluster lately and, as far as is known, is still.
    func foreignLoad(on id: String) -> ForeignLoad? {
        guard let watched = clusters[id], let seen = watched.foreignSeenAt,
            time.uptime < seen.time + settings.foreignLoadIsNews
        else { return nil }
        return watched.status.foreignLoad
    }
}
