import JSON
import ControlPlane
import Foundation

/// Bodies into definitions and plans: what their shape alone cannot tell is checked here.
enum Definitions {
    /// The definition in the body, for a tenant and environment that exist and that the caller may
    /// use.
    static func spec(from call: Call) async throws(Problem) -> LoadTestSpec {
        let spec = LoadTestSpec(
            name: call["name"]?.text ?? "", description: call["description"]?.text ?? "",
            tags: texts(call["tags"]), tenantId: call["tenantId"]?.text ?? "",
            envId: call["envId"]?.text ?? "", locustClusterId: call["locustClusterId"]?.text,
            targetUrl: call["targetUrl"]?.text ?? "", locustfile: call["locustfile"]?.text,
            scenarioId: call["scenarioId"]?.text, userClasses: texts(call["userClasses"]),
            defaultUsers: call["defaultUsers"]?.integer ?? 1,
            defaultSpawnRate: call["defaultSpawnRate"]?.number ?? 1,
            defaultDurationSeconds: call["defaultDurationSeconds"]?.seconds ?? 60,
            metadata: call["metadata"]?.members ?? [:])
        let catalog = await call.services.orchestrator.currentCatalog
        var faults = placeFaults(of: spec, catalog, call.scope)
        if let tenant = catalog.tenant(spec.tenantId) {
            let plan = RunPlan(
                targetUsers: spec.defaultUsers, spawnRate: spec.defaultSpawnRate,
                durationSeconds: spec.defaultDurationSeconds)
            faults += limitFaults(
                of: plan, tenant.limits, users: "/defaultUsers", duration: "/defaultDurationSeconds"
            )
        }
        guard faults.isEmpty else { throw .invalid(faults) }
        return spec
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
            faults.append(
                FieldError(
                    pointer: users,
                    message: "\(plan.targetUsers) is above the tenant's maxUsers of \(max)"))
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

    private static func texts(_ value: JSONValue?) -> [String] {
        value?.items?.compactMap(\.text) ?? []
    }
}
