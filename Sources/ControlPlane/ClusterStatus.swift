import Foundation

/// A configured cluster and how it was found.
package struct ClusterStatus: Sendable {
    package struct Failure: Equatable, Sendable {
        package let at: Date
        package let message: String
    }

    package internal(set) var cluster: Cluster
    /// Nil as long as nobody has looked.
    package internal(set) var isReachable: Bool?
    /// Since when it is reachable, or is not.
    package internal(set) var changedAt: Date?
    package internal(set) var lastSeenAt: Date?
    /// Stays when the cluster answers again.
    package internal(set) var lastError: Failure?
    /// Nil when it does not answer, or could run nothing; then `problem` says why.
    package internal(set) var health: ClusterHealth?
    package internal(set) var problem: String?
    package internal(set) var foreignLoad: ForeignLoad?
    /// The runs whose load may be in the figures.
    package internal(set) var runs: Set<RunID> = []

    init(_ cluster: Cluster) { self.cluster = cluster }
}
