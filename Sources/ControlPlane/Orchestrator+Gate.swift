import Addresses

/// What a run must pass before it may be started, whoever asks for it and whenever.
extension Orchestrator {
    /// - Returns: the servers that the run is for, with their addresses.
    /// - Throws: `.emergencyStop`, `.frozen`, `.targetNotAllowed`.
    func checkMayStart(_ spec: LoadTestSpec) async throws(ControlPlaneError) -> [CheckedServer] {
        // What is stopped asks no name service.
        try checkNotStopped(spec, writtenServers(of: spec))
        try checkNotFrozen(spec.environment)
        let check = TargetCheck(
            rules: currentCatalog.targetRules(for: spec.environment), hosts: hosts, time: time)
        let (faults, servers) = await check.look(at: targets(of: spec))
        guard faults.isEmpty else { throw .targetNotAllowed(faults) }
        try checkNotStopped(spec, servers)
        return servers
    }

    /// - Throws: `.emergencyStop`.
    func checkNotStopped(_ spec: LoadTestSpec, _ servers: [CheckedServer])
        throws(ControlPlaneError)
    {
        if let stop = emergencyStop(of: spec, servers) { throw .emergencyStop(stop) }
    }

    /// The servers that a definition sends load to. What a locustfile does beyond its host, nobody
    /// here can know.
    nonisolated func targets(of spec: LoadTestSpec) -> [NamedTarget] {
        [NamedTarget(url: spec.targetUrl, pointer: "/targetUrl")] + drivers.namedTargets(in: spec)
    }
}
