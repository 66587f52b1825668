/// How many runs a cluster takes at a time. The store decides by it, in one transaction with what
/// it stores.
package enum ClusterCapacity: Equatable, Sendable {
    /// One live run, whatever its size.
    case oneRun
    /// Several, with `usersMax` users over all of them.
    case shared(runsMax: Int, usersMax: Int)

    /// The most users that any run can have there; nil where the cluster sets no limit.
    package var usersMax: Int? {
        switch self {
        case .oneRun: nil
        case .shared(_, let usersMax): usersMax
        }
    }

    /// What leaves no room for a run, or nil when there is room.
    ///
    /// - Parameters:
    ///   - users: that the run wants to have.
    ///   - others: the live runs that the cluster has beside it, with their users.
    package func limitReached(by users: Int, beside others: [Int]) -> ReachedLimit? {
        switch self {
        case .oneRun:
            return others.isEmpty ? nil : .oneRun
        case .shared(let runsMax, let usersMax):
            guard others.count < runsMax else { return .runs(max: runsMax) }
            let left = usersMax - others.reduce(0, +)
            return users <= left ? nil : .users(max: usersMax, left: max(0, left))
        }
    }
}

/// Why a cluster has no room.
package enum ReachedLimit: Equatable, Sendable {
    case oneRun
    case runs(max: Int)
    case users(max: Int, left: Int)
    /// Load that is not ours, in words.
    case foreignLoad(String)
    /// Load of a run that is over, which is being stopped.
    case returnedLoad
    /// A queued run waits for it.
    case queued
    /// The cluster does not answer, and a run that can wait is not started there.
    case silent
}

/// A cluster without room for a run, and what is in the way there.
package struct FullCluster: Equatable, Sendable {
    package let clusterID: String
    package let limit: ReachedLimit
    /// Whosesoever they are; on a shared cluster not every caller may be told of each.
    package private(set) var runs: [RunID]
    private var hidesRuns = false

    package init(_ clusterID: String, _ limit: ReachedLimit, _ runs: [RunID]) {
        self.clusterID = clusterID
        self.limit = limit
        self.runs = runs
    }

    /// The same without the runs that a caller must not be told of.
    package func showing(_ visible: Set<RunID>) -> FullCluster {
        var shown = self
        shown.runs = runs.filter(visible.contains)
        shown.hidesRuns = shown.runs.count < runs.count
        return shown
    }
}

extension FullCluster: CustomStringConvertible {
    package var description: String {
        let names = runs.map(\.text).joined(separator: ", ")
        let own = runs.isEmpty ? "" : runs.count == 1 ? "run \(names)" : "runs \(names)"
        let others = hidesRuns ? "runs that are not yours" : ""
        let inTheWay = [own, others].filter { !$0.isEmpty }.joined(separator: " and ")
        let them = inTheWay.isEmpty ? "" : ": \(inTheWay)"
        switch limit {
        case .oneRun:
            return "cluster \(clusterID) takes one run at a time and is busy\(them)"
        case .runs(let max):
            return "cluster \(clusterID) has reached its maxConcurrentRuns of \(max)\(them)"
        case .users(let max, let left):
            return "cluster \(clusterID) has \(left) left of its maxUsers of \(max)\(them)"
        case .foreignLoad(let detail):
            return "cluster \(clusterID) is running \(detail)"
        case .returnedLoad:
            return "cluster \(clusterID) shows load of a run that is over, which is being stopped"
        case .queued: return "cluster \(clusterID) is waited for\(them)"
        case .silent: return "cluster \(clusterID) does not answer"
        }
    }
}
