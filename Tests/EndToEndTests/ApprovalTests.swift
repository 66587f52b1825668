import Foundation
import JSON
import TestSupport
import Testing

/// Environments that keep runs from starting, with the service's own engine.
@Suite(.timeLimit(.minutes(10)))
struct ApprovalTests {
    private static let configuration = """
        server: { host: 127.0.0.1, port: 0 }
        storage: { path: "@STORE@" }
        security: { apiToken: administrator-token }
        tenants:
          - id: red
            environments:
              - { id: prod, protected: true, approvers: administer }
              - id: shut
                freeze:
                  - { name: for good, from: 2020-01-01T00:00:00Z, to: 2120-01-01T00:00:00Z }
            targets: { allow: [127.0.0.0/8] }
            tokens:
              - { name: operator, role: operator, token: red-operator-token }
              - { name: editor, role: editor, token: red-editor-token }
              - { name: admin, role: admin, token: red-admin-token }
        locustClusters:
          - id: native
            type: native
            serves: [{ tenantId: red, envId: prod }, { tenantId: red, envId: shut }]

        """

    private func body(_ environment: String, _ target: Target) -> [String: any Sendable] {
        [
            "name": "n", "tenantId": "red", "envId": environment, "targetUrl": target.url,
            "targetUsers": 2, "spawnRate": 10, "durationSeconds": 60,
        ]
    }

    @Test func `a protected environment's run waits over a crash, and starts by a second person`()
        async throws
    {
        try await withService { service in
            try await withTarget { target in
                try service.reload(Self.configuration)
                let caller = service.client("red-operator-token")
                var answer = try await caller.post("/v1/tests", body("prod", target))
                // The new file is taken over in its own time.
                _ = try await eventually {
                    if answer.status != 202 {
                        answer = try await caller.post("/v1/tests", body("prod", target))
                    }
                    return answer.status == 202
                }
                #expect(answer["state"]?.text == "AwaitingApproval")
                let id = try #require(answer["id"]?.text)
                service.crash()
                try await service.restart()

                let waiting = try await service.client("red-editor-token").get(
                    "/v1/runs?status=AwaitingApproval")
                #expect(waiting["items"]?.items?.compactMap { $0["id"]?.text } == [id])
                for token in ["red-operator-token", "red-editor-token"] {
                    let refused = try await service.client(token).post("/v1/runs/\(id)/approve")
                    #expect(refused.status == 403)
                }
                #expect(try await target.requests() == 0)
                let admin = service.client("red-admin-token")
                #expect(try await admin.post("/v1/runs/\(id)/approve").status == 202)
                let scene = NativeScene(service: service, target: target)
                _ = try await scene.running(id, beyond: 5)
                let more = try await caller.post("/v1/runs/\(id)/users", ["targetUsers": 3])
                #expect(more.status == 409)
                #expect(more["code"]?.text == "beyondApproval")
                #expect(try await caller.post("/v1/runs/\(id)/stop").status == 202)
                let over = try await scene.over(id)
                #expect(over["approval"]?["decidedBy"]?.text == "admin")

                let frozen = try await caller.post("/v1/tests", body("shut", target))
                #expect(frozen.status == 409)
                #expect(frozen["code"]?.text == "frozen")
                let detail = frozen["detail"]?.text ?? ""
                #expect(detail.contains("for good of environment shut, until 2120-01-01T00:00:00Z"))
            }
        }
    }
}
