import Foundation
import Testing

@testable import Locust

/// How answers and failures are told apart, without a socket.
struct LocustMasterTests {
    private let request = SwarmRequest(userCount: 1, spawnRate: 1, host: "")

    private func failure(
        of transport: FakeTransport, sourceLocation: SourceLocation = #_sourceLocation,
        _ ask: (LocustMaster) async throws -> Void
    ) async throws -> LocustError {
        let master = transport.master()
        return try #require(
            await #expect(throws: LocustError.self, sourceLocation: sourceLocation) {
                try await ask(master)
            },
            sourceLocation: sourceLocation)
    }

    @Test func `every call asks for its own path`() async throws {
        let transport = FakeTransport { request in
            switch request.url.replacing("http://master", with: "") {
            case "/": .success(.init(200, "text/html", Captures.modernPageOf220))
            case "/stats/requests": .success(.init(200, Captures.statsRunning))
            case "/stats/reset": .success(.init(200, "text/html", "ok"))
            case "/worker-count": .success(.init(200, #"{"worker_count": 2}"#))
            case "/exceptions": .success(.init(200, Captures.exceptions))
            case "/swarmkeeper/run": .success(.init(200, Captures.identity))
            default: .success(.init(200, Captures.swarmWithClasses))
            }
        }
        let master = transport.master()
        _ = try await master.index()
        #expect(try await master.swarm(request).userClasses == ["UserA", "UserB"])
        _ = try await master.stats()
        #expect(try await master.workerCount() == 2)
        #expect(try await master.exceptions().first?.workers.count == 2)
        #expect(try await master.runIdentity(renewing: "r2")?.runID == "r2")
        try await master.resetStats()
        try await master.stop()
        #expect(
            transport.lines == [
                "GET /", "POST /swarm", "GET /stats/requests", "GET /worker-count",
                "GET /exceptions", "GET /swarmkeeper/run", "POST /stats/reset", "POST /stop",
            ])
        #expect(transport.requests[5].headers["X-Swarmkeeper-Run"] == "r2")
        #expect(!transport.requests.contains { $0.headers["Authorization"] != nil })
    }

    @Test func `the method of a stop is learnt once and used for a reset too`() async throws {
        let transport = FakeTransport { request in
            if request.method == "POST" { return .success(.init(405, "", Captures.notAllowed)) }
            let isReset = request.url.hasSuffix("/reset")
            return .success(.init(200, isReset ? "ok" : #"{"success": true}"#))
        }
        let master = transport.master()
        try await master.stop()
        let copy = master
        try await copy.stop()
        try await copy.resetStats()
        #expect(transport.lines == ["POST /stop", "GET /stop", "GET /stop", "GET /stats/reset"])
    }

    @Test func `two methods that are not allowed are the end of it`() async throws {
        let transport = FakeTransport(status: 405, type: "text/html", Captures.notAllowed)
        let error = try await failure(of: transport) { try await $0.stop() }
        guard case .unexpectedStatus(_, 405, _) = error else { throw error }
        #expect(transport.lines == ["POST /stop", "GET /stop"])
        #expect(!error.outcomeUnknown)
    }

    @Test func `a failed stop is not tried with the other method`() async throws {
        let transport = FakeTransport { _ in .failure(.lost("reset by peer")) }
        let error = try await failure(of: transport) { try await $0.stop() }
        #expect(error.outcomeUnknown)
        #expect(transport.lines == ["POST /stop"])
    }

    @Test(arguments: [404, 500])
    func `workers are counted from the statistics where the route is missing`(
        status: Int
    ) async throws {
        let transport = FakeTransport { request in
            request.url.hasSuffix("/worker-count")
                ? .success(.init(status, "text/html", "404 Not Found: The requested URL"))
                : .success(.init(200, Captures.statsOf220))
        }
        #expect(try await transport.master().workerCount() == 1)
    }

    @Test(arguments: [Captures.loginException, Captures.loginPage])
    func `a login page is told by name, and by what to do`(page: String) async throws {
        let transport = FakeTransport(type: "text/html; charset=utf-8", page)
        let error = try await failure(of: transport) { _ = try await $0.swarm(request) }
        #expect(error == .loginRequired(error.call))
        #expect(error.description.contains("--web-login"))
        #expect(error.description.contains("request_loader"))
        #expect(!error.outcomeUnknown)
    }

    @Test func `a refused swarm carries the master's reason`() async throws {
        let transport = FakeTransport(Captures.swarmRefused)
        let error = try await failure(of: transport) { _ = try await $0.swarm(request) }
        guard case .refusedSwarm(_, let message) = error else { throw error }
        #expect(message.hasPrefix("Valid run_time formats are"))
        #expect(!error.outcomeUnknown)
    }

    @Test(arguments: [
        (200, "text/html", "<html>Welcome to nginx</html>", "web page", false),
        (404, "text/html", "<html>no</html>", "--web-base-path", false),
        (200, "application/json", #"{"success": "yes"}"#, "success or failure", true),
        (200, "application/json", #"{"success": tru"#, "at byte 12", true),
        (500, "text/html", "invalid literal\nfor int()", "500: invalid literal for int()", true),
        (502, "text/html", "", "502", true),
        (400, "text/html", "no", "400", false),
    ])
    func `what is not Locust's answer says so`(
        status: Int, type: String, body: String, expected: String, outcomeUnknown: Bool
    ) async throws {
        let transport = FakeTransport(status: status, type: type, body)
        let error = try await failure(of: transport) { _ = try await $0.swarm(request) }
        #expect(error.description.contains(expected))
        #expect(error.description.hasPrefix("cannot start the swarm (POST http://master/swarm): "))
        #expect(error.outcomeUnknown == outcomeUnknown)
    }

    @Test(arguments: [
        SwarmRequest(userCount: -1, spawnRate: 1, host: ""),
        SwarmRequest(userCount: 1, spawnRate: 0, host: ""),
        SwarmRequest(userCount: 1, spawnRate: .nan, host: ""),
        SwarmRequest(userCount: 1, spawnRate: .infinity, host: ""),
        SwarmRequest(userCount: 1, spawnRate: 1, host: "", runTimeSeconds: 0),
        SwarmRequest(userCount: 1, spawnRate: 1, host: "", options: ["user_count": "9"]),
    ])
    func `a form that a master would misread is not sent`(request: SwarmRequest) async throws {
        let transport = FakeTransport(Captures.swarmWithClasses)
        let error = try await failure(of: transport) { _ = try await $0.swarm(request) }
        guard case .invalidRequest = error else { throw error }
        #expect(!error.outcomeUnknown)
        #expect(transport.requests.isEmpty)
    }

    @Test func `a long answer is quoted in part, on one line`() async throws {
        let transport = FakeTransport(
            status: 500, type: "text/html", "a\u{1B}[2J\r\n" + String(repeating: "x", count: 9000))
        let error = try await failure(of: transport) { _ = try await $0.stats() }
        #expect(error.description.count < 400)
        #expect(error.description.unicodeScalars.allSatisfy { $0.value >= 0x20 })
    }

    @Test func `a master without the hook module has no run identity`() async throws {
        let transport = FakeTransport(status: 404, type: "text/html", "<html></html>")
        #expect(try await transport.master().runIdentity(renewing: nil) == nil)
        #expect(transport.requests.first?.headers["X-Swarmkeeper-Run"] == nil)
    }

    @Test func `the limit of a stop is above what Locust may wait`() {
        #expect(LocustMaster.Timeouts().stop > .seconds(60))
        #expect(LocustMaster.Timeouts(stopTimeout: .seconds(30)).stop > .seconds(90))
    }
}
