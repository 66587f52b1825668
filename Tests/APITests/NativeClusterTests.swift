import ControlPlane
import JSON
import Testing

@testable import API
@testable import TestSupport

/// Runs on clusters that several of them share, as a client sees them.
struct NativeClusterTests {
    private static let tenants = ["tenant-1", "tenant-2"].map {
        Tenant(id: $0, name: $0, environments: ["dev"], limits: [.maxUsers: 5000])
    }

    private static func service(_ settings: NativeSettings, locust: Bool = false) throws
        -> TestService
    {
        let clusters: [Cluster] =
            [.native("engine", settings, ("tenant-1", "dev"), ("tenant-2", "dev"))]
            + (locust ? [.locust("swarm", ("tenant-1", "dev"))] : [])
        return try TestService(catalog: Catalog(tenants: tenants, clusters: clusters))
    }

    @Test func `a native cluster is listed with its limits and all of its runs`() async throws {
        let service = try Self.service(.init(maxConcurrentRuns: 3, maxUsers: 500), locust: true)
        let first = try await service.startRun(.test(["locustClusterId": "engine"]))
        service.time.advance(by: .seconds(1))
        let second = try await service.startRun(.test(["locustClusterId": "engine"]))
        let other = try await service.startRun(
            .test(["tenantId": "tenant-2"]), as: .editorOfOther)
        let answer = try await service.ask("GET", "/v1/clusters?fresh=true", as: .viewer)
        #expect(answer["/items/0/type"] == "native")
        #expect(answer["/items/0/baseUrl"] == .null)
        #expect(answer["/items/0/maxConcurrentRuns"] == 3)
        #expect(answer["/items/0/maxUsers"] == 500)
        #expect(answer["/items/0/runIds"] == [.string(first), .string(second)])
        #expect(answer["/items/0/currentRunId"] == .string(first))
        #expect(answer["/items/1/type"] == "locust")
        #expect(answer["/items/1/maxConcurrentRuns"] == 1)
        #expect(answer["/items/1/maxUsers"] == .null)
        #expect(answer["/items/1/runIds"] == [])
        #expect(!answer.text.contains(other))
        let all = try await service.ask("GET", "/v1/clusters?fresh=true", as: .administrator)
        #expect(all["/items/0/runIds"]?.items?.count == 3)
    }

    @Test func `nobody sees how much load others put on a shared cluster`() async throws {
        let service = try Self.service(.init(maxConcurrentRuns: 3, maxUsers: 500))
        service.cluster.behave {
            $0.health = ClusterHealth(version: "1", state: "running", workers: 2, users: 77)
        }
        _ = try await service.startRun(.test(["targetUsers": 70]))
        let others = try await service.ask("GET", "/v1/clusters?fresh=true", as: .editorOfOther)
        #expect(others["/items/0/reachable"] == true)
        #expect(others["/items/0/state"] == "busy")
        #expect(others["/items/0/users"] == 0)
        #expect(others["/items/0/workers"] == 0)
        _ = try await service.startRun(
            .test(["tenantId": "tenant-2", "targetUsers": 9]), as: .editorOfOther)
        let both = try await service.ask("GET", "/v1/clusters?fresh=true", as: .editorOfOther)
        #expect(both["/items/0/users"] == 9)
        #expect(both["/items/0/workers"] == 1)
        let all = try await service.ask("GET", "/v1/clusters?fresh=true", as: .administrator)
        #expect(all["/items/0/users"] == 77)
        #expect(all["/items/0/state"] == "running")
    }

    @Test func `of a master that runs somebody else's test only that is told`() async throws {
        let service = try TestService(
            catalog: Catalog(
                tenants: Self.tenants,
                clusters: [.locust("swarm", ("tenant-1", "dev"), ("tenant-2", "dev"))]))
        _ = try await service.startRun()
        let others = try await service.ask("GET", "/v1/clusters?fresh=true", as: .editorOfOther)
        #expect(others["/items/0/state"] == "busy")
        #expect(others["/items/0/users"] == .null)
        #expect(others["/items/0/workers"] == .null)
        let own = try await service.ask("GET", "/v1/clusters?fresh=true", as: .viewer)
        #expect(own["/items/0/workers"] == 2)
    }

