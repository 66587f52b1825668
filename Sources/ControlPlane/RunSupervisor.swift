import Foundation
import Logging

/// Watches over one run from its order to its end.
///
/// It decides without waiting: an event changes the run at once (`apply`), and what follows from it
/// is done by one task in order (the lane), so that a stop never overtakes its start. The deadline,
/// the polls and the lane are separate tasks: a master that hangs delays none of the others.
actor RunSupervisor {
    let id: RunID
    let settings: SupervisionSettings
    let time: any TimeSource
    let driver: any LoadDriver
    let logger: Logger
    let store: any RunStore
    var run: Run
    var numbers: RunNumbers
    /// When the cluster was last heard of, by poll or callback.
    var lastContact: Duration
    /// When load was asked for, or a run that had asked for it was adopted.
    var orderedAt: Duration?
    /// The deadline on the clock that never jumps.
    var deadline: Duration?
    /// When load of this run was last seen on.
    var lastLoadSeen: Duration?
    var order = OrderProgress.notSent
    var boot: String?
    var masterRestartedAt: Duration?
    var hookStopReason: Callback.StopReason?
    var pollFailures = 0
    private var savedRevision: Int
    private let lane: AsyncStream<RunEffect>.Continuation
    private let effects: AsyncStream<RunEffect>

    /// How far the order for load has come; what is seen of a cluster means different things.
    enum OrderProgress {
        case notSent
        case sent
        case answered
    }

    /// - Parameter numbers: what is known of the run already, for one that is adopted.
    init(
        run: Run, numbers: RunNumbers = .init(), driver: any LoadDriver, store: any RunStore,
        settings: SupervisionSettings, time: any TimeSource, logger: Logger
    ) {
        id = run.id
        self.run = run
        self.numbers = numbers
        self.driver = driver
        self.store = store
        self.settings = settings
        self.time = time
        self.logger = logger.with([
            "runId": .string(run.id.text), "tenantId": .string(run.spec.tenantId),
            "clusterId": .string(run.clusterID),
        ])
        lastContact = time.uptime
        savedRevision = run.revision
        (effects, lane) = AsyncStream.makeStream()
        if run.state != .pending, let end = run.deadline {
            order = .answered
            orderedAt = time.uptime
            // However the calendar was set meanwhile, no run gets more time than it was given.
            let left = min(end.timeIntervalSince(time.now), run.plan.durationSeconds)
            deadline = time.uptime + .seconds(left)
        }
    }

    /// Supervises the run until it is over, or until the task is cancelled.
    func supervise() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.pollWhileLoadIsExpected() }
            group.addTask { await self.watchDeadline() }
            await self.performEffects()
            group.cancelAll()
        }
    }

    /// Asks for the stop and returns when it is stored; the stop itself goes on afterwards.
    func requestStop(by actor: String) async throws(ControlPlaneError) -> Run {
        _ = react(to: .stopRequested(by: actor))
        try await persist()
        return run
    }

    /// Lets one event change the run, stores the change and orders what follows from it.
    func apply(_ event: RunEvent) async {
        guard react(to: event) else { return }
        do {
            try await persist()
        } catch {
            // The lane stores again before it touches the world, and `close` until it succeeds.
            logger.error("run not stored", ["cause": .string("\(error)")])
        }
    }

    /// The part of `apply` that waits for nothing. Returns whether there is something to store.
    private func react(to event: RunEvent) -> Bool {
        let before = run.state
        do {
            let effects = try run.apply(event, at: time.now)
            if run.state != before { logTransition(from: before) }
            if run.state == .starting, before == .pending {
                orderedAt = time.uptime
                deadline = time.uptime + .seconds(run.plan.durationSeconds)
            }
            for effect in effects where effect != .save { lane.yield(effect) }
            return effects.contains(.save)
        } catch {
            logger.error("event refused", ["cause": .string("\(error)")])
            return false
        }
    }

    /// Stores the run as it now is, unless that is stored already.
    func persist() async throws(ControlPlaneError) {
        while savedRevision < run.revision {
            let snapshot = run
            try await store.save(snapshot)
            savedRevision = max(savedRevision, snapshot.revision)
        }
    }

    private func performEffects() async {
        switch run.state {
        case .pending: await prepare()
        case .stopping where run.loadGoneAt != nil: lane.yield(.collectFinalNumbers)
        case .stopping: lane.yield(.stopLoad)  // Adopted: nobody knows how far the stop got.
        default: break
        }
        for await effect in effects {
            switch effect {
            case .save: break  // `apply` has stored the change.
            case .startLoad: await startLoad()
            case .stopLoad: await stopLoad()
            case .collectFinalNumbers: await collectFinalNumbers()
            case .close: return await close()
            }
        }
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
