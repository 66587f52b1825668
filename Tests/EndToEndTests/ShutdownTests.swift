import Foundation
import JSON
import TestSupport
import Testing

/// What SIGTERM does to the service and to its runs.
@Suite(.timeLimit(.minutes(10)))
struct ShutdownTests {
    @Test func `with stop, native load is gone and stored when the service has ended`()
        async throws
    {
        try await withNativeScene(serve: ["--on-shutdown", "stop"]) { scene in
            let ids = [try await scene.start(), try await scene.start()]
            for id in ids { _ = try await scene.running(id) }
            scene.service.program.signal(SIGTERM)
            #expect(try await scene.service.program.exitCode() == 0)
            let requests = try await scene.target.requests()
            try await scene.service.restart()
            var counted = 0
            for id in ids {
                let run = try await scene.service.client().get("/v1/runs/\(id)").body
                #expect(run["state"]?.text == "Failed")
                #expect(run["endReason"]?.text == "shutdown")
                counted += run["lastMetrics"]?["totalRequests"]?.integer ?? 0
            }
            #expect(counted == requests)
            #expect(try await scene.target.requests() == requests)
        }
    }

    /// A stopped process is an engine that cannot be stopped within seconds.
    ///
    /// - Parameter drain: how long its requests may take to end, and so it before it is killed.
    private func withFrozenEngine(
        serve: [String], drain: String = "0s", _ body: (NativeScene, String) async throws -> Void
    ) async throws {
        try await withNativeScene(serve: serve) { scene in
            let id = try await scene.start(
                scenario: #"{"load": {"drain": "\#(drain)"}, "requests": [{"path": "/"}]}"#)
            _ = try await scene.running(id)
            let engine = try scene.engine(of: id)
            kill(engine, SIGSTOP)
            defer { kill(engine, SIGKILL) }
            try await body(scene, id)
        }
    }

    private func isShuttingDown(_ service: Service) async -> Bool {
        await eventually { service.log.contains("waiting for runs to end") }
    }

    @Test func `while it waits it serves all but new starts, and is not ready`() async throws {
        // Long enough for all these questions, also where many others are asked meanwhile.
        try await withFrozenEngine(serve: ["--on-shutdown=stop"], drain: "30s") { scene, id in
            let client = scene.service.client()
            #expect(try await client.get("/ready").status == 200)
            scene.service.program.signal(SIGTERM)
            #expect(await isShuttingDown(scene.service))
            #expect(try await client.get("/ready").status == 503)
            #expect(try await client.get("/health").status == 200)
            let refused = try await scene.post(users: 1)
            #expect(refused.status == 503)
            #expect(refused["code"]?.text == "shuttingDown")
            #expect(refused.headers["Retry-After"] != nil)
            let run = try await client.get("/v1/runs/\(id)")
            #expect(run["state"]?.text == "Stopping")
            #expect(run["endReason"]?.text == "shutdown")
            #expect(try await client.post("/v1/runs/\(id)/stop").status == 202)
            // The engine is killed in the end, and nobody else's thread waits for that.
            #expect(await eventually { !scene.service.program.isRunning })
            #expect(try await scene.service.program.exitCode() == 0)
        }
    }

    @Test func `a run that cannot be stopped in time is left, which the exit code says`()
        async throws
    {
        try await withFrozenEngine(serve: ["--on-shutdown=stop", "--stop-limit=1"]) { scene, id in
            scene.service.program.signal(SIGTERM)
            #expect(try await scene.service.program.exitCode() == 3)
            #expect(scene.service.log.contains("runs left that were to stop"))
            try await scene.service.restart()
            let over = try await scene.over(id)
            #expect(over["endReason"]?.text == "shutdown")
        }
    }

    @Test func `a second signal ends it at once`() async throws {
        try await withFrozenEngine(serve: ["--on-shutdown=stop"]) { scene, id in
            scene.service.program.signal(SIGTERM)
            #expect(await isShuttingDown(scene.service))
            scene.service.program.signal(SIGTERM)
            #expect(try await scene.service.program.exitCode() == SIGTERM)
            #expect(!scene.service.log.contains("\"event\":\"ended\""))
            try await scene.service.restart()
            #expect(try await scene.over(id)["endReason"]?.text == "shutdown")
        }
    }

    @Test func `a second service on the same port and store touches no run`() async throws {
        try await withNativeScene { scene in
            let id = try await scene.start()
            let before = try await scene.running(id)
            let second = try scene.service.startAgain()
            #expect(try await second.exitCode() == 1)
            #expect(!second.output.contains(id))
            let known = before["lastMetrics"]?["totalRequests"]?.integer ?? 0
            _ = try await scene.running(id, beyond: known)
        }
    }

    @Test(.enabled(if: LocustInstallation.current.isInstalled))
    func `with stop, a Locust cluster shows no load and the last numbers are stored`()
        async throws
    {
        try await withScene(serve: ["--on-shutdown", "stop"]) { scene in
            let id = try await scene.start(seconds: 120)
            _ = try await scene.run(id, beyond: 10)
            scene.service.program.signal(SIGTERM)
            #expect(try await scene.service.program.exitCode() == 0)
            let requests = try await scene.target.untilQuiet()
            try await scene.service.restart()
            let run = try await scene.service.client().get("/v1/runs/\(id)")
            #expect(run["state"]?.text == "Failed")
            #expect(run["endReason"]?.text == "shutdown")
            #expect(run["lastMetrics"]?["totalRequests"]?.integer == requests)
        }
    }

    @Test(.enabled(if: LocustInstallation.current.isInstalled))
    func `with leave, a Locust run goes on to its deadline under the next service`()
        async throws
    {
        try await withScene { scene in
            let id = try await scene.start(seconds: 15)
            let before = try await scene.run(id, beyond: 10)
            scene.service.program.signal(SIGTERM)
            #expect(try await scene.service.program.exitCode() == 0)
            #expect(scene.service.log.contains("\"event\":\"run left\""))
            #expect(scene.service.log.contains("\"runsLeft\":1"))
            let atEnd = try await scene.target.requests()
            let goesOn = try await eventually { try await scene.target.requests() > atEnd + 10 }
            #expect(goesOn)
            try await scene.service.restart()
            let over = try await scene.run(id, in: "Finished", "Failed")
            #expect(over["endReason"]?.text == "durationElapsed")
            #expect(over["deadline"]?.date == before["deadline"]?.date)
            let requests = try await scene.target.untilQuiet()
            #expect(over["lastMetrics"]?["totalRequests"]?.integer == requests)
        }
    }
}
