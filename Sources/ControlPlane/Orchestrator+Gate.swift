/// What a run must pass before it may be started, whoever asks for it and whenever.
extension Orchestrator {
    /// - Throws: `.targetNotAllowed`.
    func checkMayStart(_ spec: LoadTestSpec) async throws(ControlPlaneError) {
        let check = TargetCheck(
            rules: currentCatalog.targetRules(for: spec.environment), hosts: hosts, time: time)
        let faults = await check.faults(in: targets(of: spec))
        guard faults.isEmpty else { throw .targetNotAllowed(faults) }
    }

    /// The servers that a definition sends load to. What a locustfile does beyond its host, nobody
    /// here can know.
    nonisolated func targets(of spec: LoadTestSpec) -> [NamedTarget] {
        [NamedTarget(url: spec.targetUrl, pointer: "/targetUrl")] + drivers.namedTargets(in: spec)
    }
}
