import Foundation
import Logging

/// What becomes of the runs that wait: they start, are stopped, or are given up.
extension Orchestrator {
    /// Starts all runs that there is room for, in their order.
    func lookAtQueue() async {
        do throws(ControlPlaneError) {
            for waiter in queue.waiters where waiter.isInDoubt {
                try await settleDoubt(waiter.run.id)
            }
            for waiter in queue.waiters
            where waiter.deadline <= time.uptime && !waiter.isBeingStored {
                await giveUp(waiter)
            }
            guard mayStart, !queue.isEmpty else { return }
            var pass = QueuePass(catalog: catalog, usage: try await store.usage(at: time.now))
            var lookedAt: Set<String> = []
            while mayStart, let (id, verdict) = pass.next(in: &queue) {
                switch verdict {
                case .start(let cluster) where !lookedAt.contains(cluster):
                    lookedAt.insert(cluster)
                    pass.inTheWay[cluster] = await obstacle(on: cluster)
                case .start(let cluster):
                    switch try await start(id, on: cluster) {
                    case .success(let run): pass.usage.add(Usage.Share(run))
                    case .failure(let refusal): pass.refused[id] = refusal.obstacle
                    }
                case .refuse(let error):
                    guard let waiter = queue.remove(id) else { break }
                    await end(
                        waiter, by: .startRefused("it can no longer be started: \(error)"))
                case .wait: break  // Only those that can start or never will come here.
                }
                // As it is now: whoever starts keeps to what a reload has changed meanwhile.
                pass.catalog = catalog
            }
        } catch {
            // The store tells what is wrong with it, and the queue is looked at again.
            logger.debug("queue not looked at", ["cause": .string("\(error)")])
        }
    }

    private var mayStart: Bool { !isShuttingDown && !isAdopting && !Task.isCancelled }

    /// What keeps runs from a cluster that has room: load of others, or that it does not answer. A
    /// run that can wait is not started where it would only fail.
    private func obstacle(on id: String) async -> ReachedLimit? {
        guard let cluster = catalog.cluster(id) else { return .silent }
        guard cluster.capacity == .oneRun else { return nil }
        if await monitor.mayAnswer(id) {
            await monitor.lookBeforeStart(at: [id], for: self)
        }
        guard await monitor.mayAnswer(id) else { return .silent }
        return await loadInTheWay(on: cluster)
    }

    /// Lets a run leave the queue for a cluster.
    ///
    /// - Returns: the run that has left, or what is in its way after all.
    private func start(_ id: RunID, on clusterID: String) async throws(ControlPlaneError)
        -> Result<Run, Refusal>
    {
        guard let waiter = queue[id], let cluster = catalog.cluster(clusterID),
            // What began to be stopped since the look is in the way as well.
            !clearing.contains(clusterID)
        else { return .failure(Refusal(.clusters([FullCluster(clusterID, .returnedLoad, [])]))) }
        var run = waiter.run
        do {
            _ = try run.apply(.leftQueue(cluster: clusterID), at: time.now)
        } catch {
            logger.error("event refused", ["cause": .string("\(error)")])
        }
        queueService.leaving = (id, clusterID)
        defer { endLeaving() }
        do {
            try await store.admit(
                run,
                room: Room(
                    cluster.capacity, within: catalog.ceilings(for: run.spec, run.plan),
                    at: time.now))
        } catch {
            if let obstacle = Obstacle(error) { return .failure(Refusal(obstacle)) }
            var isInDoubt = error.leavesDoubt
            if case .runIsOver = error { isInDoubt = true }
            queue.change(id) { $0.isInDoubt = isInDoubt }
            throw error
        }
        CrashPoint.leftQueue.reach()
        leaveQueue(waiter)
        supervise(run, on: cluster)
        return .success(run)
    }

    /// The store's word that there is no room.
    private struct Refusal: Error {
        let obstacle: Obstacle
        init(_ obstacle: Obstacle) { self.obstacle = obstacle }
    }

    private func endLeaving() {
        queueService.leaving = nil
        for waiting in queueService.untilLeft { waiting.resume() }
        queueService.untilLeft = []
    }

