import Foundation
import Logging
import Metrics

/// Starts, stops and keeps the live runs of this process.
package actor Orchestrator {
    private(set) var catalog: Catalog
    var live: [RunID: RunSupervisor] = [:]
    /// The runs that wait for room.
    var queue = RunQueue()
    var queueService = QueueService()
    nonisolated let queueWaits = LagMeter("runs.queued", waitMax: QueueService.waitMax)
    nonisolated let queueLooks = LagMeter("runs.queueLooks", waitMax: QueueService.lookMax)
    /// Clusters on which load of a run that is over is being stopped.
    var clearing: Set<String> = []
    /// Runs in `live` of which it is not known yet whether they are accepted.
    var beingStored: Set<RunID> = []
    private(set) var isAdopting: Bool
    var isShuttingDown = false
    /// Those that hold; the store has them, too.
    var emergencyStops: [EmergencyStop] = []
    /// What the runs in `live` that this process has started are for.
    var checkedServers: [RunID: [CheckedServer]] = [:]
    /// Runs that wait for approval, as they are stored.
    var awaiting: [RunID: Run] = [:]
    /// Those of them about which somebody is deciding.
    var beingDecided: Set<RunID> = []
    let store: any RunStore
    let drivers: any LoadDriverProvider
    let hosts: any HostLookup
    let monitor: ClusterMonitor
    let settings: SupervisionSettings
    let time: any TimeSource
    let logger: Logger
    /// The threads that keep promises; who asks for a stop runs there, too.
    package nonisolated let executor: SupervisionExecutor
    private let callbackTokens: (any CallbackTokens)?
    /// Told of all that is stored; nil where nobody can watch.
    private let liveEvents: LiveEvents?
    private let lane: SupervisionLane
    private let newcomers: AsyncStream<RunSupervisor>
    let admit: AsyncStream<RunSupervisor>.Continuation

    /// - Parameters:
    ///   - hosts: tells the addresses of targets.
    ///   - awaitsAdoption: whether runs of an earlier process may be there, so that nothing is
    ///     started before `adopt` has returned.
    package init(
        catalog: Catalog, store: any RunStore, drivers: any LoadDriverProvider,
        hosts: any HostLookup, settings: SupervisionSettings, time: any TimeSource, logger: Logger,
        awaitsAdoption: Bool = false, executor: SupervisionExecutor = .init(),
        callbackTokens: (any CallbackTokens)? = nil, liveEvents: LiveEvents? = nil
    ) {
        let store = liveEvents.map { WatchedStore(base: store, live: $0) } ?? store
        self.liveEvents = liveEvents
        self.callbackTokens = callbackTokens
        self.executor = executor
        lane = SupervisionLane(on: executor)
        isAdopting = awaitsAdoption
        self.catalog = catalog
        self.store = store
        self.drivers = drivers
        self.hosts = hosts
        self.settings = settings
        self.time = time
        self.logger = logger
        monitor = ClusterMonitor(
            catalog.clusters, drivers: drivers, store: store, settings: settings, time: time,
            logger: logger, executor: executor)
        (newcomers, admit) = AsyncStream.makeStream()
    }

    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        lane.asUnownedSerialExecutor()
    }

    /// Supervises all runs until the task is cancelled. Live runs are then left as they are: the
    /// load keeps its own deadline and lease, and the next process adopts them, or finds that it
    /// ended together with this one.
    package func run() async {
        // What a supervisor waits for, its driver's work included, goes on on threads of its own.
        await withTaskExecutorPreference(executor) {
            await withDiscardingTaskGroup { group in
                group.addTask { await self.monitor.run(for: self) }
                group.addTask { await self.serveQueue() }
                group.addTask { await self.enforcePolicies() }
                for await supervisor in newcomers {
                    group.addTask {
                        await supervisor.supervise()
                        await self.forget(supervisor.id)
                        await self.monitor.outdate(supervisor.clusterID)
                    }
                }
                group.cancelAll()
            }
        }
    }

    /// Whether runs can be started.
    ///
    /// - Throws: `.startingUp` or `.shuttingDown` when they cannot.
    package func checkReady() throws(ControlPlaneError) {
        guard !isAdopting else { throw .startingUp }
        guard !isShuttingDown else { throw .shuttingDown }
    }

    /// Uses a new configuration for everything that starts from now on; live runs keep the
    /// cluster that they were started on.
    package func replaceCatalog(_ catalog: Catalog) async {
        self.catalog = catalog
        await monitor.watch(catalog.clusters)
        newsForQueue()
    }

    package var currentCatalog: Catalog { catalog }

    /// Asks for the stop of a run. Stored when this returns; a run that is over stays as it is.
    package func stop(_ id: RunID, in scope: Scope, by actor: String)
        async throws(ControlPlaneError) -> Run
    {
        if let run = try await stopQueued(id, in: scope, by: actor) { return run }
        if let supervisor = live[id], !beingStored.contains(id) {
            // Of what it supervises it knows whose it is: a store that cannot be read stops no
            // stop.
            guard scope.covers(supervisor.environment) else { throw .unknownRun(id) }
        } else {
            guard try await store.run(id, in: scope) != nil else { throw .unknownRun(id) }
        }
        guard let supervisor = live[id] else {
            guard awaiting[id] != nil else { return try await overRun(id, in: scope) }
            return try await endAwaiting(id, by: .stopRequested(by: actor))
        }
        logger.info("stop requested", ["runId": .string(id.text), "by": .string(actor)])
        return try await supervisor.requestStop(by: actor)
    }

    /// Why what a live run has become cannot be stored now; nil while it is. What it has become is
    /// not told before it is stored: a crash would take it back.
    package func storeProblem(of id: RunID) async -> String? {
        await live[id]?.unstored.problem
    }

    /// Changes the users of a live run. When this returns the change is stored, and the cluster has
    /// taken it.
    ///
    /// - Parameter spawnRate: users started or stopped per second; nil keeps what the run has.
    /// - Throws: `.usersNotChangeable` or `.runIsOver` by the run's state, `.limitsExceeded` and
    ///   `.limitReached` by limits as they are configured now, `.tooManyUsers` and
    ///   `.clusterBusy` by the cluster's, `.clusterRefused` and `.clusterUncertain` when the
    ///   cluster did not take it.
    package func changeUsers(
        of id: RunID, to users: Int, spawnRate: Double?, in scope: Scope, by actor: String
    ) async throws(ControlPlaneError) -> Run {
        guard let stored = try await store.run(id, in: scope)?.run else { throw .unknownRun(id) }
        let isMore = users > stored.plan.targetUsers || spawnRate ?? 0 > stored.plan.spawnRate
        guard stored.approval == nil || !isMore else { throw .beyondApproval(stored.plan) }
        guard let supervisor = live[id] else {
            if stored.state == .queued { throw .usersNotChangeable(id, .queued) }
            let run = try await overRun(id, in: scope)
            throw .runIsOver(id, run.state)
        }
        return try await supervisor.changeUsers(
            to: users, spawnRate: spawnRate,
            within: catalog.ceilings(for: stored.spec, stored.plan),
            by: actor)
    }

    /// What is wrong with the scenario of a definition, for the engine that would run it.
    package nonisolated func scenarioFaults(in spec: LoadTestSpec) -> [ScenarioFault] {
        drivers.scenarioFaults(in: spec)
    }

    /// How much load a definition asks for by itself, for the engine that would run it.
    package nonisolated func loadDefaults(in spec: LoadTestSpec) -> LoadDefaults {
        drivers.loadDefaults(in: spec)
    }

    /// Takes a hook's message. One for a run that is unknown or over changes nothing.
    package func receive(_ callback: Callback) async throws(ControlPlaneError) -> CallbackAnswer {
        if let supervisor = live[callback.runID] { return try await supervisor.receive(callback) }
        guard let record = try await store.run(callback.runID, in: .everything),
            callback.concerns(record.run), record.run.state != .queued
        else { throw .unknownRun(callback.runID) }
        // A hook that is told that its run is over stops the load. One that is told to try again
        // keeps its numbers until the run is adopted.
        guard record.run.state.isOver else { throw unsupervised }
        throw .runIsOver(record.run.id, record.run.state)
    }

    /// A run without a supervisor, as it ended.
    ///
    /// - Throws: `.startingUp` or `.shuttingDown` for one that is live, which nobody here can stop
    ///   yet, or any more: this process or the next one adopts it.
    private func overRun(_ id: RunID, in scope: Scope) async throws(ControlPlaneError) -> Run {
        // Read after the supervisor was found gone: what was read before may be older than its end.
        guard let record = try await store.run(id, in: scope) else { throw .unknownRun(id) }
        guard record.run.state.isOver else { throw unsupervised }
        return record.run
    }

    private var unsupervised: ControlPlaneError { isAdopting ? .startingUp : .shuttingDown }

    /// Takes over the runs that an earlier process left. To be called once, before new runs come.
    package func adopt() async throws(ControlPlaneError) {
        let runs = try await store.liveRuns()
        let queued = try await store.queuedRuns()
        let stops = try await store.emergencyStops()
        emergencyStops =
            stops + emergencyStops.filter { own in !stops.contains { $0.id == own.id } }
        for run in try await store.runsAwaitingApproval() { awaiting[run.id] = run }
        CrashPoint.adoptionRead.reach()
        for run in runs {
            guard let cluster = catalog.cluster(run.clusterID) else {
                let detail = "cluster \(run.clusterID) is not in the configuration any more"
                try await close(
                    run,
                    by: run.state == .pending
                        ? [.startRefused(detail)]
                        : [.clusterLost(detail), .stopUnconfirmed(detail)])
                continue
            }
            var numbers = RunNumbers()
            numbers.loadStart = run.startRequestedAt
            let totals = try await store.totals(of: run.id)
            for observation in totals { numbers.absorb(observation) }
            let adoption = Adoption(
                numbers: numbers, landmarks: try await store.landmarks(of: run.id),
                abortWatch: try await AbortWatch.resumed(for: run, totals, from: store))
            callbackTokens?.accept(run)
            let supervisor = supervisor(for: run, adoption, on: cluster)
            live[run.id] = supervisor
            await haltIfStopped(supervisor)
            admit.yield(supervisor)
        }
        callbackTokens?.endAdoption()
        isAdopting = false
        adoptQueue(queued)
    }

    /// Ends a run that an earlier process left and that nobody can take care of any more.
    private func close(_ run: Run, by events: [RunEvent]) async throws(ControlPlaneError) {
        var run = run
        for event in events {
            do {
                _ = try run.apply(event, at: time.now)
            } catch {
                logger.error("event refused", ["cause": .string("\(error)")])
            }
        }
        do throws(ControlPlaneError) {
            run.setVerdict(try await RunJudge.verdict(on: run, from: store))
        } catch {
            guard !error.isStoreThatMayRecover else { throw error }
            run.setVerdict(.unreadable(run, "\(error)"))
        }
        try await store.save(run, numbers: nil)
        logger.error(
            "run of an earlier process ended",
            [
                "runId": .string(run.id.text), "state": .string(run.state.rawValue),
                "detail": .string(run.endDetail ?? ""),
            ])
    }

    func supervisor(for run: Run, _ adoption: Adoption? = nil, on cluster: Cluster)
        -> RunSupervisor
    {
        RunSupervisor(
            run: run, adoption: adoption, driver: drivers.driver(for: cluster),
            capacity: cluster.capacity, targets: catalog.targetRules(for: run.spec.environment),
            store: store, monitor: monitor, settings: settings, time: time, logger: logger,
            executor: executor, callbackTokens: callbackTokens, liveEvents: liveEvents)
    }

    func forget(_ id: RunID) {
        live[id] = nil
        checkedServers[id] = nil
        callbackTokens?.retire(id)
        queueService.freed += 1
        newsForQueue()
    }
}
