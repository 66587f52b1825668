/// A configured cluster and how it was found.
package struct ClusterStatus: Sendable {
    package let cluster: Cluster
    /// Nil when it did not answer, or could run nothing; then `problem` says why.
    package let health: ClusterHealth?
    package let problem: String?

    package init(cluster: Cluster, health: ClusterHealth?, problem: String?) {
        self.cluster = cluster
        self.health = health
        self.problem = problem
    }

    init(asking driver: any LoadDriver, of cluster: Cluster) async {
        do {
            let health = try await driver.health()
            self.init(cluster: cluster, health: health, problem: health.problem)
        } catch {
            self.init(cluster: cluster, health: nil, problem: error.description)
        }
    }
}
