import ControlPlane
import JSON
import Testing

@testable import API
@testable import TestSupport

/// `POST /v1/runs/{id}/users`.
struct UsersTests {
    let service: TestService
    let run: String

    init() async throws {
        service = try TestService()
        run = try await service.startRun()
        try await service.begin(run)
    }

    private func change(_ body: JSONValue, as caller: Caller = .operator) async throws -> Answer {
        try await service.ask("POST", "/v1/runs/\(run)/users", body, as: caller)
    }

    @Test func `a change is shown with the run, and the plan stays with the definition`()
        async throws
    {
        let changed = try await change(["targetUsers": 40, "spawnRate": 8])
        #expect(changed.status == 202)
        #expect(changed["/targetUsers"] == 40)
        #expect(changed["/spawnRate"] == 8)
        #expect(changed["/updatedBy"] == "operator-1")
        #expect(changed["/definition/defaultUsers"] == 10)
        #expect(service.cluster.orders.last == .setUsers(RunID(run), 40, 8))
        let read = try await service.ask("GET", "/v1/runs/\(run)")
        #expect(read["/targetUsers"] == 40)
        let again = try await change(["targetUsers": 5])
        #expect(again["/spawnRate"] == 8)
    }

    @Test func `the tenant's limit holds`() async throws {
        let answer = try await change(["targetUsers": 5001])
        #expect(answer.status == 422)
        #expect(answer.pointers == ["/targetUsers"])
        #expect(answer.text.contains("maxUsers of 5000"))
        #expect(try await change(["targetUsers": 5000]).status == 202)
    }

    @Test(
        arguments: [
            [:], ["targetUsers": 0], ["targetUsers": 1.5], ["targetUsers": 1, "spawnRate": 0],
            ["targetUsers": 1, "more": 1],
        ] as [JSONValue])
    func `a wrong body is refused`(body: JSONValue) async throws {
        #expect(try await change(body).status == 422)
        #expect(try await service.ask("GET", "/v1/runs/\(run)")["/targetUsers"] == 10)
    }

    @Test func `what a cluster refuses is a conflict in its own words`() async throws {
        service.cluster.behave { $0.usersError = DriverError("the shape decides") }
        let refused = try await change(["targetUsers": 20])
        #expect(refused.status == 409)
        #expect(refused.code == "clusterRefused")
        #expect(refused["/detail"] == "the shape decides")
        #expect(try await service.ask("GET", "/v1/runs/\(run)")["/targetUsers"] == 10)
        service.cluster.behave {
            $0.usersError = DriverError("timed out", outcomeIsUnknown: true)
        }
        let uncertain = try await change(["targetUsers": 20])
        #expect(uncertain.status == 502)
        #expect(uncertain.code == "clusterUncertain")
    }

    @Test func `a run that is stopping or over is not changed`() async throws {
        try await service.ask("POST", "/v1/runs/\(run)/stop")
        let stopping = try await change(["targetUsers": 20])
        #expect(stopping.status == 409)
        #expect(stopping.code == "usersNotChangeable")
        try await service.end(run)
        let over = try await change(["targetUsers": 20])
        #expect(over.status == 409)
        #expect(over.code == "runIsOver")
    }

    @Test func `another tenant's run is not there, whatever the body says`() async throws {
        let answer = try await change(["targetUsers": 20], as: .editorOfOther)
        #expect(answer.status == 404)
        #expect(try await change(["targetUsers": 20], as: .viewer).status == 403)
    }
}
