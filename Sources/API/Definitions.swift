import ControlPlane
import Foundation
import JSON

/// Bodies into definitions and plans: what their shape alone cannot tell is checked here.
enum Definitions {
    /// The definition in the body, for a tenant and environment that exist and that the caller may
    /// use.
    ///
    /// - Parameter names: an ad-hoc run says how much to run where a definition says its defaults.
    static func spec(from call: Call, _ names: AmountFields) async throws(Problem) -> LoadTestSpec {
        var spec = LoadTestSpec(
            name: call["name"]?.text ?? "", description: call["description"]?.text ?? "",
            tags: texts(call["tags"]), tenantId: call["tenantId"]?.text ?? "",
            envId: call["envId"]?.text ?? "", locustClusterId: call["locustClusterId"]?.text,
            targetUrl: call["targetUrl"]?.text ?? "", locustfile: call["locustfile"]?.text,
            scenarioId: call["scenarioId"]?.text, scenario: call["scenario"],
            targetsBase64: call["targetsBase64"]?.text, userClasses: texts(call["userClasses"]),
            minWorkersShare: call["minWorkersShare"]?.number,
            metadata: call["metadata"]?.members ?? [:])
        let (thresholds, thresholdFaults) = ThresholdFields.read(call["thresholds"])
        spec.thresholds = thresholds?.isEmpty == true ? nil : thresholds
        let (baseline, baselineFaults) = BaselineFields.read(call["baseline"])
        spec.baseline = baseline
        let amountFaults = names.take(from: call.body, into: &spec, call.services)
        let catalog = await call.services.orchestrator.currentCatalog
        let breaches = breaches(in: spec, catalog, call)
        let faults =
            placeFaults(of: spec, catalog, call.scope) + amountFaults
            + breaches.map { $0.fault(names) } + scenarioFaults(in: spec, call.services)
            + thresholdFaults + baselineFaults
        guard faults.isEmpty else {
            var problem = Problem.invalid(faults)
            problem.limits = breaches
            throw problem
        }
        return spec
    }

    /// The definition with the target and the cluster that the body asks for.
    static func spec(of spec: LoadTestSpec, for call: Call) async throws(Problem) -> LoadTestSpec {
        var spec = spec
        if let url = call["targetUrl"]?.text { spec.targetUrl = url }
        guard let cluster = call["locustClusterId"]?.text else { return spec }
        spec.locustClusterId = cluster
        let catalog = await call.services.orchestrator.currentCatalog
        let faults = placeFaults(of: spec, catalog, call.scope)
        guard faults.isEmpty else { throw .invalid(faults) }
        return spec
    }

    /// What the body asks for, with the definition's own figures where it asks for nothing.
    static func plan(from call: Call, defaults spec: LoadTestSpec) async throws(Problem) -> RunPlan
    {
        let (thresholds, faults) = ThresholdFields.read(call["thresholds"])
        guard faults.isEmpty else { throw .invalid(faults) }
        var plan = RunPlan(
            targetUsers: call["targetUsers"]?.integer ?? spec.defaultUsers,
            spawnRate: call["spawnRate"]?.number ?? spec.defaultSpawnRate,
            durationSeconds: call["durationSeconds"]?.seconds ?? spec.defaultDurationSeconds,
            minWorkersShare: call["minWorkersShare"]?.number ?? spec.minWorkersShare,
            thresholds: thresholds.map { $0.isEmpty ? nil : $0 } ?? spec.thresholds,
            labels: BaselineFields.labels(call["labels"]),
            metadata: call["metadata"]?.members ?? spec.metadata)
        plan.reach = call.services.orchestrator.reach(of: spec)
        let catalog = await call.services.orchestrator.currentCatalog
        let breaches = catalog.breaches(by: plan, of: spec)
        guard breaches.isEmpty else { throw .exceeding(breaches, .ofRun) }
        return plan
    }

    /// The limits of somebody else's tenant are nobody else's business.
    private static func breaches(
        in spec: LoadTestSpec, _ catalog: Catalog, _ call: Call
    ) -> [LimitBreach] {
        guard call.scope.knows(tenant: spec.tenantId) else { return [] }
        var spec = spec
        // Of an environment that the caller must not see, only the tenant's limits are told.
        if !call.scope.covers(spec.environment) { spec.envId = "" }
        var plan = RunPlan(
            targetUsers: spec.defaultUsers, spawnRate: spec.defaultSpawnRate,
            durationSeconds: spec.defaultDurationSeconds)
        plan.reach = call.services.orchestrator.reach(of: spec)
        return catalog.breaches(by: plan, of: spec)
    }

