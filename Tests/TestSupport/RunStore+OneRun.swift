import ControlPlane
import Foundation

extension RunStore {
    /// Stores a run, within a limit of its tenant's live runs if there is one.
    package func insert(
        _ run: Run, liveRunsMax: Int?, capacity: ClusterCapacity = .oneRun
    ) async throws(ControlPlaneError) {
        let limits: UsageLimits = liveRunsMax.map { [.maxConcurrentRuns: Double($0)] } ?? [:]
        try await insert(
            run,
            room: Room(
                capacity, within: [Ceiling(.tenant(run.spec.tenantId), limits)],
                at: run.audit.createdAt))
    }

    /// Changes what a run counts for, within its cluster's limits alone.
    package func reserve(_ users: Int, for run: RunID, capacity: ClusterCapacity)
        async throws(ControlPlaneError)
    {
        try await reserve(users, for: run, room: Room(capacity, within: [], at: .distantPast))
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

    /// The refusal of a tenant that has as many runs as it may.
    package static func hasRuns(_ max: Double, _ runs: [RunID], of tenant: String = "tenant-1")
        -> ControlPlaneError
    {
        .limitReached([
            LimitBreach(
                .tenant(tenant), .maxConcurrentRuns, max: max, requested: 1,
                inUse: Double(runs.count), runs: runs)
        ])
    }
}
