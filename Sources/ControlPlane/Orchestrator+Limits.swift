extension Catalog {
    /// The clusters that could take a run, of which nothing is known yet but that they could. Asked
    /// when a run is accepted, and again when it leaves the queue, under the configuration of that
    /// moment.
    ///
    /// - Throws: what no waiting can mend: `.limitsExceeded`, `.noCluster`, `.noClusterOfKind`,
    ///   `.tooManyUsers`.
    func candidates(for spec: LoadTestSpec, _ plan: RunPlan) throws(ControlPlaneError)
        -> [Cluster]
    {
        let exceeded = ceilings(for: spec, plan).flatMap { $0.breaches(by: plan) }
        guard exceeded.isEmpty else { throw .limitsExceeded(exceeded) }
        return try candidates(for: spec, users: plan.targetUsers)
    }
}

extension Orchestrator {
    /// Where the load of a definition goes, and how fast an open model makes it.
    package nonisolated func reach(of spec: LoadTestSpec) -> LoadReach {
        var reach = LoadReach()
        if spec.scenario != nil || spec.targetsBase64 != nil {
            let own = drivers.loadDefaults(in: spec)
            (reach.requestsPerSecond, reach.hosts) = (own.requestsPerSecond, own.hosts)
        }
        if let host = TargetHost(url: spec.targetUrl), !reach.hosts.contains(host) {
            reach.hosts.append(host)
        }
        return reach
    }
}