    @Test func `a refusal names the limit and the caller's own runs only`() async throws {
        let service = try Self.service(.init(maxConcurrentRuns: 2, maxUsers: 100))
        let own = try await service.startRun()
        let other = try await service.startRun(
            .test(["tenantId": "tenant-2"]), as: .editorOfOther)
        let refused = try await service.ask("POST", "/v1/tests", .test())
        #expect(refused.status == 409)
        #expect(refused.code == "clusterBusy")
        #expect(refused["/detail"]?.text?.contains("maxConcurrentRuns of 2: run \(own)") == true)
        #expect(refused["/runIds"] == [.string(own)])
        #expect(!refused.text.contains(other))
    }

    @Test func `users that do not fit now are a conflict, those that never fit a wrong field`()
        async throws
    {
        let service = try Self.service(.init(maxConcurrentRuns: 5, maxUsers: 100))
        _ = try await service.startRun(.test(["targetUsers": 70]))
        let later = try await service.ask("POST", "/v1/tests", .test(["targetUsers": 31]))
        #expect(later.status == 409)
        #expect(later["/detail"]?.text?.contains("30 left of its maxUsers of 100") == true)
        let never = try await service.ask("POST", "/v1/tests", .test(["targetUsers": 101]))
        #expect(never.status == 422)
        #expect(never.code == "tooManyUsers")
        #expect(never.pointers == ["/targetUsers"])
        let fits = try await service.ask("POST", "/v1/tests", .test(["targetUsers": 30]))
        #expect(fits.status == 202)
    }

    @Test func `a scenario waits for a native cluster though a Locust cluster is free`()
        async throws
    {
        let service = try Self.service(.init(maxConcurrentRuns: 1), locust: true)
        let scenario: JSONValue = .test(["scenario": ["steps": []]])
        let run = try await service.ask("POST", "/v1/tests", scenario)
        #expect(run["/locustClusterId"] == "engine")
        #expect(try await service.ask("POST", "/v1/tests", scenario).code == "clusterBusy")
        let plain = try await service.ask("POST", "/v1/tests", .test())
        #expect(plain["/locustClusterId"] == "swarm")
        let locust = try await service.ask("POST", "/v1/tests", .test(["locustfile": "l.py"]))
        #expect(locust.code == "clusterBusy")
    }

    @Test func `a scenario in an environment of Locust clusters only is told`() async throws {
        let service = try TestService()
        let answer = try await service.ask(
            "POST", "/v1/tests", .test(["scenario": ["steps": []]]))
        #expect(answer.status == 422)
        #expect(answer.code == "noCluster")
        #expect(answer.text.contains("no native cluster"))
    }

    @Test func `a summary shows what the engine tells of itself`() async throws {
        let service = try Self.service(.init())
        let run = try await service.startRun()
        let evidence = EngineEvidence(
            droppedArrivals: 3, inFlight: 1, bytesIn: 5000, bytesOut: 700,
            statusCodes: ["200": 90, "503": 2], failuresByKind: ["unexpectedStatus": 2],
            connectionsOpened: 10, latenessP50Ms: 0.02, latenessP99Ms: 0.25, latenessMaxMs: 1.5,
            loopLagMaxMs: 2, cpuShare: 0.75, portsExhausted: 0, generatorLimited: true,
            serviceTimeP50Ms: 4, generatorWarnings: ["sent late"])
        try await service.store.append(
            Observation(
                key: .init(source: .engine, epoch: "e", sequence: 1), time: service.time.now,
                users: 10, workers: nil, totals: Sample(requests: 92, failures: 2), endpoints: [],
                errors: [], engine: evidence), to: RunID(run), numbers: nil)
        let summary = try await service.ask("GET", "/v1/runs/\(run)/summary")
        #expect(summary["/totals/requests"] == 92)
        #expect(summary["/engine/statusCodes"] == ["200": 90, "503": 2])
        #expect(summary["/engine/failuresByKind"] == ["unexpectedStatus": 2])
        #expect(summary["/engine/droppedArrivals"] == 3)
        #expect(summary["/engine/cpuShare"] == 0.75)
        #expect(summary["/engine/generatorWarnings"] == ["sent late"])
        #expect(summary["/engine/serviceTimeP50Ms"] == 4)
        #expect(summary["/engine/serviceTimeP99Ms"] == .null)
    }

    @Test func `a summary of a Locust run has no engine`() async throws {
        let service = try TestService()
        let run = try await service.startRun()
        #expect(try await service.ask("GET", "/v1/runs/\(run)/summary")["/engine"] == .null)
    }
}
