import Logging

/// Gives a run to a cluster, and to a supervisor.
extension Orchestrator {
    /// Stores a run on a cluster, unless that has no room or its tenant has so many runs already.
    typealias Storing =
        @Sendable (Run, _ liveRunsMax: Int?, ClusterCapacity) async throws(ControlPlaneError) ->
        Void

    /// The clusters that could take a run, in the order of the configuration.
    func candidates(for run: Run) throws(ControlPlaneError) -> [Cluster] {
        try currentCatalog.candidates(for: run.spec, users: run.plan.targetUsers)
    }

    /// Stores a run on the first cluster with room for it, and leaves the rest to its supervisor.
    ///
    /// - Parameter servers: what it is for.
    func place(_ run: Run, for servers: [CheckedServer], storing: Storing)
        async throws(ControlPlaneError) -> Run
    {
        let limit = currentCatalog.tenant(run.spec.tenantId)?.limits.maxConcurrentRuns
        var full: [FullCluster] = []
        for cluster in await lookedAt(try candidates(for: run)) {
            if let inTheWay = await loadInTheWay(on: cluster) {
                full.append(FullCluster(cluster.id, inTheWay, []))
                continue
            }
            guard !isShuttingDown else { throw .shuttingDown }
            var placed = run
            placed.clusterID = cluster.id
            let supervisor = supervisor(for: placed, on: cluster)
            // Known before it is stored, so that no stop can find the stored run and miss it.
            live[run.id] = supervisor
            checkedServers[run.id] = servers
            beingStored.insert(run.id)
            defer { beingStored.remove(run.id) }
            do {
                try await storing(placed, limit, cluster.capacity)
            } catch {
                if error.leavesDoubt {
                    // A run that is stored after all must not keep its cluster without anybody to
                    // end it.
                    await supervisor.apply(.startRefused("the store failed while it was accepted"))
                    admit.yield(supervisor)
                    throw error
                }
                live[run.id] = nil
                checkedServers[run.id] = nil
                guard case .clusterBusy(let clusters) = error else { throw error }
                full += clusters
                continue
            }
            CrashPoint.accepted.reach()
            try await welcome(placed, to: supervisor, servers)
            return placed
        }
        throw .clusterBusy(full)
    }

    /// Lets a run that is stored begin.
    private func welcome(_ run: Run, to supervisor: RunSupervisor, _ servers: [CheckedServer])
        async throws(ControlPlaneError)
    {
        if let stop = emergencyStop(of: run.spec, servers) {
            // It came while the run was being stored, and could not stop it yet.
            await supervisor.apply(.halted(.emergencyStop, stop.description))
            admit.yield(supervisor)
            throw .emergencyStop(stop)
        }
        logger.info(
            "run accepted",
            [
                "runId": .string(run.id.text), "tenantId": .string(run.spec.tenantId),
                "envId": .string(run.spec.envId), "clusterId": .string(run.clusterID),
                "by": .string(run.audit.createdBy), "users": .int(run.plan.targetUsers),
                "durationSeconds": .double(run.plan.durationSeconds),
            ])
        admit.yield(supervisor)
    }
}
