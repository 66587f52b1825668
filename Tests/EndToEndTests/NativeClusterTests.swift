import Foundation
import JSON
import TestSupport
import Testing

/// Load by the service's own engine, in processes of its own.
@Suite(.timeLimit(.minutes(10)))
struct NativeClusterTests {
    @Test func `a run to its end counts what the target counted, second by second`() async throws {
        // Slow enough for any machine, so that the run has a rate that a test may know.
        try await withNativeScene(target: ["--latency-ms", "20"]) { scene in
            let id = try await scene.start(users: 5, seconds: 4)
            let over = try await scene.over(id)
            #expect(over["state"]?.text == "Finished")
            #expect(over["endReason"]?.text == "durationElapsed")
            let requests = try await scene.target.requests()
            #expect(over["lastMetrics"]?["totalRequests"]?.integer == requests)
            #expect(over["lastMetrics"]?["totalFailures"]?.integer == 0)
            #expect(over["lastMetrics"]?["currentUsers"]?.integer == 0)
            let p50 = try #require(over["lastMetrics"]?["p50ResponseMs"]?.number)
            #expect(p50 >= 20)

            let summary = try await scene.service.client().get("/v1/runs/\(id)/summary").body
            let row = try #require(summary["endpoints"]?.items?.first)
            #expect(summary["endpoints"]?.items?.count == 1)
            #expect(row["method"]?.text == "GET" && row["name"]?.text == "/")
            #expect(row["requests"]?.integer == requests)
            #expect(summary["engine"]?["statusCodes"]?["200"]?.integer == requests)
            #expect(summary["engine"]?["inFlight"]?.integer == 0)
            #expect(summary["engine"]?["connectionsOpened"]?.integer == 5)

            let series = try await scene.service.client().get(
                "/v1/runs/\(id)/metrics?resolution=1s"
            ).body
            let points = try #require(series["points"]?.items)
            #expect(points.count >= 4)
            #expect(points.compactMap { $0["requests"]?.integer }.reduce(0, +) == requests)
        }
    }

    @Test func `an open scenario sends exactly what its rate says`() async throws {
        try await withNativeScene { scene in
            let id = try await scene.start(
                seconds: 3,
                scenario: """
                    {"load": {"rate": "100/s"}, "requests": [
                        {"name": "home", "path": "/home", "weight": 3},
                        {"name": "order", "method": "POST", "path": "/order", "body": "{}"}]}
                    """)
            let over = try await scene.over(id)
            #expect(over["endReason"]?.text == "durationElapsed")
            let summary = try await scene.service.client().get("/v1/runs/\(id)/summary").body
            let dropped = try #require(summary["engine"]?["droppedArrivals"]?.integer)
            let sent = try #require(over["lastMetrics"]?["totalRequests"]?.integer)
            #expect(sent + dropped == 300)
            #expect(try await scene.target.requests() == sent)
            let names = summary["endpoints"]?.items?.compactMap { $0["name"]?.text } ?? []
            #expect(Set(names) == ["home", "order"])
        }
    }

