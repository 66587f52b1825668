import Foundation
import Logging
import Metrics

/// How the queue is served: by one task, one look after the other.
struct QueueService: Sendable {
    /// As many runs of a tenant wait where its limits say nothing else.
    static let runsMaxDefault = 20
    /// A run that waits longer than the usual time in the queue is noteworthy.
    static let waitMax = Duration.seconds(3600)
    /// A look at the queue waits for looks at clusters, which take up to 2 s.
    static let lookMax = Duration.seconds(5)

    /// Looks asked for, and those that were finished.
    var asked = 0
    var done = 0
    /// Whether somebody looks.
    var isServed = false
    var waiting: [(asked: Int, done: CheckedContinuation<Void, Never>)] = []
    /// Who is just leaving the queue, and who waits to know whether it has.
    var leaving: (run: RunID, cluster: String)?
    var untilLeft: [CheckedContinuation<Void, Never>] = []
    var lastNumber = 0
    /// Grows with each run that ends: room may have come free since somebody looked.
    var freed = 0
    let news: AsyncStream<Void>
    let tell: AsyncStream<Void>.Continuation
    let filled: AsyncStream<Void>
    let tellFilled: AsyncStream<Void>.Continuation

    init() {
        (news, tell) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        (filled, tellFilled) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }
}

extension Orchestrator {
    /// Serves the queue until the task is cancelled. The runs in it are then left to the next
    /// process.
    func serveQueue() async {
        queueService.isServed = true
        await withDiscardingTaskGroup { group in
            group.addTask { await self.askForLooks() }
            for await _ in queueService.news {
                while queueService.done < queueService.asked, !Task.isCancelled {
                    let (goal, begun) = (queueService.asked, time.uptime)
                    await lookAtQueue()
                    queueLooks.record(time.uptime - begun)
                    finishLooks(upTo: goal)
                }
            }
            group.cancelAll()
        }
        queueService.isServed = false
        finishLooks(upTo: .max)
    }

    /// Not all that frees room tells of it: load of others goes, a day ends, a store recovers.
    private func askForLooks() async {
        for await _ in queueService.filled {
            while !queue.isEmpty {
                do { try await time.sleep(for: settings.queueLookInterval) } catch { return }
                newsForQueue()
            }
        }
    }

    private func finishLooks(upTo goal: Int) {
        queueService.done = max(queueService.done, min(goal, queueService.asked))
        let done = queueService.waiting.filter { $0.asked <= goal }
        queueService.waiting.removeAll { $0.asked <= goal }
        for waiter in done { waiter.done.resume() }
    }

    /// There may be room now.
    func newsForQueue() {
        guard !queue.isEmpty else { return }
        queueService.asked += 1
        queueService.tell.yield()
    }

    /// Lets those who wait have what is free now.
    func untilQueueIsLookedAt() async {
        guard queueService.isServed, !queue.isEmpty else { return }
        newsForQueue()
        let asked = queueService.asked
        await withCheckedContinuation { queueService.waiting.append((asked, $0)) }
    }

    /// How long runs wait, and how long a look at them takes.
    package nonisolated func queueLags() -> [QueueLag] { [queueWaits.lag(), queueLooks.lag()] }

    /// What is told of runs that wait; of others, nothing.
    package func queuePlaces(of runs: [RunID]) -> [RunID: QueuePlace] {
        var places: [RunID: QueuePlace] = [:]
        for id in runs {
            guard let entry = queue[id], !entry.isBeingStored else { continue }
            places[id] = QueuePlace(
                position: queue.position(of: id), since: entry.ticket.since,
                until: entry.ticket.until, waitsFor: entry.waitsFor)
        }
        return places
    }

    /// The runs that wait.
    package var queuedRuns: [Run] {
        queue.waiters.filter { !$0.isBeingStored }.map(\.run)
    }
}

// MARK: Into the queue

