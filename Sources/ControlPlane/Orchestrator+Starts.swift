import Foundation
import Logging

/// From a request to a run that is stored and supervised, or to the reason why there is none.
extension Orchestrator {
    /// Accepts a run: stores it, and leaves the rest to its supervisor; or stores it in the queue,
    /// where there is no room and the caller would wait.
    package func start(_ request: RunRequest, by actor: String) async throws(ControlPlaneError)
        -> Run
    {
        try checkReady()
        guard live[request.id] == nil, queue[request.id] == nil else { throw .clusterBusy([]) }
        var request = request
        request.plan.reach = request.plan.reach ?? reach(of: request.spec)
        // What no cluster could ever run need not be looked at any closer.
        _ = try catalog.candidates(for: request.spec, request.plan)
        let servers = try await checkMayStart(request.spec)
        let run = Run(
            id: request.id, loadTestID: request.loadTestID, spec: request.spec,
            plan: request.plan, clusterID: "",
            audit: Audit(at: time.now, by: actor, claimed: request.claimedCreatedBy),
            origin: request.origin)
        if let policy = catalog.approvalPolicy(of: run.spec.environment) {
            return try await awaitApproval(of: run, for: request.requester, by: policy)
        }
        do throws(ControlPlaneError) {
            return try await place(run, for: servers) {
                [store] run, room async throws(ControlPlaneError) in
                try await store.insert(run, room: room)
            }
        } catch {
            guard request.whenBusy == .queue, let obstacle = Obstacle(error) else { throw error }
            return try await enqueue(request, behind: obstacle, by: actor)
        }
    }

    /// Stores a run on a cluster, unless there is no room for it.
    typealias Storing = @Sendable (Run, Room) async throws(ControlPlaneError) -> Void

    /// Stores a run on the first cluster with room for it, and leaves the rest to its supervisor.
    ///
    /// - Parameter servers: what it is for.
    func place(_ run: Run, for servers: [CheckedServer], storing: Storing)
        async throws(ControlPlaneError) -> Run
    {
        let candidates = try catalog.candidates(for: run.spec, run.plan)
        let ceilings = catalog.ceilings(for: run.spec, run.plan)
        var (free, full) = try await standBehindQueue(run, candidates, ceilings)
        let freed = queueService.freed
        free = await lookedAt(free)
        // What came free meanwhile is first for those who wait.
        if freed != queueService.freed { await untilQueueIsLookedAt() }
        for cluster in free {
            if let inTheWay = await loadInTheWay(on: cluster) {
                full.append(FullCluster(cluster.id, inTheWay, []))
                continue
            }
            guard !isShuttingDown else { throw .shuttingDown }
            var placed = run
            placed.clusterID = cluster.id
            let room = Room(cluster.capacity, within: ceilings, at: time.now)
            do {
                try await accept(placed, on: cluster, for: servers) {
                    () async throws(ControlPlaneError) in try await storing(placed, room)
                }
            } catch {
                guard case .clusterBusy(let clusters) = error else { throw error }
                full += clusters
                continue
            }
            return placed
        }
        throw .clusterBusy(full)
    }

    /// Lets those who wait have what is free, and leaves what the tenant's own wait for to them.
    ///
    /// - Returns: the clusters that are left, and the others with the run that waits for each.
    /// - Throws: `.limitReached` where a run of the tenant waits for the same limit.
    private func standBehindQueue(
        _ run: Run, _ candidates: [Cluster], _ ceilings: [Ceiling]
    ) async throws(ControlPlaneError) -> ([Cluster], [FullCluster]) {
        guard !queue.isEmpty else { return (candidates, []) }
        await untilQueueIsLookedAt()
        var claims = QueueClaims()
        for entry in queue.line(of: run.spec.tenantId) {
            if let obstacle = entry.obstacle { claims.add(obstacle, of: entry.run.id) }
        }
        if let first = claims.claimant(of: ceilings),
            case .limits(let breaches) = queue[first]?.obstacle
        {
            throw .limitReached(breaches.map { $0.asked(by: run.plan) })
        }
        let claimed = candidates.compactMap { cluster in
            claims.claimant(of: cluster.id).map { FullCluster(cluster.id, .queued, [$0]) }
        }
        return (candidates.filter { claims.claimant(of: $0.id) == nil }, claimed)
    }

    /// Stores a run that is to begin, and supervises it.
    private func accept(
        _ run: Run, on cluster: Cluster, for servers: [CheckedServer],
        storing: () async throws(ControlPlaneError) -> Void
    ) async throws(ControlPlaneError) {
        let supervisor = supervisor(for: run, on: cluster)
        // Known before it is stored, so that no stop can find the stored run and miss it.
        live[run.id] = supervisor
        checkedServers[run.id] = servers
        beingStored.insert(run.id)
        defer { beingStored.remove(run.id) }
        do {
            try await storing()
        } catch {
            if error.leavesDoubt {
                // A run that is stored after all must not keep its cluster without anybody to
                // end it.
                await supervisor.apply(.startRefused("the store failed while it was accepted"))
                admit.yield(supervisor)
            } else {
                live[run.id] = nil
                checkedServers[run.id] = nil
            }
            throw error
        }
        CrashPoint.accepted.reach()
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

    /// Takes care of a run that is stored as one that is to begin.
    ///
    /// - Parameter servers: what it is for, where that is known.
    func supervise(_ run: Run, on cluster: Cluster, for servers: [CheckedServer]? = nil) async {
        let supervisor = supervisor(for: run, on: cluster)
        live[run.id] = supervisor
        checkedServers[run.id] = servers
        // One that came while it was being stored.
        await haltIfStopped(supervisor)
        admit.yield(supervisor)
    }
}
