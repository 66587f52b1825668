import Logging

/// Whose load a cluster shows.
enum LoadOwner: Equatable, Sendable {
    /// A run that is not over, or one whose end is just being stored.
    case live
    /// Nobody supervises it any more.
    case over(Run)
    /// No run of this service.
    case nobody
    /// The store could not tell.
    case unknown
}

/// What the monitor of the clusters and the starts of runs must know of each other.
extension Orchestrator {
    /// The configured clusters that a caller can see, and how each was found.
    ///
    /// - Parameter fresh: looks at each of them first, for as long as `clusterLooksWait`.
    package func clusters(in scope: Scope, fresh: Bool = false) async -> [ClusterStatus] {
        let visible = currentCatalog.clusters.filter { cluster in
            cluster.serves.contains { scope.covers($0) }
        }
        return await monitor.statuses(of: visible.map(\.id), fresh: fresh, for: self)
    }

    /// How each configured cluster was found last; waits for no look.
    package func knownClusters() async -> [ClusterStatus] {
        await monitor.knownStatuses(of: currentCatalog.clusters.map(\.id))
    }

    /// Looks at those that a run may be started on, and puts last what is known not to answer.
    func lookedAt(_ candidates: [Cluster]) async -> [Cluster] {
        // Where a run of ours is, its polls tell, and the store knows that there is no room.
        let unseen = candidates.filter { $0.capacity == .oneRun && liveRuns(on: $0.id).isEmpty }
        await monitor.lookBeforeStart(at: unseen.map(\.id), for: self)
        var (answering, silent): ([Cluster], [Cluster]) = ([], [])
        for cluster in candidates {
            if await monitor.mayAnswer(cluster.id) {
                answering.append(cluster)
            } else {
                silent.append(cluster)
            }
        }
        return answering + silent
    }

    /// Load that no run could be started beside.
    func loadInTheWay(on cluster: Cluster) async -> ReachedLimit? {
        guard cluster.capacity == .oneRun else { return nil }
        let foreign = await monitor.foreignLoad(on: cluster.id)
        // After the wait: what begins to be stopped meanwhile is in the way as well.
        if clearing.contains(cluster.id) { return .returnedLoad }
        return foreign.map { .foreignLoad($0.detail) }
    }

    func liveRuns(on cluster: String) -> Set<RunID> {
        Set(live.values.filter { $0.clusterID == cluster }.map(\.id))
    }

    /// - Parameter runs: that were live there while the load was seen.
    func owner(of load: ClusterLoad, beside runs: Set<RunID>) async -> LoadOwner {
        switch load.claim {
        case .nobodys: return .nobody
        // It may be of one of them, and must not be taken for somebody else's.
        case .untold: return !runs.isEmpty ? .live : isAdopting ? .unknown : .nobody
        case .run(let id):
            guard !runs.contains(id), live[id] == nil else { return .live }
            do {
                guard let run = try await store.run(id, in: .everything)?.run else {
                    return .nobody
                }
                return run.state.isOver && live[id] == nil ? .over(run) : .live
            } catch {
                logger.error("owner of load not known", ["cause": .string("\(error)")])
                return .unknown
            }
        }
    }

    /// Keeps starts away from a cluster that has one run at a time while load is stopped there.
    ///
    /// - Returns: whether it may be stopped; not while a run of the cluster is live.
    func beginClearing(_ cluster: Cluster) -> Bool {
        guard cluster.capacity == .oneRun else { return true }
        guard liveRuns(on: cluster.id).isEmpty, queueService.leaving?.cluster != cluster.id else {
            return false
        }
        return clearing.insert(cluster.id).inserted
    }

    func endClearing(_ cluster: Cluster) {
        clearing.remove(cluster.id)
    }
}
