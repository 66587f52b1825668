import ControlPlane
import HTTP
import JSON

enum CatalogHandlers {
    static func clusters(_ call: Call) async throws(Problem) -> Response {
        let items = try await call.perform { () async throws(ControlPlaneError) in
            try await shownClusters(
                in: call.scope, fresh: call.query("fresh") == "true", call.services.orchestrator,
                call.services.history)
        }
        return list(items.map(\.1))
    }

    /// The clusters as a caller with this scope sees them.
    static func shownClusters(
        in scope: Scope, fresh: Bool = false, _ orchestrator: Orchestrator,
        _ history: any RunHistory & RunStore
    ) async throws(ControlPlaneError) -> [(ClusterStatus, JSONValue)] {
        let statuses = await orchestrator.clusters(in: scope, fresh: fresh)
        let busy = try await history.liveRunsByCluster()
        var items: [(ClusterStatus, JSONValue)] = []
        for status in statuses {
            // A shared cluster may run another tenant's test: that it is busy is visible, whose
            // run it is is not.
            let runs = busy[status.cluster.id] ?? []
            // What was seen may be of a run that is over by now.
            let shown = runs + status.runs.filter { !runs.contains($0) }
            let visible = try await RunHandlers.visible(shown, in: scope, history)
            let own = runs.filter { visible[$0] != nil }
            let figures =
                visible.count < shown.count
                ? status.figures(of: own.compactMap { visible[$0] })
                : ClusterFigures(status.health)
            items.append((status, status.json(runs: own, figures, in: scope)))
        }
        return items
    }

    static func tenants(_ call: Call) async throws(Problem) -> Response {
        let catalog = await call.services.orchestrator.currentCatalog
        return list(
            catalog.tenants.filter { call.scope.knows(tenant: $0.id) }.map { tenant in
                .object([
                    "id": .string(tenant.id), "name": .string(tenant.name),
                    "environments": JSONValue(tenant.environments(in: call.scope)),
                    "limits": tenant.limits.json,
                ])
            })
    }

    static func environments(_ call: Call) async throws(Problem) -> Response {
        let catalog = await call.services.orchestrator.currentCatalog
        let tenants = catalog.tenants.filter { call.scope.knows(tenant: $0.id) }
        return list(
            tenants.flatMap { tenant in
                tenant.environments(in: call.scope).map { environment in
                    let key = EnvironmentKey(tenantID: tenant.id, envID: environment)
                    return .object([
                        "tenantId": .string(tenant.id), "envId": .string(environment),
                        "clusterIds": JSONValue(catalog.clusters(serving: key).map(\.id)),
                        "limits": (tenant.environmentLimits[environment] ?? [:])
                            .json(of: UsageLimits.Name.ofEnvironments),
                    ])
                }
            })
    }

    private static func list(_ items: [JSONValue]) -> Response {
        .json(200, .object(["items": .array(items), "nextCursor": .null]))
    }
}
