import Foundation
import Logging

/// Carries out suites: starts their runs in their turn, and ends them with one verdict. All that it
/// knows is stored, so that the next process goes on where this one ends.
package actor SuiteRunner {
    /// Between two looks at runs that are waited for.
    package static let lookInterval = Duration.seconds(1)

    private let store: any SuiteStore
    private let orders: StandingOrders
    private let orchestrator: Orchestrator
    private let time: any TimeSource
    private let logger: Logger
    private let executor: SupervisionExecutor
    /// What a caller would be answered for an error.
    private let code: @Sendable (ControlPlaneError) -> String
    private var live: [SuiteRunID: SuiteRun] = [:]
    /// How often there was reason to look into the store for suites that nobody carries out: the
    /// start of the process, and each write that seemed to fail; and how many of them are settled.
    private var (doubts, doubtsSettled) = (1, 0)
    /// Those that somebody works on just now.
    private var busy: Set<SuiteRunID> = []

    package init(
        _ store: any SuiteStore, orders: StandingOrders, orchestrator: Orchestrator,
        time: any TimeSource, logger: Logger,
        code: @escaping @Sendable (ControlPlaneError) -> String
    ) {
        self.store = store
        self.orders = orders
        self.orchestrator = orchestrator
        self.time = time
        self.logger = logger
        executor = orchestrator.executor
        self.code = code
    }

    /// Works until the task is cancelled. Suites are then left to the next process.
    package func run() async {
        await withTaskExecutorPreference(executor) {
            await withDiscardingTaskGroup { group in
                while !Task.isCancelled {
                    for id in await self.takeAll() {
                        group.addTask(executorPreference: executor) { await self.work(on: id) }
                    }
                    do { try await time.sleep(for: Self.lookInterval) } catch { break }
                }
                group.cancelAll()
            }
        }
    }

    /// Does all that is to be done now, and returns when it is done.
    package func look() async {
        for id in await takeAll() { await work(on: id) }
    }

    /// Starts a suite; stored when this returns. One that is stored under this id already is left
    /// as it is.
    ///
    /// - Throws: `.tooManySuiteRuns`, `.startingUp`, `.shuttingDown`.
    package func start(
        _ suite: Suite, as id: SuiteRunID, requester: String, by actor: String,
        claimed: String? = nil, schedule: ScheduleID? = nil, labels: [String: String] = [:]
    ) async throws(ControlPlaneError) -> SuiteRun {
        try await orchestrator.checkReady()
        if let stored = try await store.suiteRun(id, in: .everything) { return stored }
        let run = SuiteRun(
            id: id, of: suite, requester: requester, schedule: schedule, labels: labels,
            audit: Audit(at: time.now, by: actor, claimed: claimed)
        ) { UUID().uuidString.lowercased() }
        do throws(ControlPlaneError) {
            try await store.insert(run)
        } catch {
            // It may be stored all the same: then it is found there, and carried out.
            if error.leavesDoubt { doubts += 1 }
            throw error
        }
        CrashPoint.suiteStored.reach()
        // Whoever looked just now may have found it in the store.
        if live[id] == nil { live[id] = run }
        logger.info("suite started", fields(of: run))
        return run
    }

    /// Stops all runs of a suite and starts no more. Stored when this returns; repeating it, or
    /// stopping one that is over, changes nothing.
    package func stop(_ id: SuiteRunID, in scope: Scope, by actor: String)
        async throws(ControlPlaneError) -> SuiteRun
    {
        guard try await store.suiteRun(id, in: scope) != nil else {
            throw .unknownSuiteRun(id)
        }
        guard let run = live[id] else {
            // It may have ended since it was read. One that nobody has taken up yet could not be
            // told.
            guard let now = try await store.suiteRun(id, in: scope), now.state == .finished
            else { throw .startingUp }
            return now
        }
        guard run.state == .running else { return run }
        live[id]?.progress.stopRequestedAt = time.now
        live[id]?.progress.stopRequestedBy = actor
        let stopped = try await save(id) ?? run
        logger.info("suite stop requested", fields(of: stopped))
        // What is being started meanwhile is stopped by whoever starts it.
        for case .stop(let run) in stopped.orders() { await stop(run, of: stopped) }
        return stopped
    }
}

// MARK: One suite

extension SuiteRunner {
    private func takeAll() async -> [SuiteRunID] {
        await adopt()
        let idle = live.keys.filter { !busy.contains($0) }.sorted { $0.text < $1.text }
        busy.formUnion(idle)
        return idle
    }

