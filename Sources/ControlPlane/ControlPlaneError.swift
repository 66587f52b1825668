/// Why the control plane did not do what it was asked.
package enum ControlPlaneError: Error, Equatable {
    case unknownRun(RunID)
    case unknownLoadTest(LoadTestID)
    /// No cluster of this environment is configured.
    case noCluster(EnvironmentKey)
    /// Every cluster that could take the run has one. These are in the way; on a shared cluster
    /// they may be another tenant's, so not every caller may be told of each.
    case clusterBusy([RunID])
    /// The tenant's limit of concurrent runs is reached by these.
    case tooManyRuns(max: Int, [RunID])
    /// A definition cannot be deleted while these runs of it live.
    case loadTestInUse([RunID])
    /// The definition was changed since the caller read it.
    case versionConflict(current: Int)
    /// The run is over and takes nothing any more.
    case runIsOver(RunID, RunState)
    /// The service is on its way down.
    case shuttingDown
    /// The store could not do its work; the text names the cause.
    case store(String)
}

extension ControlPlaneError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unknownRun(let id): "there is no run \(id)"
        case .unknownLoadTest(let id): "there is no load test \(id)"
        case .noCluster(let key):
            "no cluster serves environment \(key.envID) of tenant \(key.tenantID)"
        case .clusterBusy([]): "the cluster is busy"
        case .clusterBusy(let runs): "the cluster is busy with \(Self.list(runs))"
        case .tooManyRuns(let max, let runs):
            "the tenant may have \(max) runs at a time and has \(Self.list(runs))"
        case .loadTestInUse(let runs): "the load test has live runs: \(Self.list(runs))"
        case .versionConflict(let current): "the load test was changed; it is at version \(current)"
        case .runIsOver(let id, let state): "run \(id) is over (\(state.rawValue))"
        case .shuttingDown: "the service is shutting down"
        case .store(let cause): "the store failed: \(cause)"
        }
    }

    private static func list(_ runs: [RunID]) -> String {
        runs.count == 1
            ? "run \(runs[0])" : "runs \(runs.map(\.text).joined(separator: ", "))"
    }
}
