import Foundation
import FoundationNetworking
import JSON
import SQLite
import TestSupport
import Testing

/// Workers that die, and load that is nobody's or should be gone, on real clusters.
extension RunLifeTests {
    private func story(of run: String, _ kind: String, _ scene: Scene) async throws -> [JSONValue] {
        let timeline = try await scene.service.client().get("/v1/runs/\(run)/timeline?limit=100")
        return (timeline["items"]?.items ?? []).filter { $0["kind"]?.text == kind }
    }

    private func cluster(_ scene: Scene) async throws -> JSONValue {
        try await scene.service.client().get("/v1/clusters?fresh=true")["items"]?.items?.first
            ?? .null
    }

    @Test func `a worker that is killed and one that takes its place are in the story`()
        async throws
    {
        try await withScene { scene in
            let id = try await scene.start(seconds: 120)
            _ = try await scene.run(id, beyond: 20)
            let killed = Date()
            scene.locust.signalWorker(0, SIGKILL)
            #expect(
                try await eventually {
                    try await !story(of: id, "workersLost", scene).isEmpty
                })
            let loss = try #require(try await story(of: id, "workersLost", scene).first)
            #expect(loss["facts"]?["before"]?.integer == 2 && loss["facts"]?["now"]?.integer == 1)
            // Locust itself notices after 3 missing heartbeats, in about 5 s.
            let noticed = try #require(loss["at"]?.date).timeIntervalSince(killed)
            #expect(noticed > 0 && noticed < 30)
            #expect(try await cluster(scene)["workers"]?.integer == 1)

            try scene.locust.startWorker()
            #expect(
                try await eventually {
                    try await !story(of: id, "workersReturned", scene).isEmpty
                })
            let back = try #require(try await story(of: id, "workersReturned", scene).first)
            #expect(back["facts"]?["now"]?.integer == 2)
            let lostAt = try #require(loss["at"]?.date)
            let away = try #require(back["at"]?.date).timeIntervalSince(lostAt)
            // They count from when the worker was last heard, about when it was killed.
            let before = (back["facts"]?["secondsAffected"]?.number ?? 0) - away
            #expect(before > -0.5 && before < noticed + 15)
            let run = try await scene.service.client().post("/v1/runs/\(id)/stop")
            #expect(run["state"]?.text == "Stopping")
            _ = try await scene.run(id, in: "Finished")
        }
    }

    @Test func `too few workers stop a run that needs more of them`() async throws {
        try await withScene { scene in
            var body = scene.test(seconds: 120)
            body["minWorkersShare"] = 0.6
            let answer = try await scene.service.client().post("/v1/tests", body)
            let id = try #require(answer["id"]?.text)
            #expect(answer["minWorkersShare"]?.number == 0.6)
            _ = try await scene.run(id, beyond: 20)
            scene.locust.signalWorker(1, SIGKILL)
            let run = try await scene.run(id, in: "Finished", "Failed")
            #expect(run["state"]?.text == "Failed" && run["endReason"]?.text == "workersLost")
            #expect(run["endDetail"]?.text?.contains("1 of 2 workers") == true)
            _ = try await scene.target.untilQuiet()
        }
    }

    @Test(arguments: [true, false])
    func `the loss of all workers is told as such`(hasHook: Bool) async throws {
        try await withScene(locustfile: hasHook ? Scene.hooks : Scene.withoutHooks) { scene in
            let id = try await scene.start(seconds: 120)
            _ = try await scene.run(id, beyond: 20)
            for worker in 0..<2 { scene.locust.signalWorker(worker, SIGKILL) }
            let run = try await scene.run(id, in: "Finished", "Failed")
            #expect(run["endReason"]?.text == "workersLost")
        }
    }

    @Test func `load started by hand is shown, kept apart from ours and not touched`()
        async throws
    {
        try await withScene { scene in
            let form = "user_count=3&spawn_rate=3&host=\(scene.target.url)"
            try await Locust.post("/swarm", form, to: scene.locust.baseURL)
            #expect(
                try await eventually {
                    let load = try await cluster(scene)["foreignLoad"]
                    return load?["users"]?.integer == 3 && load?["state"]?.text == "running"
                })
            #expect(try await cluster(scene)["runIds"]?.items?.isEmpty == true)
            let refused = try await scene.service.client().post("/v1/tests", scene.test())
            #expect(refused.status == 409)
            #expect(refused["code"]?.text == "clusterBusy")
            #expect(refused["detail"]?.text?.contains("started by somebody else") == true)
            let before = try await scene.target.requests()
            #expect(await eventually { (try? await scene.target.requests()) ?? 0 > before + 30 })
            try await Locust.post("/stop", "", to: scene.locust.baseURL)
            // Its end is seen when somebody wants to start; a master may need a moment for it.
            var next: String?
            #expect(
                try await eventually {
                    let answer = try await scene.service.client().post(
                        "/v1/tests", scene.test(seconds: 5))
                    next = answer["id"]?.text
                    return answer.status == 202
                })
            _ = try await scene.run(try #require(next), in: "Finished")
        }
    }

    @Test func `load of a run that the store knows as over is stopped`() async throws {
        // With its callbacks the hook would be told of that, and stop the load itself.
        try await withScene(callbackURL: "http://127.0.0.1:9") { scene in
            let first = try await scene.start(seconds: 5)
            _ = try await scene.run(first, in: "Finished")
            let before = try await scene.target.untilQuiet()
            // As if an order that everybody had given up took effect after all.
            let form =
                "user_count=3&spawn_rate=3&host=\(scene.target.url)&swarmkeeper_run_id=\(first)"
                + "&swarmkeeper_stop_after=600&swarmkeeper_lease=600"
            try await Locust.post("/swarm", form, to: scene.locust.baseURL)
            #expect(
                try await eventually {
                    try await !story(of: first, "loadReturned", scene).isEmpty
                })
            let stopped = try await eventually {
                let stop = try await story(of: first, "stop", scene).last
                return stop?["outcome"]?["result"]?.text == "done"
                    && stop?["detail"]?.text == "load of a run that is over"
            }
            #expect(stopped)
            #expect(try await scene.target.untilQuiet() >= before)
            #expect(try await eventually { try await cluster(scene)["problem"] == .null })
            #expect(scene.service.log.contains("load of a run that is over"))
        }
    }
}
