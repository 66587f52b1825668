import Foundation
import JSON
import Synchronization
import TestSupport

/// A running control plane with its configuration and store in a temporary folder.
final class Service: Sendable {
    static let administrator = "administrator-token"
    static let callbackToken = "callback-token-1"
    static let encryptionKey = String(repeating: "5a", count: 32)
    /// Tokens by tenant and role.
    static func token(_ tenant: String, _ role: String) -> String { "\(tenant)-\(role)-token" }

    let storePath: String
    private let folder: TemporaryFolder
    private let arguments: [String]
    private let auth: String
    private let state: Mutex<(program: Program, port: Int)>
    private let ended = Mutex([Program]())
    /// What the configuration says of clusters, and the lease in seconds.
    private let served = Mutex((clusters: [String](), lease: 30))

    /// Starts without clusters: a cluster's address is known only once Locust runs, and Locust
    /// needs the address of the service.
    ///
    /// - Parameters:
    ///   - storePath: where its store is; beside the configuration when nil.
    ///   - auth: what the configuration says of people.
    init(_ arguments: [String] = [], auth: Auth = .none, storePath: String? = nil) async throws {
        self.arguments = arguments
        self.auth = auth.text
        folder = try TemporaryFolder()
        self.storePath = storePath ?? folder.path("store.db")
        try Self.write(
            Self.configuration(clusters: []) + auth.text, to: folder.path("config.yaml"),
            store: self.storePath)
        let program = try Program(["serve", "--config", folder.path("config.yaml")] + arguments)
        state = Mutex((program, 0))
        try await waitUntilListening()
    }

    var program: Program { state.withLock { $0.program } }

    /// All that there were, oldest first.
    var programs: [Program] { ended.withLock { $0 } + [program] }

    var baseURL: String { state.withLock { "http://127.0.0.1:\($0.port)" } }

    var configurationPath: String { folder.path("config.yaml") }

    var log: String { program.output }

    func client(_ token: String = administrator) -> Client { Client(baseURL, token: token) }

    /// Puts these Locust clusters into the configuration and lets the service read it again.
    func serve(_ clusters: [(id: String, url: String, tenants: [String])]) async throws {
        try await serve(
            clusters: clusters.map { cluster in
                let serves = cluster.tenants.map { "{ tenantId: \($0), envId: dev }" }
                return """
                      - id: \(cluster.id)
                        baseUrl: "\(cluster.url)"
                        serves: [\(serves.joined(separator: ", "))]
                    """
            })
    }

    /// The same with clusters as the configuration writes them.
    func serve(clusters: [String]) async throws {
        served.withLock { $0.clusters = clusters }
        try write(Self.configuration(clusters: clusters) + auth)
        program.signal(SIGHUP)
        let listed = await eventually {
            let items = try? await client().get("/v1/clusters")["items"]?.items
            return items?.count == clusters.count
        }
        guard listed else { throw HarnessError("the clusters were not taken over:\n\(log)") }
    }

    /// Writes any text as the configuration, and asks the service to read it.
    func reload(_ configuration: String) throws {
        try write(configuration)
        program.signal(SIGHUP)
    }

    /// Without clusters, and with this said of people.
    func reload(auth: Auth) throws {
        try reload(Self.configuration(clusters: []) + auth.text)
    }

    /// The service dies without a chance to do anything.
    func crash() { program.end(SIGKILL) }

    /// Starts it again, on the same port.
    func restart() async throws {
        try launch()
        try await waitUntilListening()
    }

    /// The same without waiting for it to listen.
    ///
    /// - Parameter crashPoint: where it dies, by its name or `name:time`.
    func launch(dyingAt crashPoint: String = "") throws {
        let port = state.withLock { $0.port }
        let program = try Program(
            ["serve", "--config", folder.path("config.yaml"), "--port", "\(port)"] + arguments,
            environment: ["SWARMKEEPER_CRASH_AT": crashPoint])
        ended.withLock { $0.append(self.program) }
        state.withLock { $0.program = program }
    }

