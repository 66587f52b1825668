import ControlPlane
import JSON
import Testing

@testable import API
@testable import TestSupport

/// What pipelines need of a start: another target and cluster, and the very definition that they
/// have put there.
struct PipelineStartTests {
    let service: TestService

    init() throws { service = try TestService() }

    @Test func `a run may have a target and a cluster of its own, and stays one of its load test`()
        async throws
    {
        let id = try await service.define()
        let run = try await service.ask(
            "POST", "/v1/load-tests/\(id)/runs",
            ["targetUrl": "http://pr-7.example", "locustClusterId": "second"], as: .operator)
        #expect(run.status == 202)
        #expect(run["/targetUrl"] == "http://pr-7.example")
        #expect(run["/locustClusterId"] == "second")
        #expect(run["/loadTestId"] == .string(id))
        let test = try await service.ask("GET", "/v1/load-tests/\(id)")
        #expect(test["/targetUrl"] != "http://pr-7.example")
        #expect(test["/version"] == 1)
    }

    @Test func `a target or cluster that a definition could not have is none of a run's`()
        async throws
    {
        let id = try await service.define()
        func start(_ body: JSONValue) async throws -> Answer {
            try await service.ask("POST", "/v1/load-tests/\(id)/runs", body, as: .operator)
        }
        let url = try await start(["targetUrl": "ftp://x"])
        #expect(url.status == 422 && url.pointers == ["/targetUrl"])
        // Of another environment, and of another tenant: told apart by nothing.
        let near = try await start(["locustClusterId": "shared"])
        let far = try await start(["locustClusterId": "other"])
        let none = try await start(["locustClusterId": "none"])
        for answer in [near, far, none] {
            #expect(answer.status == 422 && answer.pointers == ["/locustClusterId"])
        }
        #expect(far["/errors/0/message"] == none["/errors/0/message"])
        // The rules for targets hold for it as for any other.
        let special = try await start(["targetUrl": "http://169.254.169.254"])
        #expect(special.code == "targetNotAllowed")
        #expect(try await service.ask("GET", "/v1/runs").ids == [])
    }

    @Test func `a start for another version of the definition starts nothing`() async throws {
        let id = try await service.define()
        try await service.ask("PUT", "/v1/load-tests/\(id)", .loadTest(["name": "Second"]))
        let path = "/v1/load-tests/\(id)/runs"
        let old = try await service.ask(
            "POST", path, [:], as: .operator,
            headers: ["If-Match": "\"1\"", "Idempotency-Key": "k"])
        #expect(old.status == 412 && old.code == "versionConflict")
        #expect(try await service.ask("GET", "/v1/runs").ids == [])
        // The key is free again: nothing was done for it.
        let new = try await service.ask(
            "POST", path, [:], as: .operator,
            headers: ["If-Match": "\"2\"", "Idempotency-Key": "k"])
        #expect(new.status == 202)
        // A repetition is one, also when the definition has changed since.
        try await service.ask("PUT", "/v1/load-tests/\(id)", .loadTest(["name": "Third"]))
        let again = try await service.ask(
            "POST", path, [:], as: .operator,
            headers: ["If-Match": "\"2\"", "Idempotency-Key": "k"])
        #expect(again.status == 202)
        #expect(try again.id() == new.id())
    }

    @Test func `a replacement that changes nothing makes no version`() async throws {
        let id = try await service.define(.loadTest(["defaultDurationSeconds": "1m30s"]))
        let same = try await service.ask(
            "PUT", "/v1/load-tests/\(id)", .loadTest(["defaultDurationSeconds": 90]), as: .admin)
        #expect(same.status == 200)
        #expect(same["/version"] == 1)
        #expect(same.header("ETag") == "\"1\"")
        #expect(same["/updatedBy"] == "editor-1")
    }
}
