import ControlPlane
import Crypto
import HTTP
import History
import JSON
import Logging
import SQLite
import Testing

@testable import API
@testable import TestSupport

/// The whole API without a socket, over a real store and a cluster that does as it is told. Every
/// answer that it gives is held against the declaration of its route.
final class TestService: Sendable {
    let cluster: FakeCluster
    let hosts: FakeHosts
    let time: ManualTime
    let log = MemorySink()
    let store: HistoryStore
    let orchestrator: Orchestrator
    let services: Services
    let folder: TemporaryFolder
    private let supervision: Task<Void, Never>

    /// - Parameter earlier: whose file, clock and cluster are taken over, as a new process does.
    init(
        catalog: Catalog = .usual, after earlier: TestService? = nil, awaitsAdoption: Bool = false,
        encrypts: Bool = true, policy: AnswerPolicy = .init(), limits: RateLimits = .wide,
        hosts: FakeHosts = FakeHosts(), receiverHosts: FakeHosts? = nil
    ) throws {
        self.hosts = hosts
        folder = try earlier?.folder ?? TemporaryFolder()
        cluster = earlier?.cluster ?? FakeCluster()
        time = earlier?.time ?? ManualTime()
        let masks = SecretRegistry()
        let logger = Logger(level: .debug, sink: log, secrets: masks)
        let key = encrypts ? SealingKey([UInt8](repeating: 7, count: SealingKey.byteCount)) : nil
        store = try HistoryStore(
            path: folder.path("history.db"), logger: logger, encryptionKeys: EncryptionKeys(key))
        let runTokens = RunTokens(time: time, awaitsAdoption: awaitsAdoption)
        let liveEvents = LiveEvents()
        let orchestrator = Orchestrator(
            catalog: catalog, store: store, drivers: cluster, hosts: hosts,
            settings: SupervisionSettings(), time: time, logger: logger,
            awaitsAdoption: awaitsAdoption, callbackTokens: runTokens, liveEvents: liveEvents)
        self.orchestrator = orchestrator
        services = Services(
            orchestrator: orchestrator, loadTests: store, history: store, idempotency: store,
            audit: store,
            clusterSecrets: ClusterSecrets(
                store, drivers: cluster, masks: masks, time: time, logger: logger),
            tokens: store,
            accounts: Accounts(
                store,
                passwords: PasswordWorker(cost: .init(exponent: 4, blockSize: 8, parallelism: 1))),
            authenticator: Authenticator(Caller.all.map { ($0.token, $0.principal) }),
            runTokens: runTokens, policy: policy, rateLimiter: RateLimiter(limits),
            liveEvents: liveEvents, webhooks: store, receiverHosts: receiverHosts ?? hosts,
            mail: MailRules { $0.hasSuffix("@team.example") }, time: time, logger: logger)
        services.authenticator.replace(
            LoginSettings(sessionKey: .ofTests, providers: [.ofTests]))
        let live = services.live
        supervision = Task {
            async let supervised: Void = orchestrator.run()
            async let told: Void = live.run()
            _ = await (supervised, told)
        }
    }

    /// Ends this process, without a word to anybody.
    func die() { supervision.cancel() }

    deinit { supervision.cancel() }

    /// - Parameter body: sent as JSON; nil sends none.
    @discardableResult
    func ask(
        _ method: String, _ target: String, _ body: JSONValue? = nil, as caller: Caller? = .editor,
        headers: HeaderFields = [], from address: String = "127.0.0.1",
        at place: SourceLocation = #_sourceLocation
    ) async throws -> Answer {
        try await send(
            method, target, body?.encodedBytes ?? [], as: caller, headers: headers, from: address,
            at: place)
    }

