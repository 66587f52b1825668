import ControlPlane
import Foundation
import JSON
import Testing

@testable import API
@testable import TestSupport

/// Limits as the API tells of them.
struct LimitTests {
    private func service(
        _ limits: UsageLimits, environment: UsageLimits = [:], target: UsageLimits = [:]
    ) throws -> TestService {
        let pattern = try #require(TargetPattern("shop.example"))
        return try TestService(
            catalog: Catalog(
                tenants: ["tenant-1", "tenant-2"].map {
                    Tenant(
                        id: $0, name: $0, environments: ["dev"], limits: limits,
                        environmentLimits: ["dev": environment])
                },
                clusters: [
                    .locust("first", ("tenant-1", "dev")), .locust("second", ("tenant-1", "dev")),
                    .locust("third", ("tenant-2", "dev")),
                ], targets: [Ceiling(.target(pattern), target)]))
    }

    private func start(
        _ service: TestService, _ fields: [String: JSONValue?] = [:], as caller: Caller = .editor
    ) async throws -> Answer {
        let body = JSONValue.test(["targetUrl": "https://shop.example/a"]).with(fields)
        return try await service.ask("POST", "/v1/tests", body, as: caller)
    }

    @Test func `what can never fit names each limit at its field`() async throws {
        let service = try service(
            [.maxSpawnRate: 1, .maxTotalUsers: 9], environment: [.maxDurationSeconds: 5],
            target: [.maxTotalUsers: 8])
        let answer = try await start(service)
        #expect(answer.status == 422)
        #expect(answer.code == "invalidFields")
        #expect(
            Set(answer.pointers) == ["/durationSeconds", "/spawnRate", "/targetUsers"])
        let limits = answer["/limits"]?.items ?? []
        #expect(limits.count == 4)
        #expect(
            limits.contains(
                [
                    "name": "maxTotalUsers", "of": "target", "id": "shop.example", "max": 8,
                    "requested": 10, "inUse": nil, "resetsAt": nil,
                ] as JSONValue))
    }

    @Test func `what does not fit now names the limit, its value and what is in use`()
        async throws
    {
        let service = try service([.maxRunsPerDay: 1], environment: [.maxConcurrentRuns: 1])
        let run = try await start(service).id()
        let answer = try await start(service)
        #expect(answer.status == 409)
        #expect(answer.code == "limitReached")
        #expect(answer["/runIds"] == [.string(run)])
        let limits = answer["/limits"]?.items ?? []
        #expect(limits.map { $0["name"] } == ["maxRunsPerDay", "maxConcurrentRuns"])
        #expect(limits.map { $0["inUse"] } == [1, 1])
        #expect(limits.first?["resetsAt"] == "2027-01-16T00:00:00.000Z")
    }

    @Test func `a limit of 0 is told as what it is`() async throws {
        let answer = try await start(try service([:], environment: [.maxRunsPerDay: 0]))
        #expect(answer.status == 422)
        #expect(answer.pointers == ["/envId"])
    }

    @Test func `a target's refusal tells nothing of other tenants' runs`() async throws {
        let service = try service([:], target: [.maxTotalUsers: 15])
        let other = Caller.editorOfOther
        let run = try await start(service, ["tenantId": "tenant-2"], as: other).id()
        let answer = try await start(service)
        #expect(answer.status == 409)
        #expect(answer["/limits"]?.items?.first?["inUse"] == 10)
        #expect(answer["/runIds"] == nil)
        #expect(!answer.text.contains(run))
        #expect(!answer.text.contains("tenant-2"))
        let administrator = try await start(service, as: .administrator)
        #expect(administrator["/runIds"] == [.string(run)])
    }

    @Test func `limits are shown with tenants and environments`() async throws {
        let service = try service(
            [.maxSpawnRate: 2.5, .maxUsers: 100], environment: [.maxRunsPerDay: 3])
        let tenants = try await service.ask("GET", "/v1/tenants", as: .viewer)
        #expect(tenants["/items/0/limits/maxSpawnRate"] == 2.5)
        #expect(tenants["/items/0/limits/maxUsers"] == 100)
        #expect(tenants["/items/0/limits/maxTotalUsers"] == .null)
        let environments = try await service.ask("GET", "/v1/environments", as: .viewer)
        #expect(environments["/items/0/limits/maxRunsPerDay"] == 3)
    }
}
