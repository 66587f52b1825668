import Foundation
import JSON
import TestSupport
import Testing

extension RunLifeTests {
    @Test func `a master that is down fails the run with the reason, and leaves nothing`()
        async throws
    {
        try await withService { service in
            try await service.serve([("gone", "http://127.0.0.1:9", ["red"])])
            let answer = try await service.client().post(
                "/v1/tests",
                [
                    "name": "x", "tenantId": "red", "envId": "dev",
                    "targetUrl": "http://127.0.0.1:9",
                ])
            let id = try #require(answer["id"]?.text)
            let failed = await eventually {
                let run = try? await service.client().get("/v1/runs/\(id)")
                return run?["state"]?.text == "Failed"
            }
            #expect(failed)
            let run = try await service.client().get("/v1/runs/\(id)")
            #expect(run["endReason"]?.text == "startFailed")
            #expect(run["endDetail"]?.text?.contains("connection refused") == true)
            // The cluster is free again.
            let next = try await service.client().post(
                "/v1/tests",
                [
                    "name": "x", "tenantId": "red", "envId": "dev",
                    "targetUrl": "http://127.0.0.1:9",
                ])
            #expect(next.status == 202)
        }
    }

    @Test func `a master without workers fails the run and starts nothing when one comes`()
        async throws
    {
        try await withScene(workers: 0) { scene in
            let id = try await scene.start()
            let run = try await scene.run(id, in: "Failed")
            #expect(run["endReason"]?.text == "startFailed")
            #expect(run["endDetail"]?.text?.contains("no workers") == true)
            try scene.locust.startWorker()
            try await scene.locust.waitForWorkers(1)
            #expect(try await scene.target.untilQuiet() == 0)
        }
    }

    @Test func `somebody else's test is neither joined nor stopped`() async throws {
        try await withScene { scene in
            let form = "user_count=3&spawn_rate=3&host=\(scene.target.url)"
            try await Locust.post("/swarm", form, to: scene.locust.baseURL)
            _ = await eventually { (try? await scene.target.requests()) ?? 0 > 5 }
            // Refused at once where it was seen already, else when the master is looked at.
            let answer = try await scene.service.client().post("/v1/tests", scene.test())
            if let id = answer["id"]?.text {
                let run = try await scene.run(id, in: "Failed")
                #expect(run["endReason"]?.text == "startFailed")
                #expect(run["endDetail"]?.text?.contains("not ours") == true)
            } else {
                #expect(answer["code"]?.text == "clusterBusy")
            }
            let before = try await scene.target.requests()
            #expect(await eventually { (try? await scene.target.requests()) ?? 0 > before + 5 })
            try await Locust.post("/stop", "", to: scene.locust.baseURL)
        }
    }

    @Test func `a test stopped at the master by hand is told from one that we stopped`()
        async throws
    {
        try await withScene { scene in
            let id = try await scene.start(seconds: 120)
            _ = try await scene.run(id, beyond: 10)
            try await Locust.post("/stop", "", to: scene.locust.baseURL)
            let run = try await scene.run(id, in: "Finished", "Failed")
            #expect(run["state"]?.text == "Failed")
            #expect(run["endReason"]?.text == "loadVanished")
            #expect(
                try await scene.target.untilQuiet()
                    == run["lastMetrics"]?["totalRequests"]?.integer)
        }
    }

    @Test func `a crashed service finds its run again and ends it at the first deadline`()
        async throws
    {
        try await withScene { scene in
            let id = try await scene.start(seconds: 25)
            let before = try await scene.run(id, beyond: 10)
            scene.service.crash()
            try await scene.service.restart()
            let after = try await scene.run(id, in: "Running")
            #expect(after["deadline"] == before["deadline"])
            let over = try await scene.run(id, in: "Finished", "Failed")
            #expect(over["endReason"]?.text == "durationElapsed")
            let deadline = try #require(over["deadline"]?.date)
            let stopped = try #require(over["stopRequestedAt"]?.date)
            #expect((0..<5).contains(stopped.timeIntervalSince(deadline)))
            let requests = try await scene.target.untilQuiet()
            #expect(over["lastMetrics"]?["totalRequests"]?.integer == requests)
        }
    }

    @Test func `without the service the load stops by itself at the deadline`() async throws {
        try await withScene { scene in
            let id = try await scene.start(seconds: 8)
            _ = try await scene.run(id, beyond: 10)
            scene.service.crash()
            let requests = try await scene.target.untilQuiet(within: .seconds(30))
            // It comes back later and closes the books.
            try await scene.service.restart()
            let over = try await scene.run(id, in: "Finished", "Failed")
            #expect(over["endReason"]?.text == "durationElapsed")
            #expect(over["lastMetrics"]?["totalRequests"]?.integer == requests)
        }
    }

    @Test func `a bad configuration changes nothing on SIGHUP, and a good one does`()
        async throws
    {
        try await withService { service in
            try await service.serve([("a", "http://127.0.0.1:9", ["red"])])
            try service.reload("security: { apiTokn: x }\n")
            #expect(await eventually { service.log.contains("configuration not reloaded") })
            #expect(service.log.contains("did you mean apiToken?"))
            let clusters = try await service.client().get("/v1/clusters")
            #expect(clusters.status == 200)
            #expect(clusters["items"]?.items?.count == 1)
        }
    }
}
