import Foundation
import JSON
import SQLite
import Synchronization
import TestSupport

/// The service, its five clusters, the target, and the networks between them.
final class ChaosScene: Sendable {
    /// The shortest there is, so that the end of the lease comes within the test.
    static let leaseSeconds = 5
    /// Long enough that users of the same run meet at the target, if there are too many.
    static let targetArguments = ["--per-path", "--latency-ms", "100"]
    /// Much more than the store of some hundred runs.
    static let diskMegabytes = 32

    let service: Service
    let target: Target
    let disk: SmallDisk?
    let masters: [ChaosCluster: LocustProcesses]
    /// Between the service and the masters.
    let networks: [ChaosCluster: FaultProxy]
    /// Between the hooks and the service.
    let callbacks: FaultProxy
    let ledger: ChaosLedger

    private init(
        _ service: Service, _ target: Target, _ disk: SmallDisk?,
        _ masters: [ChaosCluster: LocustProcesses], _ networks: [ChaosCluster: FaultProxy],
        _ callbacks: FaultProxy, _ ledger: ChaosLedger
    ) {
        self.ledger = ledger
        (self.service, self.target, self.disk) = (service, target, disk)
        (self.masters, self.networks, self.callbacks) = (masters, networks, callbacks)
    }

    var client: Client { service.client() }
}

// MARK: Setting up

extension ChaosScene {
    /// Runs `body` with everything up; all of it ends with the body.
    static func with(_ body: (ChaosScene) async throws -> Void) async throws {
        let disk = SmallDisk.canBeMade ? try SmallDisk(megabytes: diskMegabytes) : nil
        let service = try await Service(storePath: disk?.path("store.db"))
        defer { service.program.end() }
        try await withTarget(targetArguments) { target in
            let ledger = ChaosLedger()
            let callbacks = try FaultProxy { ledger.hear($0, $1) }
            defer { callbacks.end() }
            callbacks.forward(to: port(of: service.baseURL))
            let clusters = ChaosCluster.all.filter { $0.kind != .native }
            try await withMasters(clusters[...], callbacks.url) { masters in
                var networks: [ChaosCluster: FaultProxy] = [:]
                defer { for network in networks.values { network.end() } }
                for (cluster, master) in masters {
                    let network = try FaultProxy()
                    networks[cluster] = network
                    network.forward(to: port(of: master.baseURL.absoluteString))
                }
                let scene = ChaosScene(service, target, disk, masters, networks, callbacks, ledger)
                defer { scene.endEngines() }
                try await scene.configure()
                try await body(scene)
            }
        }
    }

    private static func port(of url: String) -> UInt16 {
        UInt16(URL(string: url)?.port ?? 0)
    }

    private static func withMasters(
        _ clusters: ArraySlice<ChaosCluster>, _ callbacks: String,
        _ masters: [ChaosCluster: LocustProcesses] = [:],
        _ body: ([ChaosCluster: LocustProcesses]) async throws -> Void
    ) async throws {
        guard let cluster = clusters.first else { return try await body(masters) }
        var setup = LocustSetup()
        setup.locustfile = .text(locustfile(hasHooks: cluster.kind == .hooks))
        // Without it a stop kills requests on their way, which only the target has counted.
        setup.arguments = ["--stop-timeout", "2"]
        setup.environment = [
            "PYTHONPATH": Repository.root.appending(path: "locust").path,
            "CONTROL_PLANE_URL": callbacks, "CONTROL_PLANE_TOKEN": Service.callbackToken,
            "METRICS_PUSH_INTERVAL": "1",
        ]
        try await withLocust(setup) { locust in
            var masters = masters
            masters[cluster] = locust
            try await withMasters(clusters.dropFirst(), callbacks, masters, body)
        }
    }

    /// Every request begins with the path of the target's URL, which tells the run.
    private static func locustfile(hasHooks: Bool) -> String {
        """
        from locust import HttpUser, constant, task
        \(hasHooks ? "import swarmkeeper_hooks" : "")
        class Chaotic(HttpUser):
            wait_time = constant(0.1)
            @task
            def page(self):
                self.client.get("/page")
        """
    }

    private func configure() async throws {
        let clusters = ChaosCluster.all.map { cluster in
            let serves = "serves: [{ tenantId: red, envId: dev }]"
            guard let network = networks[cluster] else {
                return "  - { id: \(cluster), type: native, maxConcurrentRuns: "
                    + "\(cluster.runsAtOnce), \(serves) }"
            }
            return "  - { id: \(cluster), baseUrl: \"\(network.url)\", \(serves) }"
        }
        try await service.serve(clusters: clusters)
        try service.setLease(Self.leaseSeconds)
        service.crash()
        try await service.restart()
    }
}

// MARK: Processes

extension ChaosScene {
    /// The engines that the log of any of the services names, with the cluster of each.
    private var engines: [(id: pid_t, cluster: String)] {
        service.programs.flatMap { program in
            program.output.split(separator: "\n")
                .filter { $0.contains(#""event":"engine started""#) }
                .compactMap { JSONValue(String($0)) }
                .compactMap { line in
                    line["pid"]?.integer.map { (pid_t($0), line["clusterId"]?.text ?? "") }
                }
        }
    }

    /// One that is alive, whose process has not become another's.
    func engine(of cluster: ChaosCluster) -> EngineProcess? {
        engines.reversed().lazy.filter { $0.cluster == cluster.id }
            .compactMap { EngineProcess($0.id) }.first
    }

    /// None is left when its service is gone; what a bug leaves is ended here.
    func endEngines() {
        for engine in engines.compactMap({ EngineProcess($0.id) }) { engine.signal(SIGKILL) }
    }

    var enginesLeft: Int { engines.count { EngineProcess($0.id) != nil } }
}
