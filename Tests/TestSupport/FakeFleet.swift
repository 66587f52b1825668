import ControlPlane
import Synchronization

/// Clusters that do as a test tells them, each for itself.
package final class FakeFleet: LoadDriverProvider {
    private let time: ManualTime
    private let clusters = Mutex<[String: FakeCluster]>([:])

    package init(time: ManualTime) { self.time = time }

    package subscript(id: String) -> FakeCluster {
        clusters.withLock { clusters in
            if let known = clusters[id] { return known }
            let cluster = FakeCluster(time: time)
            clusters[id] = cluster
            return cluster
        }
    }

    package func driver(for cluster: Cluster) -> any LoadDriver { self[cluster.id] }
}
