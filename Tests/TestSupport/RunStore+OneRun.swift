import ControlPlane

extension RunStore {
    /// Stores a run of a Locust cluster.
    package func insert(_ run: Run, liveRunsMax: Int?) async throws(ControlPlaneError) {
        try await insert(run, liveRunsMax: liveRunsMax, capacity: .oneRun)
    }
}

extension RunStore {
    /// Stores a run's progress alone.
    package func save(_ run: Run) async throws(ControlPlaneError) {
        try await save(run, numbers: nil)
    }
}

extension ControlPlaneError {
    /// The refusal of a Locust cluster that has a run.
    package static func isBusy(_ runs: [RunID], _ cluster: String = "c1") -> ControlPlaneError {
        .clusterBusy([FullCluster(cluster, .oneRun, runs)])
    }
}
