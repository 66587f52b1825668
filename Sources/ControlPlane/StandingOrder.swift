/// A start that somebody has ordered in advance, and whom nobody can ask any more.
package struct StandingOrder: Sendable {
    package let runID: RunID
    package let loadTestID: LoadTestID
    /// The definition must be in it: the order was given for nothing else.
    package let environment: EnvironmentKey
    package var change = PlanChange()
    package var labels: [String: String] = [:]
    package let origin: RunOrigin
    /// The actor of `createdBy`.
    package let actor: String
    /// Who has given the order (`Principal.identity`), and so cannot approve what comes of it.
    package let requester: String
    package var whenBusy = WhenBusy.refuse
    package var queueTimeout: Duration?

    package init(
        run: RunID, of test: LoadTestID, in environment: EnvironmentKey, origin: RunOrigin,
        actor: String, requester: String
    ) {
        runID = run
        loadTestID = test
        self.environment = environment
        self.origin = origin
        self.actor = actor
        self.requester = requester
    }
}

/// Carries out standing orders, with all that any start has to pass.
package struct StandingOrders: Sendable {
    private let orchestrator: Orchestrator
    private let loadTests: any LoadTestStore
    private let runs: any RunStore
    private let time: any TimeSource

    package init(
        _ orchestrator: Orchestrator, _ loadTests: any LoadTestStore, _ runs: any RunStore,
        time: any TimeSource
    ) {
        self.orchestrator = orchestrator
        self.loadTests = loadTests
        self.runs = runs
        self.time = time
    }

    /// Starts the run, unless there is one with this id already.
    ///
    /// - Returns: what the definition is called.
    /// - Throws: `.unknownLoadTest` where there is no such definition in the environment, and what
    ///   else a start can throw; of runs in the way only those are named that are of the
    ///   environment.
    package func start(_ order: StandingOrder) async throws(ControlPlaneError) -> String {
        let scope = Scope.environments(
            [order.environment.envID], of: order.environment.tenantID)
        guard let test = try await loadTests.loadTest(order.loadTestID, in: scope) else {
            throw .unknownLoadTest(order.loadTestID)
        }
        if try await runs.run(order.runID, in: .everything) != nil { return test.spec.name }
        var plan = order.change.plan(of: test.spec)
        plan.labels = order.labels.isEmpty ? nil : order.labels
        try await check(plan, of: test.spec)
        var request = RunRequest(
            id: order.runID, loadTestID: test.id, spec: test.spec, plan: plan,
            requester: order.requester)
        request.origin = order.origin
        request.whenBusy = order.whenBusy
        request.queueTimeout = order.queueTimeout
        do throws(ControlPlaneError) {
            _ = try await recorded(request, by: order.actor)
        } catch {
            throw try await error.showing(in: scope, runs)
        }
        return test.spec.name
    }

    package func stop(_ run: RunID, by actor: String) async throws(ControlPlaneError) {
        let draft = AuditDraft.standing("run.stop", by: actor, at: time.now)
        _ = try await draft.cover { () async throws(ControlPlaneError) in
            try await orchestrator.stop(run, in: .everything, by: actor)
        }
    }

    /// What a caller is told at once about the fields of its request.
    private func check(_ plan: RunPlan, of spec: LoadTestSpec) async throws(ControlPlaneError) {
        var plan = plan
        plan.reach = orchestrator.reach(of: spec)
        let breaches = await orchestrator.currentCatalog.breaches(by: plan, of: spec)
        guard breaches.isEmpty else { throw .limitsExceeded(breaches) }
        guard spec.scenario != nil || spec.targetsBase64 != nil else { return }
        var spec = spec
        spec.defaultUsers = plan.targetUsers
        spec.defaultSpawnRate = plan.spawnRate
        spec.defaultDurationSeconds = plan.durationSeconds
        if let fault = orchestrator.scenarioFaults(in: spec).first {
            throw .unfitDefinition(
                "\(fault.pointer) of the definition \(fault.message)")
        }
    }

    private func recorded(_ request: RunRequest, by actor: String)
        async throws(ControlPlaneError) -> Run
    {
        let draft = AuditDraft.standing(
            "run.start", by: actor, of: request.spec.tenantId, at: time.now)
        return try await draft.cover { () async throws(ControlPlaneError) in
            try await orchestrator.start(request, by: actor)
        }
    }
}

extension ControlPlaneError {
    /// Whether the same may succeed in a moment, and is no matter of what was asked for.
    package var isPassing: Bool {
        switch self {
        case .startingUp, .shuttingDown, .store, .stopNotStored: true
        // One with this id is being stored.
        case .clusterBusy(let clusters): clusters.isEmpty
        default: false
        }
    }

    /// Whether it is only that the service comes or goes.
    var isOfStartOrEnd: Bool { self == .startingUp || self == .shuttingDown }

    /// Without the runs that somebody with this scope must not know of.
    fileprivate func showing(in scope: Scope, _ runs: any RunStore)
        async throws(ControlPlaneError) -> ControlPlaneError
    {
        let named: [RunID]
        switch self {
        case .clusterBusy(let clusters): named = clusters.flatMap(\.runs)
        case .limitReached(let breaches): named = breaches.flatMap(\.runs)
        default: return self
        }
        var own: Set<RunID> = []
        for run in named where try await runs.run(run, in: scope) != nil { own.insert(run) }
        return switch self {
        case .clusterBusy(let clusters): .clusterBusy(clusters.map { $0.showing(own) })
        case .limitReached(let breaches): .limitReached(breaches.map { $0.showing(own) })
        default: self
        }
    }
}
