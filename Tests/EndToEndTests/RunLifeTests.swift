import Foundation
import JSON
import SQLite
import TestSupport
import Testing

/// The main job against real Locust. One at a time: each needs the machine's two cores.
@Suite(.serialized) struct RunLifeTests {
    @Test func `a run lives from its order to its deadline, and every request is counted`()
        async throws
    {
        try await withScene(target: ["--failure-share", "0.1"]) { scene in
            let client = scene.service.client()
            let test = try await client.post("/v1/load-tests", scene.definition(seconds: 10))
            let testID = try #require(test["id"]?.text)
            let started = try await client.post("/v1/load-tests/\(testID)/runs")
            #expect(started.status == 202)
            let id = try #require(started["id"]?.text)
            #expect(started.headers["Location"] == "/v1/runs/\(id)")

            let live = try await scene.run(id, beyond: 20)
            #expect(live["state"]?.text == "Running")
            #expect(live["lastMetrics"]?["currentUsers"]?.integer == 10)

            let over = try await scene.run(id, in: "Finished", "Failed")
            #expect(over["state"]?.text == "Finished")
            #expect(over["endReason"]?.text == "durationElapsed")
            let deadline = try #require(over["deadline"]?.date)
            let stopped = try #require(over["stopRequestedAt"]?.date)
            #expect((0..<5).contains(stopped.timeIntervalSince(deadline)))

            try await checkNumbers(of: id, scene)
            try checkSources(of: id, in: scene.service.storePath, are: ["callback", "poll"])
        }
    }

    /// The summary, the series and the run say what the target itself has counted.
    private func checkNumbers(of id: String, _ scene: Scene) async throws {
        let client = scene.service.client()
        let requests = try await scene.target.untilQuiet()
        let failures = try await scene.target.failures()
        let run = try await client.get("/v1/runs/\(id)")
        #expect(run["lastMetrics"]?["totalRequests"]?.integer == requests)
        #expect(run["lastMetrics"]?["totalFailures"]?.integer == failures)
        #expect(run["lastMetrics"]?["currentUsers"]?.integer == 0)

        let summary = try await client.get("/v1/runs/\(id)/summary")
        #expect(summary["totals"]?["requests"]?.integer == requests)
        let rows = try #require(summary["endpoints"]?.items)
        #expect(rows.compactMap { $0["requests"]?.integer }.reduce(0, +) == requests)
        #expect(rows.compactMap { $0["failures"]?.integer }.reduce(0, +) == failures)
        #expect(rows.allSatisfy { $0["percentileSource"]?.text == "histogram" })
        let errors = try #require(summary["errors"]?.items)
        #expect(errors.compactMap { $0["occurrences"]?.integer }.reduce(0, +) == failures)

        let series = try await client.get("/v1/runs/\(id)/metrics?resolution=1s")
        let points = try #require(series["points"]?.items)
        #expect(points.compactMap { $0["requests"]?.integer }.reduce(0, +) == requests)
        #expect(points.allSatisfy { ($0["requests"]?.integer ?? -1) >= 0 })
    }

    private func checkSources(of id: String, in path: String, are expected: [String]) throws {
        let store = try Connection(path: path, readOnly: true)
        let sources = try store.query(
            "SELECT DISTINCT source FROM observations WHERE run_id = ? ORDER BY source",
            [.text(id)]
        ) { try $0.text(0) }
        #expect(sources == expected)
    }

    @Test func `a stop ends the load at once, and repeating it is no error`() async throws {
        try await withScene { scene in
            let client = scene.service.client(Service.token("red", "operator"))
            let id = try await scene.start(seconds: 120)
            _ = try await scene.run(id, beyond: 10)
            let stop = try await client.post("/v1/runs/\(id)/stop")
            #expect(stop.status == 202)
            #expect(stop["state"]?.text == "Stopping")
            let over = try await scene.run(id, in: "Finished", "Failed")
            #expect(over["state"]?.text == "Finished")
            #expect(over["endReason"]?.text == "stoppedByUser")
            #expect(over["updatedBy"]?.text == "operator")
            let again = try await client.post("/v1/tests/\(id)/stop")
            #expect(again.status == 200)
            let requests = try await scene.target.untilQuiet()
            #expect(over["lastMetrics"]?["totalRequests"]?.integer == requests)
        }
    }

    @Test func `without our hooks polling alone measures and stops a run`() async throws {
        try await withScene(locustfile: Scene.withoutHooks) { scene in
            let id = try await scene.start(seconds: 10)
            let over = try await scene.run(id, in: "Finished", "Failed")
            #expect(over["endReason"]?.text == "durationElapsed")
            let requests = try await scene.target.untilQuiet()
            #expect(over["lastMetrics"]?["totalRequests"]?.integer == requests)
            try checkSources(of: id, in: scene.service.storePath, are: ["poll"])
            let summary = try await scene.service.client().get("/v1/runs/\(id)/summary")
            #expect(summary["totals"]?["percentileSource"]?.text == "master")
            // The next run starts from nothing, though the master still shows the last one's end.
            let next = try await scene.start(seconds: 6)
            let first = try await scene.run(next, beyond: 0)
            #expect((first["lastMetrics"]?["totalRequests"]?.integer ?? .max) < requests)
            _ = try await scene.run(next, in: "Finished")
            let both = try await scene.target.untilQuiet()
            let second = try await scene.service.client().get("/v1/runs/\(next)")
            #expect(second["lastMetrics"]?["totalRequests"]?.integer == both - requests)
        }
    }

    @Test func `users change while load is on, and the deadline stays where it was`()
        async throws
    {
        try await withScene { scene in
            let client = scene.service.client(Service.token("red", "operator"))
            let id = try await scene.start(users: 4, seconds: 15)
            _ = try await scene.run(id, beyond: 10)
            let changed = try await client.post(
                "/v1/runs/\(id)/users", ["targetUsers": 12, "spawnRate": 20])
            #expect(changed.status == 202)
            #expect(changed["targetUsers"]?.integer == 12)
            let hasThem = try await eventually {
                let run = try await client.get("/v1/runs/\(id)")
                return run["lastMetrics"]?["currentUsers"]?.integer == 12
            }
            #expect(hasThem)
            let over = try await scene.run(id, in: "Finished", "Failed")
            #expect(over["endReason"]?.text == "durationElapsed")
            #expect(over["deadline"]?.date == changed["deadline"]?.date)
            let deadline = try #require(over["deadline"]?.date)
            let stopped = try #require(over["stopRequestedAt"]?.date)
            #expect((0..<5).contains(stopped.timeIntervalSince(deadline)))
            let requests = try await scene.target.untilQuiet()
            #expect(over["lastMetrics"]?["totalRequests"]?.integer == requests)
        }
    }

    @Test(.enabled(if: LocustInstallation.older.isInstalled))
    func `an older Locust is started, measured and stopped as well`() async throws {
        try await withScene(installation: .older) { scene in
            let id = try await scene.start(seconds: 6)
            let over = try await scene.run(id, in: "Finished", "Failed")
            #expect(over["endReason"]?.text == "durationElapsed")
            let requests = try await scene.target.untilQuiet()
            #expect(over["lastMetrics"]?["totalRequests"]?.integer == requests)
        }
    }
}
