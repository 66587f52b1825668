import ControlPlane
import JSON

extension ClusterStatus {
    /// Shows of a shared cluster only the environments that the caller can see.
    ///
    /// - Parameters:
    ///   - runs: its live runs that the caller can see.
    ///   - figures: of its load, as far as the caller can see it.
    func json(runs: [RunID], _ figures: ClusterFigures, in scope: Scope) -> JSONValue {
        let serves = cluster.serves.filter { scope.covers($0) }
        return .object([
            "id": .string(cluster.id), "type": .string(cluster.kind.rawValue),
            "baseUrl": JSONValue(cluster.locust.map { ShownURL.text($0.baseURL) }),
            "maxConcurrentRuns": JSONValue(cluster.native?.maxConcurrentRuns ?? 1),
            "maxUsers": JSONValue(cluster.native?.maxUsers),
            "serves": .array(
                serves.map {
                    .object(["tenantId": .string($0.tenantID), "envId": .string($0.envID)])
                }),
            "reachable": isReachable.map { .bool($0) } ?? .null,
            "reachableSince": JSONValue(isReachable == true ? changedAt : nil),
            "unreachableSince": JSONValue(isReachable == false ? changedAt : nil),
            "lastSeenAt": JSONValue(lastSeenAt), "lastError": lastError?.json ?? .null,
            "problem": JSONValue(problem), "version": JSONValue(health?.version),
            "state": JSONValue(figures.state), "workers": JSONValue(figures.workers),
            "workersMissing": JSONValue(figures.workersMissing),
            "users": JSONValue(figures.users), "foreignLoad": foreignLoad?.json ?? .null,
            "currentRunId": JSONValue(runs.first?.text), "runIds": JSONValue(runs.map(\.text)),
        ])
    }
}

extension ClusterStatus.Failure {
    fileprivate var json: JSONValue {
        .object(["at": JSONValue(at), "message": .string(message)])
    }
}

extension ForeignLoad {
    fileprivate var json: JSONValue {
        .object([
            "users": JSONValue(users), "state": .string(state), "since": JSONValue(since),
            "detail": .string(detail),
        ])
    }
}
