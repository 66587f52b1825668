import ControlPlane
import Foundation
import JSON

/// Bodies into definitions and plans: what their shape alone cannot tell is checked here.
enum Definitions {
    /// The definition in the body, for a tenant and environment that exist and that the caller may
    /// use.
    static func spec(from call: Call) async throws(Problem) -> LoadTestSpec {
        let plan = RunPlan(
            targetUsers: call["defaultUsers"]?.integer ?? 1,
            spawnRate: call["defaultSpawnRate"]?.number ?? 1,
            durationSeconds: call["defaultDurationSeconds"]?.seconds ?? 60)
        let spec = spec(from: call, defaults: plan)
        let catalog = await call.services.orchestrator.currentCatalog
        let faults =
            faults(
                in: spec, plan, catalog, call.scope, users: "/defaultUsers",
                duration: "/defaultDurationSeconds")
            + scenarioFaults(in: spec, call.services)
        guard faults.isEmpty else { throw .invalid(faults) }
        return spec
    }

    /// The same for an ad-hoc run: the body says how much to run, and so do the definition's own
    /// figures.
    static func adHocSpec(from call: Call) async throws(Problem) -> LoadTestSpec {
        let plan = RunPlan(
            targetUsers: call["targetUsers"]?.integer ?? 1,
            spawnRate: call["spawnRate"]?.number ?? 1,
            durationSeconds: call["durationSeconds"]?.seconds ?? 60)
        let spec = spec(from: call, defaults: plan)
        let catalog = await call.services.orchestrator.currentCatalog
        let faults =
            faults(
                in: spec, plan, catalog, call.scope, users: "/targetUsers",
                duration: "/durationSeconds")
            + scenarioFaults(in: spec, call.services)
        guard faults.isEmpty else { throw .invalid(faults) }
        return spec
    }

    private static func spec(from call: Call, defaults plan: RunPlan) -> LoadTestSpec {
        LoadTestSpec(
            name: call["name"]?.text ?? "", description: call["description"]?.text ?? "",
            tags: texts(call["tags"]), tenantId: call["tenantId"]?.text ?? "",
            envId: call["envId"]?.text ?? "", locustClusterId: call["locustClusterId"]?.text,
            targetUrl: call["targetUrl"]?.text ?? "", locustfile: call["locustfile"]?.text,
            scenarioId: call["scenarioId"]?.text, scenario: call["scenario"],
            targetsBase64: call["targetsBase64"]?.text, userClasses: texts(call["userClasses"]),
            defaultUsers: plan.targetUsers, defaultSpawnRate: plan.spawnRate,
            defaultDurationSeconds: plan.durationSeconds,
            metadata: call["metadata"]?.members ?? [:])
    }

    /// The tenant's limit of users, for a run that goes on.
    static func checkUsers(_ users: Int, of tenant: String, _ call: Call) async throws(Problem) {
        let limits = await call.services.orchestrator.currentCatalog.tenant(tenant)?.limits
        guard let max = limits?.maxUsers, users > max else { return }
        throw .invalid([userFault(users, max, at: "/targetUsers")])
    }

    /// What the body asks for, with the definition's own figures where it asks for nothing.
    static func plan(from call: Call, defaults spec: LoadTestSpec) async throws(Problem) -> RunPlan
    {
        let plan = RunPlan(
            targetUsers: call["targetUsers"]?.integer ?? spec.defaultUsers,
            spawnRate: call["spawnRate"]?.number ?? spec.defaultSpawnRate,
            durationSeconds: call["durationSeconds"]?.seconds ?? spec.defaultDurationSeconds,
            metadata: call["metadata"]?.members ?? spec.metadata)
        let catalog = await call.services.orchestrator.currentCatalog
        let limits = catalog.tenant(spec.tenantId)?.limits ?? TenantLimits()
        let faults = limitFaults(
            of: plan, limits, users: "/targetUsers", duration: "/durationSeconds")
        guard faults.isEmpty else { throw .invalid(faults) }
        return plan
    }

    private static func faults(
        in spec: LoadTestSpec, _ plan: RunPlan, _ catalog: Catalog, _ scope: Scope,
        users: String, duration: String
    ) -> [FieldError] {
        let place = placeFaults(of: spec, catalog, scope)
        // The limits of somebody else's tenant are nobody else's business.
        guard scope.covers(tenant: spec.tenantId), let tenant = catalog.tenant(spec.tenantId)
        else { return place }
        return place + limitFaults(of: plan, tenant.limits, users: users, duration: duration)
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
    static func scenarioFaults(in body: [String: JSONValue], _ services: Services) -> [FieldError] {
        let spec = LoadTestSpec(
            name: "", tenantId: "", envId: "", targetUrl: body["targetUrl"]?.text ?? "",
            scenario: body["scenario"].flatMap { $0 == .null ? nil : $0 },
            targetsBase64: body["targetsBase64"]?.text)
        return scenarioFaults(in: spec, services)
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
        guard let tenant = catalog.tenant(spec.tenantId), scope.covers(tenant: tenant.id) else {
            return [FieldError(pointer: "/tenantId", message: "is no tenant known to you")]
        }
        guard tenant.environments.contains(spec.envId) else {
            return [
                FieldError(
                    pointer: "/envId",
                    message: "is no environment of \(tenant.id); it has "
                        + tenant.environments.joined(separator: ", "))
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

    private static func limitFaults(
        of plan: RunPlan, _ limits: TenantLimits, users: String, duration: String
    ) -> [FieldError] {
        var faults: [FieldError] = []
        if let max = limits.maxUsers, plan.targetUsers > max {
            faults.append(userFault(plan.targetUsers, max, at: users))
        }
        if let max = limits.maxDurationSeconds, plan.durationSeconds > Double(max) {
            faults.append(
                FieldError(
                    pointer: duration,
                    message: "\(plan.durationSeconds.plain) is above the tenant's "
                        + "maxDurationSeconds of \(max)"))
        }
        return faults
    }

    private static func userFault(_ users: Int, _ max: Int, at pointer: String) -> FieldError {
        FieldError(
            pointer: pointer, message: "\(users) is above the tenant's maxUsers of \(max)")
    }

    private static func texts(_ value: JSONValue?) -> [String] {
        value?.items?.compactMap(\.text) ?? []
    }
}
