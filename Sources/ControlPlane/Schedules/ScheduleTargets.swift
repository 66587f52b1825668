/// What ticks start, as the scheduler sees it.
package protocol ScheduleTargets: Sendable {
    /// Starts what the schedule is for, under this id; nothing where it was started before.
    ///
    /// - Throws: as a caller's start does; `.unknownLoadTest` or `.unknownSuite` when what it is
    ///   for is gone.
    func start(_ id: String, for schedule: Schedule) async throws(ControlPlaneError)

    /// Stops what was started under this id. Repeating it is no error.
    func stop(_ id: String, of schedule: Schedule) async throws(ControlPlaneError)
}

/// Runs and suites.
package struct ScheduledStarts: ScheduleTargets {
    private let orders: StandingOrders
    private let suites: any SuiteStore
    private let runner: SuiteRunner
    private let time: any TimeSource

    package init(
        _ orders: StandingOrders, _ suites: any SuiteStore, _ runner: SuiteRunner,
        time: any TimeSource
    ) {
        self.time = time
        self.orders = orders
        self.suites = suites
        self.runner = runner
    }

    package func start(_ id: String, for schedule: Schedule) async throws(ControlPlaneError) {
        let spec = schedule.spec
        if let suite = spec.suiteId {
            let scope = Scope.environments([spec.envId], of: spec.tenantId)
            guard let stored = try await suites.suite(SuiteID(suite), in: scope) else {
                throw .unknownSuite(SuiteID(suite))
            }
            let draft = AuditDraft.standing(
                "suite.start", by: schedule.actor, of: spec.tenantId, at: time.now)
            _ = try await draft.cover { () async throws(ControlPlaneError) in
                try await runner.start(
                    stored, as: SuiteRunID(id), requester: schedule.requester, by: schedule.actor,
                    schedule: schedule.id, labels: spec.labels ?? [:])
            }
            return
        }
        var order = StandingOrder(
            run: RunID(id), of: LoadTestID(spec.loadTestId ?? ""), in: spec.environment,
            origin: RunOrigin(schedule: schedule.id), actor: schedule.actor,
            requester: schedule.requester)
        order.change = spec.change
        order.labels = spec.labels ?? [:]
        order.whenBusy = spec.queuesWhenBusy ? .queue : .refuse
        order.queueTimeout = spec.queueTimeoutSeconds.map { .seconds($0) }
        _ = try await orders.start(order)
    }

    package func stop(_ id: String, of schedule: Schedule) async throws(ControlPlaneError) {
        do throws(ControlPlaneError) {
            // What the schedule is for may have been something else when this was started.
            _ = try await runner.stop(SuiteRunID(id), in: .everything, by: schedule.actor)
        } catch {
            guard case .unknownSuiteRun = error else { throw error }
            try await orders.stop(RunID(id), by: schedule.actor)
        }
    }
}