    /// What is wrong with the place that a body names, whose shape is wrong elsewhere.
    static func placeFaults(
        in body: [String: JSONValue], _ catalog: Catalog, _ scope: Scope
    ) -> [FieldError] {
        guard let tenantID = body["tenantId"]?.text, let envID = body["envId"]?.text else {
            return []
        }
        let spec = LoadTestSpec(
            name: "", tenantId: tenantID, envId: envID,
            locustClusterId: body["locustClusterId"]?.text, targetUrl: "")
        return placeFaults(of: spec, catalog, scope)
    }

    /// What is wrong with the scenario that a body has, whose shape is wrong elsewhere.
    static func scenarioFaults(
        in body: [String: JSONValue], _ names: AmountFields, _ services: Services
    ) -> [FieldError] {
        var spec = LoadTestSpec(
            name: "", tenantId: "", envId: "", targetUrl: body["targetUrl"]?.text ?? "",
            scenario: body["scenario"].flatMap { $0 == .null ? nil : $0 },
            targetsBase64: body["targetsBase64"]?.text)
        // What is wrong with the amounts is told as far as their own shape is right.
        _ = names.take(from: body, into: &spec, services)
        return scenarioFaults(in: spec, services)
    }

    /// The scenario with the numbers of one run, which may be others than its definition's.
    static func checkScenario(of spec: LoadTestSpec, for plan: RunPlan, _ call: Call)
        throws(Problem)
    {
        var spec = spec
        spec.defaultUsers = plan.targetUsers
        spec.defaultSpawnRate = plan.spawnRate
        spec.defaultDurationSeconds = plan.durationSeconds
        let faults = scenarioFaults(in: spec, call.services).map { fault in
            // The body has no scenario: what can be mended here is its number of users.
            guard fault.pointer.hasPrefix("/scenario/load/") else { return fault }
            return FieldError(
                pointer: "/targetUsers",
                message: "does not go with the definition: its \(fault.pointer) \(fault.message)")
        }
        guard faults.isEmpty else { throw .invalid(faults) }
    }

    private static func scenarioFaults(in spec: LoadTestSpec, _ services: Services)
        -> [FieldError]
    {
        guard spec.scenario != nil || spec.targetsBase64 != nil else { return [] }
        guard spec.scenario == nil || spec.targetsBase64 == nil else {
            return [
                FieldError(
                    pointer: "/targetsBase64", message: "must not be given together with a scenario"
                )
            ]
        }
        return services.orchestrator.scenarioFaults(in: spec).map {
            FieldError(pointer: $0.pointer, message: $0.message)
        }
    }

    /// A tenant of somebody else is told apart from none by nothing in the answer.
    private static func placeFaults(
        of spec: LoadTestSpec, _ catalog: Catalog, _ scope: Scope
    ) -> [FieldError] {
        guard let tenant = catalog.tenant(spec.tenantId), scope.knows(tenant: tenant.id) else {
            return [FieldError(pointer: "/tenantId", message: "is no tenant known to you")]
        }
        let environments = tenant.environments(in: scope)
        guard environments.contains(spec.envId) else {
            return [
                FieldError(
                    pointer: "/envId", message: noEnvironment(of: tenant, but: environments))
            ]
        }
        guard let clusterID = spec.locustClusterId else { return [] }
        let serving = catalog.clusters(serving: spec.environment).map(\.id)
        guard !serving.contains(clusterID) else { return [] }
        let known = serving.isEmpty ? "none does" : "these do: " + serving.joined(separator: ", ")
        return [
            FieldError(
                pointer: "/locustClusterId",
                message: "is no cluster that serves \(spec.envId) of \(tenant.id); \(known)")
        ]
    }

    /// One that the caller must not see is told apart from none by nothing.
    static func noEnvironment(of tenant: Tenant, but visible: [String]) -> String {
        "is no environment of \(tenant.id) known to you; these are: "
            + visible.joined(separator: ", ")
    }

    private static func texts(_ value: JSONValue?) -> [String] {
        value?.items?.compactMap(\.text) ?? []
    }
}