    /// A second process with the same configuration and port, as a mistake starts it.
    func startAgain() throws -> Program {
        let port = state.withLock { $0.port }
        return try Program(
            ["serve", "--config", folder.path("config.yaml"), "--port", "\(port)"] + arguments)
    }

    func end() async { await program.ended() }

    /// From the next start on.
    func setLease(_ seconds: Int) throws {
        let (clusters, lease) = served.withLock { served in
            served.lease = seconds
            return served
        }
        try write(Self.configuration(clusters: clusters, lease: lease) + auth)
    }

    func waitUntilListening() async throws {
        let port = Mutex<Int?>(nil)
        let isUp = await eventually(within: .seconds(60)) {
            let lines = log.split(separator: "\n").map { JSONValue(String($0)) }
            let line = lines.last { $0?["event"]?.text == "listening" }
            port.withLock { $0 = line??["port"]?.integer }
            return port.withLock { $0 } != nil || !program.isRunning
        }
        guard isUp, let port = port.withLock({ $0 }) else {
            throw HarnessError("the service does not listen:\n\(log)")
        }
        state.withLock { $0.port = port }
    }

    /// Writes any text as the configuration, for the next start.
    func write(_ configuration: String) throws {
        try Self.write(configuration, to: configurationPath, store: storePath)
    }

    private static func write(_ text: String, to path: String, store: String) throws {
        try text.replacing("@STORE@", with: store)
            .write(toFile: path, atomically: true, encoding: .utf8)
    }

    private static func configuration(clusters: [String], lease: Int = 30) -> String {
        let tenants = ["red", "blue"].map { tenant in
            let tokens = ["viewer", "operator", "editor", "admin"].map { role in
                "      - { name: \(role), role: \(role), token: \(token(tenant, role)) }"
            }
            return """
                  - id: \(tenant)
                    name: \(tenant)
                    environments: [dev]
                    targets: { allow: [127.0.0.0/8] }
                    limits: { maxUsers: 500, maxDurationSeconds: 600 }
                    tokens:
                \(tokens.joined(separator: "\n"))
                """
        }
        return """
            # All tests of a service ask with the same few tokens, some as fast as they can.
            server:
              host: 127.0.0.1
              port: 0
              rateLimit:
                requestsPerSecond: 100000
                callbacks: { requestsPerSecond: 100000 }
                anonymous: { requestsPerSecond: 100000 }
            storage: { path: "@STORE@", encryptionKey: "\(encryptionKey)" }
            security:
              apiToken: \(administrator)
              locustCallbackToken: \(callbackToken)
            tenants:
            \(tenants.joined(separator: "\n"))
            locustClusters:\(clusters.isEmpty ? " []" : "\n" + clusters.joined(separator: "\n"))
            orchestrator: { metricsPollIntervalSeconds: 1, leaseSeconds: \(lease) }

            """
    }
}

extension Service {
    /// What the configuration says of people.
    struct Auth {
        let text: String

        static let none = Auth(text: "")

        /// - Parameter keys: the file of an identity provider's keys.
        static func secret(_ secret: String, keys: String? = nil) -> Auth {
            let text = "auth:\n  jwtSecret: \"\(secret)\"\n"
            guard let keys else { return Auth(text: text) }
            return Auth(
                text: text + """
                      identityProviders:
                        - id: corp
                          issuer: https://id.example
                          audience: keeper
                          jwksFile: "\(keys)"
                          roles: [{ value: perf, role: viewer, tenantId: red }]

                    """)
        }
    }
}

/// Runs `body` beside a service, which ends with it.
func withService<Result>(
    _ arguments: [String] = [], auth: Service.Auth = .none,
    _ body: (Service) async throws -> Result
) async throws -> Result {
    let service = try await Service(arguments, auth: auth)
    do {
        let result = try await body(service)
        await service.end()
        return result
    } catch {
        await service.end()
        throw error
    }
}