    @Test func `a budget of requests ends the run by itself`() async throws {
        try await withNativeScene { scene in
            let id = try await scene.start(
                scenario: #"{"load": {"maxRequests": 123}, "requests": [{"path": "/"}]}"#)
            let over = try await scene.over(id)
            #expect(over["state"]?.text == "Finished")
            #expect(over["endReason"]?.text == "testEnded")
            #expect(over["lastMetrics"]?["totalRequests"]?.integer == 123)
            #expect(try await scene.target.requests() == 123)
        }
    }

    @Test func `a stop keeps every request, and users change while load is on`() async throws {
        try await withNativeScene { scene in
            let client = scene.service.client()
            let id = try await scene.start(users: 3)
            _ = try await scene.running(id)
            let changed = try await client.post(
                "/v1/runs/\(id)/users", ["targetUsers": 40, "spawnRate": 1000])
            #expect(changed.status == 202)
            _ = try await scene.run(id) {
                $0["lastMetrics"]?["currentUsers"]?.integer == 40
            }
            let stopped = try await client.post("/v1/runs/\(id)/stop")
            #expect(stopped.status == 202)
            let over = try await scene.over(id)
            #expect(over["endReason"]?.text == "stoppedByUser")
            let requests = try await scene.target.requests()
            #expect(over["lastMetrics"]?["totalRequests"]?.integer == requests)
            #expect(kill(try scene.engine(of: id), 0) != 0)
        }
    }

    @Test func `a killed engine fails its run, keeps its numbers, and harms no other`()
        async throws
    {
        try await withNativeScene { scene in
            let other = try await scene.start()
            let id = try await scene.start()
            let before = try await scene.running(id)
            kill(try scene.engine(of: id), SIGKILL)
            let over = try await scene.over(id)
            #expect(over["state"]?.text == "Failed")
            #expect(over["endReason"]?.text == "clusterLost")
            let detail = try #require(over["endDetail"]?.text)
            #expect(detail.contains(id) && detail.contains("signal 9 (Killed)"))
            let known = try #require(before["lastMetrics"]?["totalRequests"]?.integer)
            #expect(over["lastMetrics"]?["totalRequests"]?.integer ?? 0 >= known)
            #expect(try await scene.running(other)["state"]?.text == "Running")
        }
    }

    @Test func `the cluster takes as many runs and users as it is configured for`() async throws {
        try await withNativeScene(runs: 2, users: 12) { scene in
            let first = try await scene.start(users: 5)
            let tooLarge = try await scene.post(users: 8)
            #expect(tooLarge.status == 409)
            _ = try await scene.start(users: 7)
            let tooMany = try await scene.post(users: 1)
            #expect(tooMany.status == 409)
            #expect("\(tooMany.body)".contains(first))
            let clusters = try await eventually {
                let list = try await scene.service.client().get("/v1/clusters")
                return list["items"]?.items?.first?["users"]?.integer == 12
            }
            #expect(clusters)
        }
    }

    @Test func `load ends with a service that is killed, and its run when it is back`()
        async throws
    {
        try await withNativeScene { scene in
            let id = try await scene.start()
            _ = try await scene.running(id)
            let engine = try scene.engine(of: id)
            scene.service.crash()
            #expect(await eventually { kill(engine, 0) != 0 })
            let requests = try await scene.target.requests()
            try await scene.service.restart()
            let over = try await scene.over(id)
            #expect(over["state"]?.text == "Failed")
            #expect(over["endReason"]?.text == "clusterLost")
            #expect(over["endDetail"]?.text?.contains("together with the process") == true)
            // The last second before the crash may be missing, and no more is there.
            #expect(over["lastMetrics"]?["totalRequests"]?.integer ?? 0 <= requests)
            #expect(try await scene.target.requests() == requests)
        }
    }

    @Test func `a service that is shut down ends its load, and stores all of it`() async throws {
        try await withNativeScene { scene in
            let id = try await scene.start()
            _ = try await scene.running(id)
            await scene.service.end()
            let requests = try await scene.target.requests()
            try await scene.service.restart()
            let run = try await scene.service.client().get("/v1/runs/\(id)").body
            #expect(run["state"]?.text == "Failed")
            #expect(run["endReason"]?.text == "shutdown")
            #expect(run["lastMetrics"]?["totalRequests"]?.integer == requests)
        }
    }

    @Test func `a reload with other limits leaves live engines alone`() async throws {
        try await withNativeScene { scene in
            let id = try await scene.start()
            let before = try await scene.running(id)
            try await scene.service.serve(clusters: [
                """
                  - id: native
                    type: native
                    maxConcurrentRuns: 7
                    maxUsers: 50
                    threads: 2
                    serves: [{ tenantId: red, envId: dev }]
                """,
                """
                  - id: second
                    type: native
                    serves: [{ tenantId: red, envId: dev }]
                """,
            ])
            let known = try #require(before["lastMetrics"]?["totalRequests"]?.integer)
            _ = try await scene.running(id, beyond: known)
            _ = try await scene.service.client().post("/v1/runs/\(id)/stop")
            let over = try await scene.over(id)
            let requests = try await scene.target.requests()
            #expect(over["lastMetrics"]?["totalRequests"]?.integer == requests)
        }
    }
}
