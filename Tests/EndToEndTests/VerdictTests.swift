import Foundation
import JSON
import TestSupport
import Testing

/// Runs that are judged, by the whole program.
@Suite(.timeLimit(.minutes(10)))
struct VerdictTests {
    /// A machine that is too busy to make load says so instead: then it proves nothing here.
    private func expect(
        _ verdict: String, of run: JSONValue, at place: SourceLocation = #_sourceLocation
    ) {
        if run["verdict"]?.text == "inconclusive", run["measurement"]?["clean"] == .bool(false) {
            #expect(
                run["measurement"]?["evidence"]?.items?.isEmpty == false, "\(run)",
                sourceLocation: place)
            return
        }
        #expect(run["verdict"]?.text == verdict, "\(run)", sourceLocation: place)
    }

    @Test func `a native run is judged by what the target did`() async throws {
        try await withNativeScene(target: ["--latency-ms", "200"]) { scene in
            let id = try await scene.start(
                seconds: 6, judgedBy: #"["p50 > 199ms", "errorRate < 1%", "count > 1"]"#)
            let over = try await scene.over(id)
            expect("passed", of: over)
            #expect(over["thresholds"]?.items?.compactMap { $0["outcome"]?.text }.count == 3)
            let slow = try await scene.over(
                try await scene.start(
                    seconds: 6, judgedBy: #"["p95 of / < 100ms for 2s", "max < 60s"]"#))
            expect("failed", of: slow)
            #expect(slow["thresholds"]?.items?.first?["outcome"]?.text == "failed")
            #expect(slow["thresholds"]?.items?.first?["actual"]?.number ?? 0 >= 200)
            let summary = try await scene.service.client().get("/v1/runs/\(id)/summary")
            #expect(summary["verdict"] == over["verdict"])
        }
    }

    @Test func `a run that breaks what aborts it is stopped long before its end`() async throws {
        try await withNativeScene(target: ["--latency-ms", "20", "--failure-share", "1"]) { scene in
            let id = try await scene.start(
                seconds: 600,
                judgedBy: #"[{"expression": "errorRate < 10%", "abortAfterSeconds": 1}]"#)
            let over = try await scene.over(id)
            #expect(over["state"]?.text == "Failed")
            #expect(over["endReason"]?.text == "thresholdBroken")
            #expect(over["endDetail"]?.text?.hasPrefix("errorRate < 10% was broken") == true)
            expect("failed", of: over)
            let timeline = try await scene.service.client().get("/v1/runs/\(id)/timeline?limit=100")
            #expect(timeline["items"]?.items?.last?["kind"]?.text == "verdict")
        }
    }

    @Test func `a generator without connections enough proves nothing`() async throws {
        try await withNativeScene(target: ["--latency-ms", "300"]) { scene in
            let id = try await scene.start(
                users: 2, seconds: 5, judgedBy: #"["errorRate < 1%", "p95 < 60s"]"#,
                scenario:
                    #"{"load": {"rate": "100/s"}, "requests": [{"path": "/"}]}"#
            )
            let over = try await scene.over(id)
            #expect(over["verdict"]?.text == "inconclusive", "\(over)")
            #expect(over["measurement"]?["clean"] == .bool(false))
            #expect(over["verdictReason"]?.text?.contains("arrivals") == true)
        }
    }

    @Test func `load that ended with a service that was killed is judged when it is back`()
        async throws
    {
        try await withNativeScene(target: ["--latency-ms", "20"]) { scene in
            let id = try await scene.start(seconds: 600, judgedBy: #"["p95 < 60s", "count < 1"]"#)
            _ = try await scene.running(id)
            scene.service.crash()
            try await scene.service.restart()
            let over = try await scene.over(id)
            #expect(over["endReason"]?.text == "clusterLost")
            expect("failed", of: over)
            let held = over["thresholds"]?.items?.first
            #expect(held?["outcome"]?.text == "passed")
        }
    }
}

/// The same with Locust, one at a time: each needs the machine's two cores.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct LocustVerdictTests {
    private func start(_ scene: Scene, seconds: Double, judgedBy thresholds: [String])
        async throws -> String
    {
        var body = scene.test(seconds: seconds)
        body["thresholds"] = thresholds
        let answer = try await scene.service.client().post("/v1/tests", body)
        return try #require(answer["id"]?.text, "\(answer.body)")
    }

    @Test func `a run with the hook is judged, also when the service was killed meanwhile`()
        async throws
    {
        try await withScene { scene in
            let id = try await start(
                scene, seconds: 20,
                judgedBy: ["p99.9 < 60s", "errorRate < 1%", "count > 10", "max < 60s for 1m"])
            _ = try await scene.run(id, beyond: 10)
            scene.service.crash()
            try await scene.service.restart()
            let over = try await scene.run(id, in: "Finished", "Failed")
            #expect(over["endReason"]?.text == "durationElapsed")
            let outcomes = over["thresholds"]?.items?.compactMap { $0["outcome"]?.text }
            #expect(outcomes == ["passed", "passed", "passed", "passed"], "\(over)")
            let isClean = over["measurement"]?["clean"] == .bool(true)
            #expect(over["verdict"]?.text == (isClean ? "passed" : "inconclusive"), "\(over)")
        }
    }

    @Test func `polls alone tell what they can, and the rest is no data`() async throws {
        try await withScene(locustfile: Scene.withoutHooks) { scene in
            let told = try await start(
                scene, seconds: 12, judgedBy: ["p95 < 60s", "errorRate < 1%", "count > 10"])
            let over = try await scene.run(told, in: "Finished", "Failed")
            let isClean = over["measurement"]?["clean"] == .bool(true)
            #expect(over["verdict"]?.text == (isClean ? "passed" : "inconclusive"), "\(over)")
            let untold = try await start(scene, seconds: 8, judgedBy: ["p99.9 < 60s"])
            let unknown = try await scene.run(untold, in: "Finished", "Failed")
            #expect(unknown["verdict"]?.text == "inconclusive")
            #expect(unknown["thresholds"]?.items?.first?["outcome"]?.text == "noData")
        }
    }
}

extension NativeScene {
    /// Starts an ad-hoc run with thresholds and returns its id.
    fileprivate func start(
        users: Int = 5, seconds: Double, judgedBy thresholds: String, scenario: String? = nil
    ) async throws -> String {
        var body: [String: JSONValue] = [
            "name": .string("Judged"), "tenantId": .string("red"), "envId": .string("dev"),
            "targetUrl": .string(target.url), "targetUsers": .int(Int64(users)),
            "spawnRate": .int(50), "durationSeconds": .double(seconds),
        ]
        body["thresholds"] = JSONValue(thresholds)
        if let scenario { body["scenario"] = JSONValue(scenario) }
        let answer = try await service.client().post("/v1/tests", json: .object(body))
        guard answer.status == 202, let id = answer["id"]?.text else {
            throw HarnessError("not started: \(answer.body)\n\(service.log)")
        }
        return id
    }
}