    /// The same with any bytes as the body.
    @discardableResult
    func send(
        _ method: String, _ target: String, _ body: [UInt8], as caller: Caller? = .editor,
        headers: HeaderFields = [], from address: String = "127.0.0.1",
        at place: SourceLocation = #_sourceLocation, with services: Services? = nil,
        change: (inout Request) -> Void = { _ in }
    ) async throws -> Answer {
        var fields = headers
        if let caller { fields.add("Authorization", "Bearer \(caller.token)") }
        if !body.isEmpty, fields["Content-Type"] == nil {
            fields.add("Content-Type", "application/json")
        }
        var request = try Request(
            method: method, target: target, headers: fields, body: body, remoteAddress: address)
        change(&request)
        let route = try #require(
            APIRoute.matching(&request), "no route \(method) \(target)", sourceLocation: place)
        let answer = Answer(await API.answer(request, route, services ?? self.services))
        for fault in Contract.faults(in: answer, of: route) {
            Issue.record("\(method) \(target): \(fault)", sourceLocation: place)
        }
        return answer
    }

    /// Waits until load was asked for: from then on a hook is listened to.
    func untilOrdered(_ run: String) async {
        _ = await eventually { cluster.orders.contains(.start(RunID(run))) }
    }

    /// Lets the run with this id begin, as a hook's first message does.
    func begin(_ run: String) async throws {
        await untilOrdered(run)
        try await ask(
            "POST", "/v1/callbacks/test-start", .callback(run, sequence: 1), as: .callback)
    }

    func state(of run: String) async throws -> JSONValue? {
        try await ask("GET", "/v1/runs/\(run)", as: .administrator)["/state"]
    }

    /// Stops the run and waits, with the clock moving, until it is over.
    func end(_ run: String) async throws {
        try await ask("POST", "/v1/runs/\(run)/stop", as: .administrator)
        _ = try await eventually(moving: time) {
            let state = try await state(of: run)
            return state == "Finished" || state == "Failed"
        }
    }

    /// The id of a new load test.
    @discardableResult
    func define(_ body: JSONValue = .loadTest(), as caller: Caller = .editor) async throws -> String
    {
        try await ask("POST", "/v1/load-tests", body, as: caller).id()
    }

    /// The id of a new ad-hoc run.
    func startRun(_ body: JSONValue = .test(), as caller: Caller = .operator) async throws -> String
    {
        try await ask("POST", "/v1/tests", body, as: caller).id()
    }

    /// From now on the store takes no audit record.
    func breakAudit() throws {
        try Connection(path: folder.path("history.db")).execute(
            """
            CREATE TRIGGER no_more BEFORE INSERT ON audit_records BEGIN
                SELECT RAISE(ABORT, 'no');
            END
            """)
    }

    /// A new token, and its id.
    func issue(_ body: JSONValue, as caller: Caller = .admin) async throws
        -> (id: String, caller: Caller)
    {
        let answer = try await ask("POST", "/v1/tokens", body, as: caller)
        let text = try #require(answer["/token"]?.text, "\(answer.status) \(answer.text)")
        return (try answer.id(), Caller(token: text))
    }

    /// Lets a user in.
    func login(
        _ name: String, _ changes: [String: JSONValue?] = [:],
        at place: SourceLocation = #_sourceLocation
    ) async throws -> Login {
        let answer = try await ask("POST", "/auth/login", .login(name, changes), as: nil)
        return try Login(answer, at: place)
    }

    /// The id of a new user.
    func addUser(_ name: String, _ changes: [String: JSONValue?] = [:]) async throws -> String {
        try await ask("POST", "/v1/users", .user(name, changes), as: .administrator).id()
    }

    /// All that a client can see of what is stored.
    func contents() async throws -> [JSONValue] {
        [
            try await ask("GET", "/v1/load-tests?limit=100", as: .administrator).json,
            try await ask("GET", "/v1/runs?limit=100", as: .administrator).json,
            try await ask("GET", "/v1/tokens?limit=100", as: .administrator).json,
            try await ask("GET", "/v1/users?limit=100", as: .administrator).json,
            try await ask("GET", "/v1/schedules?limit=100", as: .administrator).json,
            try await ask("GET", "/v1/suites?limit=100", as: .administrator).json,
            try await ask("GET", "/v1/suiteruns?limit=100", as: .administrator).json,
            try await ask("GET", "/v1/webhooks?limit=100", as: .administrator).json,
        ]
    }
}

/// What somebody has who has logged in.
struct Login {
    let caller: Caller
    let refreshToken: JSONValue

    init(_ answer: Answer, at place: SourceLocation = #_sourceLocation) throws {
        let token = try #require(
            answer["/accessToken"]?.text, "\(answer.status) \(answer.text)", sourceLocation: place)
        caller = Caller(token: token)
        refreshToken = try #require(answer["/refreshToken"])
    }

    var refreshInput: JSONValue { ["refreshToken": refreshToken] }
}

extension APIRoute {
    /// The route of a request, whose path parameters are filled in; text is preferred to a name.
    static func matching(_ request: inout Request) -> APIRoute? {
        for route in Routes.all where route.method == request.method {
            let pattern = route.path.split(separator: "/").map(String.init)
            guard pattern.count == request.path.count else { continue }
            let pairs = Array(zip(pattern, request.path))
            guard pairs.allSatisfy({ $0.hasPrefix("{") || $0 == $1 }) else { continue }
            for (name, value) in pairs where name.hasPrefix("{") {
                request.parameters[String(name.dropFirst().dropLast())] = value
            }
            return route
        }
        return nil
    }
}

extension RateLimits {
    /// More than any test asks while its clock stands.
    static let wide = {
        let wide = RateLimit(requestsPerSecond: 1_000_000, burst: 1_000_000)
        var limits = RateLimits()
        (limits.general, limits.stops, limits.callbacks, limits.anonymous) = (
            wide, wide, wide, wide
        )
        return limits
    }()
}

extension Catalog {
    /// Two tenants. `shared` is the only cluster that serves both.
    static let usual = Catalog(
        tenants: [
            Tenant(
                id: "tenant-1", name: "Checkout", environments: ["dev", "staging"],
                limits: [
                    .maxConcurrentRuns: 2, .maxUsers: 5000, .maxDurationSeconds: 7200,
                ]),
            Tenant(
                id: "tenant-2", name: "Search", environments: ["dev", "prod"],
                limits: [.maxUsers: 10]),
        ],
        clusters: [
            .locust("first", ("tenant-1", "dev")), .locust("second", ("tenant-1", "dev")),
            .locust("shared", ("tenant-1", "staging"), ("tenant-2", "dev")),
            .locust("other", ("tenant-2", "prod")),
        ])
}

extension Cluster {
    static func locust(_ id: String, _ serves: (String, String)...) -> Cluster {
        Cluster(
            id: id, generator: .locust(.init(baseURL: "http://\(id).example:8089")),
            serves: serves.map { EnvironmentKey(tenantID: $0.0, envID: $0.1) })
    }

    static func native(
        _ id: String, _ settings: NativeSettings = .init(), _ serves: (String, String)...
    ) -> Cluster {
        Cluster(
            id: id, generator: .native(settings),
            serves: serves.map { EnvironmentKey(tenantID: $0.0, envID: $0.1) })
    }
}
