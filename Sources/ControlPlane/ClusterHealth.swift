import Foundation

/// A cluster's state as one look shows it.
package struct ClusterHealth: Equatable, Sendable {
    package let version: String?
    /// The generator's own word for its state, such as Locust's `ready` or `running`; like the
    /// figures below it changes with what is heard between two looks.
    package internal(set) var state: String
    /// Workers connected, or engines at work; changes with what is heard between two looks.
    package internal(set) var workers: Int?
    /// Workers that their master still remembers and hears nothing of.
    package internal(set) var workersMissing: Int?
    package internal(set) var users: Int
    /// What is not as it should be with a cluster that answers; names no run, because everybody
    /// that the cluster serves is told of it.
    package let problem: String?
    /// The load that is on, whosesoever it is. Of a Locust master at the most one.
    package let loads: [ClusterLoad]

    package init(
        version: String?, state: String, workers: Int?, users: Int, workersMissing: Int? = nil,
        problem: String? = nil, loads: [ClusterLoad] = []
    ) {
        self.version = version
        self.state = state
        self.workers = workers
        self.workersMissing = workersMissing
        self.users = users
        self.problem = problem
        self.loads = loads
    }
}

/// What a look for one run shows of its cluster by the way: each figure nil where it does not.
package struct ClusterGlimpse: Equatable, Sendable {
    /// See `ClusterHealth.state`.
    package let state: String
    package let users: Int?
    package let workers: Int?
    package let workersMissing: Int?

    package init(state: String, users: Int?, workers: Int?, workersMissing: Int?) {
        self.state = state
        self.users = users
        self.workers = workers
        self.workersMissing = workersMissing
    }
}

extension ClusterHealth {
    /// What is known of a cluster that answers and was not looked at since.
    init(_ glimpse: ClusterGlimpse) {
        self.init(
            version: nil, state: glimpse.state, workers: glimpse.workers,
            users: glimpse.users ?? 0, workersMissing: glimpse.workersMissing)
    }

    mutating func take(_ glimpse: ClusterGlimpse) {
        state = glimpse.state
        users = glimpse.users ?? users
        workers = glimpse.workers ?? workers
        workersMissing = glimpse.workersMissing ?? workersMissing
    }
}

/// Load that a cluster shows.
package struct ClusterLoad: Equatable, Sendable {
    /// What the cluster tells of whose it is.
    package enum Claim: Equatable, Sendable {
        /// It was started with this run's id.
        case run(RunID)
        /// It was started with no run's id: by somebody else.
        case nobodys
        /// The cluster cannot tell.
        case untold
    }

    package let claim: Claim
    package let users: Int
    /// The generator's own word.
    package let state: String
    /// Nil where the cluster does not tell.
    package let startedAt: Date?

    package init(claim: Claim, users: Int, state: String, startedAt: Date? = nil) {
        self.claim = claim
        self.users = users
        self.state = state
        self.startedAt = startedAt
    }
}
