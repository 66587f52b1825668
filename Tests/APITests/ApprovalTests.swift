import ControlPlane
import JSON
import Testing

@testable import API
@testable import TestSupport

struct ApprovalTests {
    let service: TestService

    init() throws {
        var policy = StartPolicy()
        policy.approval = ApprovalPolicy()
        let tenant = Tenant(
            id: "tenant-1", name: "Checkout", environments: ["dev"], limits: UsageLimits(),
            environmentPolicies: ["dev": policy])
        service = try TestService(
            catalog: Catalog(tenants: [tenant], clusters: [.locust("first", ("tenant-1", "dev"))]))
    }

    @Test func `a start waits, is found by its state, and is approved by another`() async throws {
        let started = try await service.ask(
            "POST", "/v1/tests", .test(), as: .editor, headers: ["Idempotency-Key": "k"])
        #expect(started.status == 202)
        #expect(started["/state"] == "AwaitingApproval")
        #expect(started["/locustClusterId"] == .null)
        #expect(started["/approval/expiresAt"] == "2027-01-15T09:00:00.000Z")
        let id = try started.id()
        let listed = try await service.ask("GET", "/v1/runs?status=AwaitingApproval", as: .viewer)
        #expect(listed.ids == [id])
        let path = "/v1/runs/\(id)/approve"
        #expect(try await service.ask("POST", path, as: .editor).status == 403)
        #expect(try await service.ask("POST", path, as: .operator).status == 403)
        let approved = try await service.ask("POST", path, as: .admin)
        #expect(approved.status == 202)
        #expect(approved["/state"] == "Pending")
        #expect(approved["/locustClusterId"] == "first")
        #expect(approved["/approval/decidedBy"] == "admin-1")
        #expect(try await service.ask("POST", path, as: .admin).code == "notAwaitingApproval")
        // A repetition of the first request is told what that was told.
        let repeated = try await service.ask(
            "POST", "/v1/tests", .test(), as: .editor, headers: ["Idempotency-Key": "k"])
        #expect(repeated["/state"] == "AwaitingApproval")
        try await service.begin(id)
        let more = try await service.ask(
            "POST", "/v1/runs/\(id)/users", ["targetUsers": 11], as: .editor)
        #expect(more.code == "beyondApproval")
        let timeline = try await service.ask("GET", "/v1/runs/\(id)/timeline", as: .viewer)
        #expect(timeline["/items/1/kind"] == "stateChanged")
    }

    @Test func `a no ends it, and a stop does as well`() async throws {
        let first = try await service.startRun(.test(), as: .editor)
        let rejected = try await service.ask(
            "POST", "/v1/runs/\(first)/reject", ["reason": "not today"], as: .admin)
        #expect(rejected.status == 200)
        #expect(rejected["/endReason"] == "rejected")
        #expect(rejected["/endDetail"] == "rejected by admin-1: not today")
        let second = try await service.startRun(.test(), as: .editor)
        let stopped = try await service.ask("POST", "/v1/runs/\(second)/stop", as: .operator)
        #expect(stopped.status == 200)
        #expect(stopped["/endReason"] == "stoppedByUser")
    }

    @Test func `what waits is in nobody's way, and waits on in the next process`() async throws {
        let run = try await service.startRun(.test(), as: .editor)
        service.die()
        let next = try TestService(
            catalog: await service.orchestrator.currentCatalog, after: service, awaitsAdoption: true
        )
        try await next.orchestrator.adopt()
        #expect(try await next.state(of: run) == "AwaitingApproval")
        let approved = try await next.ask("POST", "/v1/runs/\(run)/approve", as: .admin)
        #expect(approved.status == 202)
    }
}