extension Orchestrator {
    /// Stores a run at the end of its tenant's line.
    func enqueue(_ request: RunRequest, behind obstacle: Obstacle, by actor: String)
        async throws(ControlPlaneError) -> Run
    {
        guard !isShuttingDown else { throw .shuttingDown }
        let tenant = request.spec.tenantId
        let line = queue.line(of: tenant)
        try checkLength(of: line, tenant)
        // Who can read of this run may see no other environment than its own.
        let environment = request.spec.environment
        let shown =
            live.values.filter { $0.environment == environment }.map(\.id)
            + line.map(\.run).filter { $0.spec.environment == environment }.map(\.id)
        let patience = request.queueTimeout ?? settings.queueTimeout
        queueService.lastNumber += 1
        let ticket = QueueTicket(
            number: queueService.lastNumber, since: time.now,
            until: time.now.addingTimeInterval(patience / .seconds(1)),
            firstPosition: line.count + 1,
            firstWaitsFor: obstacle.text(showing: Set(shown)))
        let run = Run(
            id: request.id, loadTestID: request.loadTestID, spec: request.spec,
            plan: request.plan, clusterID: "",
            audit: Audit(at: time.now, by: actor, claimed: request.claimedCreatedBy),
            ticket: ticket, origin: request.origin)
        // In its place before it is stored, so that nobody gets there meanwhile.
        queue.append(
            RunQueue.Waiter(
                run: run, ticket: ticket, since: time.uptime, deadline: time.uptime + patience,
                obstacle: obstacle, waitsFor: ticket.firstWaitsFor, isBeingStored: true))
        queueWaits.enter()
        do {
            try await store.enqueue(run)
        } catch {
            guard let entry = queue.remove(run.id) else { throw error }
            // Its caller is told that it failed: if it is stored after all, it must not start.
            if error.leavesDoubt {
                await end(entry, by: .startRefused("the store failed while it was queued"))
            } else {
                queueWaits.leave()
            }
            throw error
        }
        CrashPoint.queued.reach()
        if let stop = emergencyStop(of: run.spec, writtenServers(of: run.spec)),
            let entry = queue.remove(run.id)
        {
            // It came while the run was being stored, and could not end it yet.
            await end(entry, by: .halted(.emergencyStop, stop.description))
            throw .emergencyStop(stop)
        }
        queue.change(run.id) { $0.isBeingStored = false }
        logger.info(
            "run queued",
            [
                "runId": .string(run.id.text), "tenantId": .string(tenant),
                "envId": .string(run.spec.envId), "by": .string(actor),
                "position": .int(ticket.firstPosition), "waitsFor": .string(ticket.firstWaitsFor),
            ])
        queueService.tellFilled.yield()
        newsForQueue()
        return run
    }

    private func checkLength(of line: [RunQueue.Waiter], _ tenant: String)
        throws(ControlPlaneError)
    {
        let most =
            catalog.tenant(tenant)?.limits[.maxQueuedRuns] ?? Double(QueueService.runsMaxDefault)
        guard Double(line.count) >= most else { return }
        queueWaits.refuse()
        throw .limitReached([
            LimitBreach(
                .tenant(tenant), .maxQueuedRuns, max: most, requested: 1,
                inUse: Double(line.count), runs: line.map(\.run.id))
        ])
    }

    /// Puts the runs back into their places that an earlier process has left there.
    func adoptQueue(_ runs: [Run]) {
        let tickets = runs.compactMap { run in run.ticket.map { (run, $0) } }
        for (run, ticket) in tickets.sorted(by: { $0.1.number < $1.1.number }) {
            // However the calendar was set meanwhile, no run waits longer than it was to.
            let left = min(
                ticket.until.timeIntervalSince(time.now),
                ticket.until.timeIntervalSince(ticket.since))
            let waited = max(0, time.now.timeIntervalSince(ticket.since))
            queue.append(
                RunQueue.Waiter(
                    run: run, ticket: ticket, since: time.uptime - .seconds(waited),
                    deadline: time.uptime + .seconds(left), waitsFor: ticket.firstWaitsFor))
            queueWaits.enter()
            queueService.lastNumber = max(queueService.lastNumber, ticket.number)
        }
        guard !queue.isEmpty else { return }
        logger.info("queue adopted", ["runs": .int(queue.count)])
        queueService.tellFilled.yield()
        newsForQueue()
    }
}