    /// Takes over what an earlier process has left, and what was stored by a write that seemed to
    /// fail.
    private func adopt() async {
        guard doubtsSettled < doubts else { return }
        let doubts = doubts
        // One that ends while all are read is read as if it were not over.
        let known = Set(live.keys)
        do throws(ControlPlaneError) {
            try await orchestrator.checkReady()
            for run in try await store.liveSuiteRuns() where !known.contains(run.id) {
                if live[run.id] == nil { live[run.id] = run }
            }
            doubtsSettled = doubts
        } catch {
            guard !error.isPassing else { return }
            logger.error("suites not read", ["cause": .string("\(error)")])
        }
    }

    private func work(on id: SuiteRunID) async {
        defer { busy.remove(id) }
        do throws(ControlPlaneError) {
            try await readNews(of: id)
            for order in live[id]?.orders() ?? [] {
                guard let run = live[id] else { return }
                switch order {
                case .start(let place):
                    // Somebody may have stopped it since the order.
                    guard run.state == .running else { return }
                    try await begin(place, of: run)
                case .stop(let id): await stop(id, of: run)
                case .end: try await end(id)
                }
            }
        } catch {
            // All is as it was, and is looked at again.
            guard !error.isOfStartOrEnd else { return }
            logger.error(
                "suite not carried on",
                ["suiteRunId": .string(id.text), "cause": .string("\(error)")])
        }
    }

    private func readNews(of id: SuiteRunID) async throws(ControlPlaneError) {
        guard let run = live[id] else { return }
        let places = run.openPlaces
        let outcomes = try await store.outcomes(of: places.map { RunID(run[$0].runID) })
        for place in places {
            if let outcome = outcomes[RunID(run[place].runID)] {
                live[id]?[place].take(outcome)
            } else if run[place].state == .started {
                live[id]?[place].lose()
            }
        }
        if live[id]?.progress.items != run.progress.items { _ = try await save(id) }
    }

    private func begin(_ place: SuitePlace, of run: SuiteRun) async throws(ControlPlaneError) {
        let item = run[place]
        var order = StandingOrder(
            run: RunID(item.runID), of: LoadTestID(item.loadTestID), in: run.spec.environment,
            origin: RunOrigin(schedule: run.scheduleID, suiteRun: run.id),
            actor: run.audit.createdBy, requester: run.requester)
        order.change = run.spec.steps[place.step].tests[place.index].change
        order.labels = run.labels
        // What is in the way for a moment, such as the load of the test before, fails no suite.
        order.whenBusy = .queue
        do throws(ControlPlaneError) {
            let name = try await orders.start(order)
            CrashPoint.suiteStepStarted.reach()
            live[run.id]?[place].name = name
            live[run.id]?[place].state = .started
        } catch {
            guard !error.isPassing else { throw error }
            live[run.id]?[place].state = .refused
            live[run.id]?[place].code = code(error)
            live[run.id]?[place].detail = error.description
        }
        if let now = try await save(run.id), now.state == .stopping {
            await stop(RunID(item.runID), of: now)
        }
    }

    private func end(_ id: SuiteRunID) async throws(ControlPlaneError) {
        live[id]?.end(at: time.now)
        do throws(ControlPlaneError) {
            guard let run = try await save(id) else { return }
            live[id] = nil
            logger.info("suite ended", fields(of: run))
        } catch {
            // Ended anew with the next look: an end that is not stored is none.
            live[id]?.progress.endedAt = nil
            throw error
        }
    }

    private func stop(_ run: RunID, of suite: SuiteRun) async {
        do throws(ControlPlaneError) {
            try await orders.stop(
                run, by: suite.progress.stopRequestedBy ?? suite.audit.createdBy)
        } catch {
            // Asked again with the next look, as long as it is there.
            logger.error(
                "run of a suite not stopped",
                ["runId": .string(run.text), "cause": .string("\(error)")])
        }
    }

    private func save(_ id: SuiteRunID) async throws(ControlPlaneError) -> SuiteRun? {
        live[id]?.progress.revision += 1
        guard let run = live[id] else { return nil }
        try await store.save(run)
        return live[id] ?? run
    }

    private func fields(of run: SuiteRun) -> [String: LogValue] {
        [
            "suiteRunId": .string(run.id.text), "suiteId": .string(run.suiteID.text),
            "tenantId": .string(run.spec.tenantId), "envId": .string(run.spec.envId),
            "state": .string(run.state.rawValue),
            "verdict": .string(run.progress.verdict?.rawValue ?? ""),
        ]
    }
}
