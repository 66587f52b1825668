import ControlPlane
import JSON
import Testing

@testable import API
@testable import TestSupport

struct EmergencyTests {
    let service: TestService

    init() throws { service = try TestService() }

    private func stop(_ body: JSONValue, as caller: Caller = .administrator) async throws -> Answer
    {
        try await service.ask("POST", "/v1/emergency-stop", body, as: caller)
    }

    @Test func `one call stops and keeps away, and another lets start again`() async throws {
        let run = try await service.startRun()
        let stopped = try await stop(["scope": "all", "reason": "the shop is down"])
        #expect(stopped.status == 201)
        #expect(stopped["/stoppedRunIds"] == [.string(run)])
        let id = try stopped.id()
        #expect(stopped.header("Location") == "/v1/emergency-stop/\(id)")
        let refused = try await service.ask("POST", "/v1/tests", .test(), as: .operator)
        #expect(refused.status == 409)
        #expect(refused.code == "emergencyStop")
        #expect(refused["/detail"]?.text?.contains("administrator: the shop is down") == true)
        // Whoever is stopped may know by what.
        let listed = try await service.ask("GET", "/v1/emergency-stop", as: .viewer)
        #expect(listed.ids == [id])
        #expect(try await service.ask("GET", "/v1/emergency-stop/\(id)", as: .viewer).status == 200)
        let again = try await stop(["scope": "all", "reason": "a retry"])
        #expect(try again.id() == id)
        let ofTenant = try await service.ask("DELETE", "/v1/emergency-stop/\(id)", as: .admin)
        #expect(ofTenant.status == 403)
        #expect(
            try await service.ask("DELETE", "/v1/emergency-stop/\(id)", as: .administrator).status
                == 204)
        #expect(
            try await service.ask("DELETE", "/v1/emergency-stop/\(id)", as: .administrator).status
                == 404)
        _ = try await service.startRun()
    }

    @Test func `a tenant's administrator stops its own tenant and nothing else`() async throws {
        for body: JSONValue in [
            ["scope": "all", "reason": "r"],
            ["scope": "host", "host": "shop.example", "reason": "r"],
        ] {
            let refused = try await stop(body, as: .admin)
            #expect(refused.status == 403)
        }
        let foreign = try await stop(
            ["scope": "tenant", "tenantId": "tenant-2", "reason": "r"], as: .admin)
        let unknown = try await stop(
            ["scope": "tenant", "tenantId": "tenant-9", "reason": "r"], as: .admin)
        #expect(foreign.status == 422)
        #expect(foreign.problem() == unknown.problem())
        let own = try await stop(
            ["scope": "host", "tenantId": "tenant-1", "host": "shop.example", "reason": "r"],
            as: .admin)
        #expect(own.status == 201)
        #expect(
            try await service.ask("POST", "/v1/tests", .test(), as: .operator).code
                == "emergencyStop")
        #expect(
            try await service.ask("DELETE", "/v1/emergency-stop/\(try own.id())", as: .admin).status
                == 204)
    }

    @Test(
        arguments: [
            (["scope": "all"], ["/reason"]), (["scope": "all", "reason": ""], ["/reason"]),
            (["scope": "world", "reason": "r"], ["/scope"]),
            (["scope": "all", "tenantId": "tenant-1", "reason": "r"], ["/tenantId"]),
            (["scope": "tenant", "reason": "r"], ["/tenantId"]),
            (["scope": "tenant", "tenantId": "tenant-1", "host": "a", "reason": "r"], ["/host"]),
            (["scope": "host", "reason": "r"], ["/host"]),
            (["scope": "host", "host": "*", "reason": "r"], ["/host"]),
            (["scope": "host", "host": "127.1", "reason": "r"], ["/host"]),
            (["scope": "host", "host": "http://a", "reason": "r"], ["/host"]),
        ] as [(JSONValue, [String])])
    func `fields that do not go together are refused`(body: JSONValue, pointers: [String])
        async throws
    {
        let refused = try await stop(body)
        #expect(refused.status == 422)
        #expect(refused.pointers == pointers)
        #expect(try await service.ask("GET", "/v1/emergency-stop").ids.isEmpty)
    }

    @Test func `the largest order fits where stops are always served`() async throws {
        let reason = String(repeating: "\u{1F6D1}", count: EmergencyStop.reasonLengthMax)
        let escaped = String(repeating: #"\ud83d\uded1"#, count: EmergencyStop.reasonLengthMax)
        let body = Array(#"{"scope":"all","reason":"\#(escaped)"}"#.utf8)
        #expect(body.count <= 4_096)
        let answer = try await service.send(
            "POST", "/v1/emergency-stop", body, as: .administrator)
        #expect(answer["/reason"] == .string(reason))
        let longer = try await stop(["scope": "all", "reason": .string(reason + "!")])
        #expect(longer.pointers == ["/reason"])
    }

    @Test func `the next process still refuses`() async throws {
        _ = try await stop(["scope": "all", "reason": "r"])
        service.die()
        let next = try TestService(after: service, awaitsAdoption: true)
        try await next.orchestrator.adopt()
        let refused = try await next.ask("POST", "/v1/tests", .test(), as: .operator)
        #expect(refused.code == "emergencyStop")
        #expect(try await next.ask("GET", "/v1/emergency-stop").ids.count == 1)
    }
}
