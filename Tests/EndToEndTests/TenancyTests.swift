import Foundation
import JSON
import TestSupport
import Testing

extension RunLifeTests {
    @Test func `two tenants on one cluster take turns and see nothing of each other`()
        async throws
    {
        try await withScene { scene in
            let red = scene.service.client(Service.token("red", "admin"))
            let blue = scene.service.client(Service.token("blue", "admin"))
            let id = try await scene.start(seconds: 120)
            _ = try await scene.run(id, in: "Running")

            for path in ["", "/metrics", "/summary"] {
                #expect(try await red.get("/v1/runs/\(id)\(path)").status == 200)
                #expect(try await blue.get("/v1/runs/\(id)\(path)").status == 404)
            }
            #expect(try await blue.post("/v1/runs/\(id)/stop").status == 404)
            #expect(try await blue.get("/v1/runs")["items"]?.items?.isEmpty == true)
            #expect(try await blue.get("/v1/runs?tenantId=red")["items"]?.items?.isEmpty == true)
            let clusters = try await blue.get("/v1/clusters")
            #expect(clusters["items"]?.items?.first?["currentRunId"] == .null)

            var body = scene.test()
            let own = try await red.post("/v1/tests", body)
            #expect(own.status == 409)
            #expect(own["runIds"]?.items == [.string(id)])
            body["tenantId"] = "blue"
            let other = try await blue.post("/v1/tests", body)
            #expect(other.status == 409)
            #expect(!"\(other.body)".contains(id))

            _ = try await red.post("/v1/runs/\(id)/stop")
            _ = try await scene.run(id, in: "Finished")
            #expect(try await blue.post("/v1/tests", body).status == 202)
        }
    }

    @Test func `a reload that drops the cluster leaves its live run alone`() async throws {
        try await withScene { scene in
            let id = try await scene.start(seconds: 120)
            let before = try await scene.run(id, beyond: 10)
            try await scene.service.serve([])
            let counted = try #require(before["lastMetrics"]?["totalRequests"]?.integer)
            let after = try await scene.run(id, beyond: counted)
            #expect(after["state"]?.text == "Running")
            #expect(after["deadline"] == before["deadline"])
            #expect(try await scene.service.client().post("/v1/runs/\(id)/stop").status == 202)
            let over = try await scene.run(id, in: "Finished", "Failed")
            #expect(over["endReason"]?.text == "stoppedByUser")
            let requests = try await scene.target.untilQuiet()
            #expect(over["lastMetrics"]?["totalRequests"]?.integer == requests)
        }
    }
}
