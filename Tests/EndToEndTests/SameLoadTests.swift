import Foundation
import JSON
import TestSupport
import Testing

extension RunLifeTests {
    /// Four users who check out a hundred times among them, and then leave.
    private static let checkout = LocustSetup.Locustfile.text(
        """
        import sys
        sys.path.insert(0, "\(Repository.root.appending(path: "locust").path)")
        import swarmkeeper_hooks
        from locust import HttpUser, constant, task
        from locust.exception import StopUser
        class Buyer(HttpUser):
            wait_time = constant(0)
            def on_start(self):
                self.left = 25
            @task
            def buy(self):
                if self.left == 0:
                    raise StopUser()
                self.left -= 1
                self.client.get("/front")
                self.client.get("/front")
                self.client.post("/cart", data=b"x")
                self.client.get("/checkout")
        """)

    /// The same for the native engine: each row of the list is one checkout.
    private static let scenario = """
        {"data": {"orders": {"pick": "unique", "columns": ["number"],
            "rows": [\((0..<100).map { "[\"\($0)\"]" }.joined(separator: ","))]}},
         "steps": [{"path": "/front"}, {"path": "/front"},
            {"method": "POST", "path": "/cart", "body": "{{data.orders.number}}"},
            {"path": "/checkout"}]}
        """

    @Test func `a load test gives the same counts on a Locust and on a native cluster`()
        async throws
    {
        try await withScene(locustfile: Self.checkout, workers: 1) { scene in
            try await scene.service.serve(clusters: [
                """
                  - id: main
                    baseUrl: "\(scene.locust.baseURL.absoluteString)"
                    serves: [{ tenantId: red, envId: dev }]
                """,
                """
                  - id: own
                    type: native
                    serves: [{ tenantId: red, envId: dev }]
                """,
            ])
            var definition = scene.definition(users: 4, seconds: 12)
            definition["scenario"] =
                try JSONSerialization.jsonObject(
                    with: Data(Self.scenario.utf8)) as? [String: any Sendable]
            let locust = try await counts(of: definition, on: "main", scene)
            let native = try await counts(of: definition, on: "own", scene)
            #expect(locust == ["GET /front": 200, "POST /cart": 100, "GET /checkout": 100])
            #expect(native == locust)
            #expect(try await scene.target.untilQuiet() == 800)
        }
    }

    /// Requests by endpoint, of one run on one cluster.
    private func counts(
        of definition: [String: any Sendable], on cluster: String, _ scene: Scene
    ) async throws -> [String: Int] {
        let client = scene.service.client()
        let wanted = definition.merging(["locustClusterId": cluster]) { $1 }
        let test = try await client.post("/v1/load-tests", wanted)
        let testID = try #require(test["id"]?.text, "\(test.body)")
        let started = try await client.post("/v1/load-tests/\(testID)/runs")
        let id = try #require(started["id"]?.text, "\(started.body)")
        let over = try await scene.run(id, in: "Finished", "Failed")
        #expect(over["state"]?.text == "Finished", "\(over)")
        let summary = try await client.get("/v1/runs/\(id)/summary")
        let rows = summary["endpoints"]?.items ?? []
        return Dictionary(
            rows.map { row in
                let name = "\(row["method"]?.text ?? "") \(row["name"]?.text ?? "")"
                return (name, row["requests"]?.integer ?? -1)
            },
            uniquingKeysWith: +)
    }
}
