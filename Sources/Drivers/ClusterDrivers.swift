import ControlPlane
import Foundation
import Locust
import Synchronization

/// The drivers of all clusters, made when first asked for. A driver remembers what it last did to
/// its master, so a cluster keeps its driver until its configuration changes.
package final class ClusterDrivers: LoadDriverProvider {
    /// A list of clusters is not held up for longer by one that hangs.
    static let inspectionTimeout = Duration.seconds(3)

    private let time: any TimeSource
    private let callbackURL: String
    private let drivers = Mutex<[String: (cluster: Cluster, driver: any LoadDriver)]>([:])

    /// - Parameter callbackURL: where hooks reach this service; empty leaves it to the hooks' own
    ///   environment.
    package init(callbackURL: String, time: any TimeSource) {
        self.callbackURL = callbackURL
        self.time = time
    }

    package func driver(for cluster: Cluster) -> any LoadDriver {
        drivers.withLock { drivers in
            if let known = drivers[cluster.id], known.cluster == cluster { return known.driver }
            let driver = make(cluster)
            drivers[cluster.id] = (cluster, driver)
            return driver
        }
    }

    private func make(_ cluster: Cluster) -> any LoadDriver {
        switch cluster.generator {
        case .locust(let settings): locust(settings)
        case .native: UnusableDriver(problem: "this build has no native engine")
        }
    }

    private func locust(_ settings: LocustSettings) -> any LoadDriver {
        guard let url = URL(string: settings.baseURL) else {
            return UnusableDriver(problem: "the baseUrl \(settings.baseURL) is not a URL")
        }
        let token = settings.authToken.isEmpty ? nil : settings.authToken
        return LocustDriver(
            master: LocustMaster(baseURL: url, bearerToken: token),
            inspector: LocustMaster(
                baseURL: url, bearerToken: token, timeouts: .init(call: Self.inspectionTimeout)),
            callbackURL: callbackURL, time: time)
    }
}

/// Stands for a cluster that cannot be talked to, and says why.
private struct UnusableDriver: LoadDriver {
    let problem: String

    func prepare(_ order: LoadOrder) async throws(DriverError) { throw DriverError(problem) }
    func start(_ order: LoadOrder) async throws(DriverError) { throw DriverError(problem) }
    func look(for run: RunID) async throws(DriverError) -> Sighting { throw DriverError(problem) }
    func stop(_ run: RunID) async throws(DriverError) { throw DriverError(problem) }
    func setUsers(_ users: Int, spawnRate: Double, of run: RunID) async throws(DriverError) {
        throw DriverError(problem)
    }
    func health() async throws(DriverError) -> ClusterHealth { throw DriverError(problem) }
}
