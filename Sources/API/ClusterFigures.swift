import ControlPlane

/// What of a cluster's load a caller is shown.
struct ClusterFigures {
    let state: String?
    let workers: Int?
    let workersMissing: Int?
    let users: Int?

    /// The whole load.
    init(_ health: ClusterHealth?) {
        (state, workers, users) = (health?.state, health?.workers, health?.users)
        workersMissing = health?.workersMissing
    }

    fileprivate init(state: String?, workers: Int?, users: Int?) {
        (self.state, self.workers, self.users) = (state, workers, users)
        workersMissing = nil
    }
}

extension ClusterStatus {
    /// The load of a cluster that runs something the caller must not see. That it is busy is no
    /// secret, because a start says so too.
    ///
    /// - Parameter visible: its live runs that the caller can see.
    func figures(of visible: [Run]) -> ClusterFigures {
        guard health != nil else { return ClusterFigures(nil) }
        guard cluster.kind == .native else {
            // A master's figures are those of its one run.
            return ClusterFigures(state: "busy", workers: nil, users: nil)
        }
        return ClusterFigures(
            state: "busy", workers: visible.count,
            users: visible.reduce(0) { $0 + $1.targetUsers })
    }
}