    private func leaveQueue(_ waiter: RunQueue.Waiter) {
        queue.serve(waiter.run.id)
        queueWaits.leave()
        queueWaits.record(time.uptime - waiter.since)
        logger.info(
            "run left the queue",
            [
                "runId": .string(waiter.run.id.text), "tenantId": .string(waiter.tenant),
                "waitedSeconds": .double(((time.uptime - waiter.since) / .seconds(1)).rounded()),
            ])
    }

    /// Finds out whether a run has left the queue when the store could not tell.
    private func settleDoubt(_ id: RunID) async throws(ControlPlaneError) {
        let stored = try await store.run(id, in: .everything)?.run
        guard let waiter = queue[id], waiter.isInDoubt else { return }
        switch stored?.state {
        case .queued:
            queue.change(id) { $0.isInDoubt = false }
        case .pending:
            leaveQueue(waiter)
            guard let stored, let cluster = catalog.cluster(stored.clusterID) else {
                return await end(
                    stored ?? waiter.run,
                    by: .startRefused("its cluster is not in the configuration any more"))
            }
            supervise(stored, on: cluster)
        default:
            leaveQueue(waiter)  // It is over: there is nothing left to start.
        }
    }

    private func giveUp(_ waiter: RunQueue.Waiter) async {
        guard let waiter = queue.remove(waiter.run.id) else { return }
        let waited = Int(((time.uptime - waiter.since) / .seconds(1)).rounded())
        await end(
            waiter, by: .queueTimedOut("no room came free within \(waited) s: \(waiter.waitsFor)"))
    }

    /// Ends a run that was taken out of the queue.
    func end(_ waiter: RunQueue.Waiter, by event: RunEvent) async {
        queueWaits.leave()
        await end(waiter.run, by: event)
    }

    private func end(_ run: Run, by event: RunEvent) async {
        await superviseEnd(of: run).apply(event)
    }

    /// A supervisor that only stores how the run ends, however long the store fails.
    private func superviseEnd(of run: Run) -> RunSupervisor {
        let supervisor = RunSupervisor(
            run: run, driver: NoDriver(), capacity: .oneRun, store: store, monitor: monitor,
            settings: settings, time: time, logger: logger, executor: executor)
        live[run.id] = supervisor
        admit.yield(supervisor)
        return supervisor
    }

    /// Ends a run that waits, so that it never starts.
    ///
    /// - Returns: nil when it does not wait (any more).
    func stopQueued(_ id: RunID, in scope: Scope, by actor: String)
        async throws(ControlPlaneError) -> Run?
    {
        guard let waiter = queue[id], scope.covers(waiter.run.spec.environment) else { return nil }
        while queueService.leaving?.run == id {
            await withCheckedContinuation { queueService.untilLeft.append($0) }
        }
        if queue[id]?.isInDoubt == true { try await settleDoubt(id) }
        // Whoever leaves it while this waits has a supervisor by now.
        guard queueService.leaving?.run != id, queue[id]?.isBeingStored == false,
            let waiter = queue.remove(id)
        else { return nil }
        logger.info("stop requested", ["runId": .string(id.text), "by": .string(actor)])
        queueWaits.leave()
        return try await superviseEnd(of: waiter.run).requestStop(by: actor)
    }
}

/// Stands for the cluster of a run that has none.
private struct NoDriver: LoadDriver {
    private static let refusal = DriverError("the run has no cluster")

    func prepare(_ order: LoadOrder) async throws(DriverError) { throw Self.refusal }
    func start(_ order: LoadOrder) async throws(DriverError) { throw Self.refusal }
    func look(for run: RunID) async throws(DriverError) -> Sighting { throw Self.refusal }
    func setUsers(_ users: Int, spawnRate: Double, of run: RunID) async throws(DriverError) {
        throw Self.refusal
    }
    func stop(_ run: RunID) async throws(DriverError) { throw Self.refusal }
    func health() async throws(DriverError) -> ClusterHealth { throw Self.refusal }
}
