import ControlPlane
import Foundation
import LoadEngine
import Locust
import Logging
import Synchronization

/// The drivers of all clusters, made when first asked for. A driver remembers what it last did to
/// its master, so a cluster keeps its driver until its configuration changes.
package final class ClusterDrivers: LoadDriverProvider {
    /// A list of clusters is not held up for longer by one that hangs.
    static let inspectionTimeout = Duration.seconds(3)

    private let time: any TimeSource
    private let callbackURL: String
    private let engine: EngineProgram
    private let engines = NativeEngines()
    private let logger: Logger
    private let drivers = Mutex<[String: (cluster: Cluster, driver: any LoadDriver)]>([:])
    /// Of each cluster, shared by all drivers that it has had: also a live run's calls prove
    /// themselves anew at once.
    private let authorizations = Mutex<[String: MasterAuthorization]>([:])

    /// - Parameters:
    ///   - callbackURL: where hooks reach this service; empty leaves it to the hooks' own
    ///     environment.
    ///   - engine: what native clusters run.
    package init(
        callbackURL: String, engine: EngineProgram, time: any TimeSource, logger: Logger
    ) {
        self.callbackURL = callbackURL
        self.engine = engine
        self.time = time
        self.logger = logger
    }

    package func driver(for cluster: Cluster) -> any LoadDriver {
        drivers.withLock { drivers in
            if let known = drivers[cluster.id], known.cluster == cluster { return known.driver }
            let driver = make(cluster)
            drivers[cluster.id] = (cluster, driver)
            return driver
        }
    }

    package func use(_ credentials: ClusterCredentials?, of clusterID: String, revision: Int) {
        authorization(of: clusterID).use(
            credentials.map(MasterAuthorization.Credentials.init), revision: revision)
    }

    private func authorization(of clusterID: String) -> MasterAuthorization {
        authorizations.withLock { authorizations in
            let known = authorizations[clusterID] ?? MasterAuthorization()
            authorizations[clusterID] = known
            return known
        }
    }

    /// Stops the engines of all native clusters, because they end with this process in any case;
    /// like this their last numbers are still heard.
    ///
    /// - Parameter limit: for requests on their way.
    /// - Returns: the runs that end with them.
    package func endEngines(within limit: Duration) async -> [RunID] {
        let live = engines.live()
        for engine in live { engine.endWithService() }
        let end = time.uptime + limit
        for engine in live {
            _ = await engine.gone.wait(within: max(.zero, end - time.uptime), on: time)
        }
        return live.map { RunID($0.order.runID) }
    }

    package func scenarioFaults(in spec: LoadTestSpec) -> [ScenarioFault] {
        var settings = LoadSettings()
        settings.users = spec.defaultUsers
        settings.spawnRate = spec.defaultSpawnRate
        settings.duration = .seconds(spec.defaultDurationSeconds)
        do {
            _ = try NativeTest(spec).plan(settings, usersMax: spec.defaultUsers)
            return []
        } catch {
            return error.faults
        }
    }

    package func loadDefaults(in spec: LoadTestSpec) -> LoadDefaults {
        NativeTest(spec).loadDefaults
    }

    package func namedTargets(in spec: LoadTestSpec) -> [NamedTarget] {
        NativeTest(spec).namedTargets
    }

    /// Reads the certificates of all clusters anew, when they are next needed.
    package func forgetTLSFiles() { SocketTransport.shared.forgetTLSFiles() }

    private func make(_ cluster: Cluster) -> any LoadDriver {
        switch cluster.generator {
        case .locust(let settings): locust(settings, authorization(of: cluster.id))
        case .native(let settings):
            NativeDriver(
                clusterID: cluster.id, settings: settings, program: engine, engines: engines,
                time: time, logger: logger)
        }
    }

    private func locust(_ settings: LocustSettings, _ authorization: MasterAuthorization)
        -> any LoadDriver
    {
        guard let url = URL(string: settings.baseURL) else {
            return UnusableDriver(problem: "the baseUrl \(settings.baseURL) is not a URL")
        }
        let token = settings.authToken.isEmpty ? nil : settings.authToken
        let files = settings.tls
        let transport = SocketTransport.shared.with(
            caFile: files.caFile, clientCertificateFile: files.clientCertificateFile,
            clientKeyFile: files.clientKeyFile)
        return LocustDriver(
            master: LocustMaster(
                baseURL: url, bearerToken: token, transport: transport,
                authorization: authorization),
            inspector: LocustMaster(
                baseURL: url, bearerToken: token, timeouts: .init(call: Self.inspectionTimeout),
                transport: transport, authorization: authorization),
            callbackURL: callbackURL, time: time)
    }
}

extension MasterAuthorization.Credentials {
    fileprivate init(_ credentials: ClusterCredentials) {
        switch credentials {
        case .token(let token): self = .token(token)
        case .password(let user, let password): self = .password(user: user, password: password)
        }
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
