import Addresses
import Foundation
import Logging

/// Watches over one run from its order to its end.
///
/// It decides without waiting: an event changes the run at once (`apply`), and what follows from it
/// is done by one task in order (the lane), so that a stop never overtakes its start. The deadline,
/// the polls and the lane are separate tasks: a master that hangs delays none of the others.
actor RunSupervisor {
    let id: RunID
    let environment: EnvironmentKey
    let spec: LoadTestSpec
    let clusterID: String
    let settings: SupervisionSettings
    let time: any TimeSource
    let driver: any LoadDriver
    /// Of the run's cluster, as it was configured when the run was started or adopted.
    let capacity: ClusterCapacity
    /// Of the run's environment, likewise.
    let targets: TargetRules
    let logger: Logger
    let store: any RunStore
    let monitor: ClusterMonitor
    let executor: SupervisionExecutor
    /// Nil where hooks have no tokens of their own.
    let callbackTokens: (any CallbackTokens)?
    /// Knows whether somebody watches; nil where nobody can.
    let liveEvents: LiveEvents?
    private let ownLane: SupervisionLane
    var run: Run
    var numbers: RunNumbers
    var workers: WorkerWatch
    /// Looks at the thresholds that may stop the run.
    var abortWatch: AbortWatch
    /// What was observed and could not be stored yet.
    var held = HeldObservations()
    var arrivals = Arrivals()
    /// When the cluster was last heard of, by poll or callback.
    var lastContact: Duration
    /// When load was asked for, or a run that had asked for it was adopted.
    var orderedAt: Duration?
    /// The deadline on the clock that never jumps.
    var deadline: Duration?
    /// When load of this run was last seen on.
    var lastLoadSeen: Duration?
    var order = OrderProgress.notSent
    /// The order to stop that is under way.
    var stopOrder: OrderMark?
    var boot: String?
    var masterRestartedAt: Duration?
    var hookStopReason: Callback.StopReason?
    var pollFailures = 0
    /// When the first of these polls failed.
    var silentSince = Duration.zero
    /// Changes of users that the lane has not come to yet, with those who wait for the outcome.
    var usersChanges: [UsersChange] = []
    /// The change that the cluster is being told of.
    var usersOrder: Task<Result<Void, DriverError>, Never>?
    /// Of a run that an earlier process has left.
    let adoption: Adoption?
    /// Nobody takes from the lane any more.
    private(set) var laneHasEnded = false
    var savedRevision: Int
    /// What the store has not taken yet.
    var unstored = UnstoredStory()
    private let lane: AsyncStream<LaneItem>.Continuation
    private let items: AsyncStream<LaneItem>

    /// What the lane does, one after the other.
    private enum LaneItem {
        case effect(RunEffect)
        /// The first of `usersChanges`.
        case changeUsers
    }

    /// How far the order for load has come; what is seen of a cluster means different things.
    enum OrderProgress {
        case notSent
        case sent
        case answered
    }

    /// - Parameter adoption: nil for a new run.
    init(
        run: Run, adoption: Adoption? = nil, driver: any LoadDriver,
        capacity: ClusterCapacity, targets: TargetRules, store: any RunStore,
        monitor: ClusterMonitor,
        settings: SupervisionSettings, time: any TimeSource, logger: Logger,
        executor: SupervisionExecutor = .init(), callbackTokens: (any CallbackTokens)? = nil,
        liveEvents: LiveEvents? = nil
    ) {
        self.liveEvents = liveEvents
        self.callbackTokens = callbackTokens
        self.executor = executor
        ownLane = SupervisionLane(on: executor)
        id = run.id
        environment = run.spec.environment
        spec = run.spec
        clusterID = run.clusterID
        self.run = run
        self.adoption = adoption
        numbers = adoption?.numbers ?? RunNumbers()
        abortWatch = adoption?.abortWatch ?? AbortWatch(run.plan.judgedBy)
        self.driver = driver
        self.capacity = capacity
        self.targets = targets
        self.store = store
        self.monitor = monitor
        workers = WorkerWatch(minShare: run.plan.minWorkersShare, most: numbers.workersMost)
        self.settings = settings
        self.time = time
        self.logger = logger.with([
            "runId": .string(run.id.text), "tenantId": .string(run.spec.tenantId),
            "clusterId": .string(run.clusterID),
        ])
        lastContact = time.uptime
        savedRevision = run.revision
        (items, lane) = AsyncStream.makeStream()
        boot = run.masterBoot
        deadline = Self.timeLeft(of: run, time).map { time.uptime + $0 }
        if adoption?.hasOrderedLoad == true {
            order = .answered
            orderedAt = time.uptime
        }
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor { ownLane.asUnownedSerialExecutor() }

    /// Supervises the run until it is over, or until the task is cancelled.
    func supervise() async {
        if let adoption { await takeOver(adoption) }
        await withDiscardingTaskGroup { group in
            group.addTask { await self.pollWhileLoadIsExpected() }
            group.addTask { await self.watchDeadline() }
            await self.workLane()
            self.endLane()
            group.cancelAll()
        }
    }

    /// Asks for the stop and returns when it is stored; the stop itself goes on afterwards.
    func requestStop(by actor: String) async throws(ControlPlaneError) -> Run {
        try await stop(.stopRequested(by: actor))
    }

    /// The same by a rule of the service rather than by a person.
    func halt(_ reason: EndReason, _ detail: String) async throws(ControlPlaneError) -> Run {
        try await stop(.halted(reason, detail))
    }

    private func stop(_ event: RunEvent) async throws(ControlPlaneError) -> Run {
        _ = react(to: event)
        do throws(ControlPlaneError) {
            try await persist()
        } catch {
            guard case .store(let failure) = error else { throw error }
            throw .stopNotStored(failure)
        }
        return run
    }

    /// Puts a change of users into the lane, behind a start that is under way and before any stop
    /// that is asked for from now on.
    func enqueue(_ change: UsersChange) {
        usersChanges.append(change)
        lane.yield(.changeUsers)
    }

    /// Lets one event change the run, stores the change and orders what follows from it.
    func apply(_ event: RunEvent) async {
        guard react(to: event) else { return }
        do {
            try await persist()
        } catch {
            // The lane stores again before it touches the world, and `close` until it succeeds.
        }
        await noteMissingWorkersOnce()
    }

    /// The part of `apply` that waits for nothing. Returns whether there is something to store.
    func react(to event: RunEvent) -> Bool {
        let before = run.state
        do {
            let effects = try run.apply(event, at: time.now)
            if run.state.isOver, !before.isOver { run.setLoadEnd(numbers.loadEnd(of: run)) }
            if run.state != before { logTransition(from: before) }
            if run.state == .starting, before == .pending {
                orderedAt = time.uptime
                deadline = time.uptime + .seconds(run.plan.durationSeconds)
                numbers.loadStart = run.startRequestedAt
            }
            if run.state == .stopping, before != .stopping { cutOffUsersChange() }
            for effect in effects where effect != .save { lane.yield(.effect(effect)) }
            return effects.contains(.save)
        } catch {
            logger.error("event refused", ["cause": .string("\(error)")])
            return false
        }
    }

    private func workLane() async {
        switch run.state {
        case .pending where adoption == nil: await prepare()
        case .pending: await resumeStart()
        case .starting where order == .notSent: await resumeStart()
        case .starting, .running: await repeatUsersChange(adoption?.last(.changeUsers))
        case .stopping where run.loadGoneAt != nil: lane.yield(.effect(.collectFinalNumbers))
        case .stopping: lane.yield(.effect(.stopLoad))  // Adopted: nobody knows how far it got.
        default: break
        }
        for await item in items {
            switch item {
            case .effect(.save): break  // `apply` has stored the change.
            case .effect(.startLoad): await startLoad()
            case .effect(.stopLoad): await stopLoad()
            case .effect(.collectFinalNumbers): await collectFinalNumbers()
            case .effect(.close): return await close()
            case .changeUsers: await changeUsers()
            }
        }
    }

    /// Nobody may wait for a lane in which nothing happens any more.
    private func endLane() {
        laneHasEnded = true
        for change in usersChanges {
            change.outcome.resume(
                returning: .failure(run.state.isOver ? .runIsOver(id, run.state) : .shuttingDown))
        }
        usersChanges = []
    }

    /// The order as it is given now: one that comes late gets what is left of its time.
    var loadOrder: LoadOrder {
        let left = adoption == nil ? nil : deadline.map { $0 - time.uptime }
        return LoadOrder(run: run, lease: settings.lease, timeLeft: left, targets: targets)
    }

    private func logTransition(from before: RunState) {
        var fields: [String: LogValue] = [
            "from": .string(before.rawValue), "to": .string(run.state.rawValue),
        ]
        if let reason = run.endReason { fields["endReason"] = .string(reason.rawValue) }
        if let detail = run.endDetail { fields["detail"] = .string(detail) }
        if run.state == .failed {
            logger.warning("run state changed", fields)
        } else {
            logger.info("run state changed", fields)
        }
    }
}

extension Run {
    /// The moment at which a run that is in this state was stored.
    var crashPoint: CrashPoint? {
        switch state {
        case .awaitingApproval, .queued, .pending: nil
        case .starting: .startDecided
        case .running: .loadSeen
        case .stopping: loadGoneAt == nil ? .stopDecided : .loadGone
        case .finished, .failed: .ended
        }
    }
}
