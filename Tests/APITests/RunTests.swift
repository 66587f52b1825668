import ControlPlane
import JSON
import Testing

@testable import API
@testable import TestSupport

struct RunTests {
    let service: TestService

    init() throws { service = try TestService() }

    @Test func `a run has the definition's figures where the body has none`() async throws {
        let id = try await service.define(
            .loadTest([
                "defaultUsers": 20, "defaultSpawnRate": 4, "defaultDurationSeconds": 300,
                "metadata": ["from": "definition"], "tags": ["nightly"],
            ]))
        let run = try await service.ask("POST", "/v1/load-tests/\(id)/runs", as: .operator)
        #expect(run.status == 202)
        #expect(run.header("Location") == "/v1/runs/\(try run.id())")
        #expect(run["/loadTestId"] == .string(id))
        #expect(run["/state"] == "Pending")
        #expect(run["/targetUsers"] == 20)
        #expect(run["/spawnRate"] == 4)
        #expect(run["/durationSeconds"] == 300)
        #expect(run["/metadata"] == ["from": "definition"])
        #expect(run["/tags"] == ["nightly"])
        #expect(run["/locustClusterId"] == "first")
        #expect(run["/createdBy"] == "operator-1")
        #expect(run["/lastMetrics"] == .null)
        let read = try await service.ask("GET", "/v1/runs/\(try run.id())", as: .viewer)
        #expect(read.status == 200)
        #expect(read["/definition"] == run["/definition"])
    }

    @Test func `a body replaces the definition's figures for this run only`() async throws {
        let id = try await service.define(.loadTest(["metadata": ["a": 1]]))
        let run = try await service.ask(
            "POST", "/v1/load-tests/\(id)/runs",
            [
                "targetUsers": 7, "spawnRate": 0.5, "durationSeconds": "1m30s",
                "metadata": ["b": 2], "createdBy": "ci",
            ], as: .operator)
        #expect(run["/targetUsers"] == 7)
        #expect(run["/spawnRate"] == 0.5)
        #expect(run["/durationSeconds"] == 90)
        #expect(run["/metadata"] == ["b": 2])
        #expect(run["/claimedCreatedBy"] == "ci")
        #expect(run["/definition/metadata"] == ["a": 1])
        #expect(run["/definition/defaultUsers"] == 1)
        #expect(try await service.ask("GET", "/v1/load-tests/\(id)")["/version"] == 1)
    }

    @Test func `a run goes from the order to its end with every mark of time`() async throws {
        let run = try await service.startRun(.test(["durationSeconds": 60]))
        try await service.begin(run)
        let running = try await service.ask("GET", "/v1/runs/\(run)")
        #expect(running["/state"] == "Running")
        #expect(running["/startRequestedAt"] == "2027-01-15T08:00:00.000Z")
        #expect(running["/startedAt"] == "2027-01-15T08:00:00.000Z")
        #expect(running["/deadline"] == "2027-01-15T08:01:00.000Z")
        #expect(running["/endedAt"] == .null)
        #expect(running["/endReason"] == .null)

        let isOver = try await eventually(moving: service.time) {
            try await service.state(of: run) == "Finished"
        }
        #expect(isOver)
        let over = try await service.ask("GET", "/v1/runs/\(run)")
        #expect(over["/endReason"] == "durationElapsed")
        #expect(over["/stopRequestedAt"]?.text ?? "" >= "2027-01-15T08:01:00.000Z")
        #expect(over["/endedAt"]?.text ?? "" > "2027-01-15T08:01:00.000Z")
    }

    @Test func `a busy cluster is refused with the run in the way`() async throws {
        let body: JSONValue = .test(["locustClusterId": "first"])
        let run = try await service.startRun(body)
        let refused = try await service.ask("POST", "/v1/tests", body)
        #expect(refused.status == 409)
        #expect(refused.code == "clusterBusy")
        #expect(refused["/runIds"] == [.string(run)])

        // Left to choose, the service takes the free one.
        let second = try await service.ask("POST", "/v1/tests", .test())
        #expect(second["/locustClusterId"] == "second")
    }

    @Test func `whose run keeps a shared cluster busy is told to nobody else`() async throws {
        let body: JSONValue = .test([
            "tenantId": "tenant-2", "locustClusterId": "shared", "targetUsers": 1,
        ])
        let run = try await service.startRun(body, as: .editorOfOther)
        let refused = try await service.ask("POST", "/v1/tests", .test(["envId": "staging"]))
        #expect(refused.status == 409)
        #expect(refused.code == "clusterBusy")
        #expect(refused["/runIds"] == nil)
        #expect(!refused.text.contains(run))
        let own = try await service.ask("POST", "/v1/tests", body, as: .editorOfOther)
        #expect(own["/runIds"] == [.string(run)])
        let any = try await service.ask(
            "POST", "/v1/tests", .test(["envId": "staging"]), as: .administrator)
        #expect(any["/runIds"] == [.string(run)])

        let clusters = try await service.ask("GET", "/v1/clusters", as: .viewer)
        #expect(!clusters.text.contains(run))
        #expect(!clusters.text.contains("tenant-2"))
    }

    @Test func `a tenant's limits refuse a run and name the limit`() async throws {
        let id = try await service.define()
        let answer = try await service.ask(
            "POST", "/v1/load-tests/\(id)/runs",
            ["targetUsers": 5001, "durationSeconds": "2h0m1s"])
        #expect(answer.status == 422)
        #expect(answer.pointers == ["/durationSeconds", "/targetUsers"])
        #expect(answer.text.contains("maxUsers of 5000"))
        #expect(answer.text.contains("maxDurationSeconds of 7200"))
        let taken = try await service.ask(
            "POST", "/v1/load-tests/\(id)/runs", ["targetUsers": 5000, "durationSeconds": 7200])
        #expect(taken.status == 202)
    }

    @Test func `a tenant's limit of runs at a time names them`() async throws {
        let runs = [try await service.startRun(), try await service.startRun()]
        let answer = try await service.ask("POST", "/v1/tests", .test(["envId": "staging"]))
        #expect(answer.status == 409)
        #expect(answer.code == "limitReached")
        #expect(Set(answer["/runIds"]?.items ?? []) == Set(runs.map { .string($0) }))
        try await service.end(runs[0])
        let next = try await service.ask("POST", "/v1/tests", .test(["envId": "staging"]))
        #expect(next.status == 202)
    }

    @Test func `an ad-hoc run is measured by what it asks for, not by defaults`() async throws {
        let service = try TestService(
            catalog: Catalog(
                tenants: [
                    Tenant(
                        id: "tenant-1", name: "Short", environments: ["dev"],
                        limits: [.maxUsers: 10, .maxDurationSeconds: 30])
                ], clusters: [.locust("first", ("tenant-1", "dev"))]))
        let refused = try await service.ask(
            "POST", "/v1/tests", .test(["targetUsers": 11, "envId": "nowhere"]))
        #expect(refused.status == 422)
        #expect(refused.pointers == ["/durationSeconds", "/envId", "/targetUsers"])
        let run = try await service.ask("POST", "/v1/tests", .test(["durationSeconds": 30]))
        #expect(run.status == 202)
        #expect(run["/definition/defaultDurationSeconds"] == 30)
        #expect(run["/definition/defaultUsers"] == 10)
        #expect(run["/definition/defaultSpawnRate"] == 2)
    }

    @Test func `an environment without a cluster is told`() async throws {
        let service = try TestService(
            catalog: Catalog(tenants: Catalog.usual.tenants, clusters: []))
        let answer = try await service.ask("POST", "/v1/tests", .test())
        #expect(answer.status == 422)
        #expect(answer.code == "noCluster")
        #expect(answer.pointers == ["/locustClusterId"])
    }

    @Test func `a service that is shutting down takes no new run`() async throws {
        await service.orchestrator.beginShutdown()
        let answer = try await service.ask("POST", "/v1/tests", .test())
        #expect(answer.status == 503)
        #expect(answer.code == "shuttingDown")
        #expect(answer.header("Retry-After") == "5")
        let ready = try await service.ask("GET", "/ready")
        #expect(ready.status == 503)
        #expect(ready.code == "shuttingDown")
        #expect(try await service.ask("GET", "/health").status == 200)
    }

    @Test func `until the runs of the process before are adopted, hooks are told to come again`()
        async throws
    {
        let run = try await service.startRun()
        try await service.begin(run)
        service.die()
        let next = try TestService(after: service, awaitsAdoption: true)
        let callback: JSONValue = .callback(run, sequence: 2)
        for (path, body, caller) in [
            ("/v1/callbacks/metrics", callback, Caller.callback), ("/v1/tests", .test(), .editor),
            ("/v1/runs/\(run)/stop", [:], .editor),
        ] {
            let answer = try await next.ask("POST", path, body, as: caller)
            #expect(answer.status == 503)
            #expect(answer.code == "startingUp")
            #expect(answer.header("Retry-After") == "1")
        }
        #expect(try await next.ask("GET", "/ready").status == 503)
        #expect(try await next.ask("GET", "/v1/runs/\(run)").status == 200)
        try await next.orchestrator.adopt()
        let taken = try await next.ask("POST", "/v1/callbacks/metrics", callback, as: .callback)
        #expect(taken.status == 200)
        #expect(try await next.ask("GET", "/ready").status == 200)
    }

    @Test func `a stop is 202 while it goes on and 200 when the run is over`() async throws {
        let run = try await service.startRun()
        try await service.begin(run)
        for _ in 0..<3 {
            let answer = try await service.ask("POST", "/v1/runs/\(run)/stop", as: .operator)
            #expect(answer.status == 202)
            #expect(answer["/state"] == "Stopping")
            #expect(answer["/endReason"] == "stoppedByUser")
            #expect(answer["/updatedBy"] == "operator-1")
        }
        try await service.end(run)
        for body: JSONValue? in [nil, [:]] {
            let answer = try await service.ask("POST", "/v1/runs/\(run)/stop", body, as: .admin)
            #expect(answer.status == 200)
            #expect(answer["/state"] == "Finished")
            #expect(answer["/updatedBy"] == "operator-1", "who comes late has changed nothing")
        }
        #expect(service.cluster.orders.count { $0 == .stop(RunID(run)) } == 1)
    }

    @Test func `a run whose cluster refuses fails with the reason in words`() async throws {
        service.cluster.behave { $0.prepareError = DriverError("the master has no workers") }
        let run = try await service.startRun()
        _ = try await eventually { try await service.state(of: run) == "Failed" }
        let read = try await service.ask("GET", "/v1/runs/\(run)")
        #expect(read["/endReason"] == "startFailed")
        #expect(read["/endDetail"] == "the master has no workers")
        #expect(read["/startRequestedAt"] == .null)
    }

    @Test func `the first API's paths are the same runs`() async throws {
        let started = try await service.ask("POST", "/v1/tests", .test(["createdBy": "me"]))
        #expect(started.status == 202)
        let id = try started.id()
        #expect(started.header("Location") == "/v1/tests/\(id)")
        #expect(started["/loadTestId"] == .null)
        #expect(started["/claimedCreatedBy"] == "me")
        #expect(started["/targetUsers"] == 10)
        try await service.begin(id)
        for path in ["/v1/tests", "/v1/runs"] {
            #expect(try await service.ask("GET", path).ids == [id])
            let read = try await service.ask("GET", "\(path)/\(id)")
            #expect(read["/state"] == "Running")
        }
        #expect(try await service.ask("GET", "/v1/load-tests").ids == [])
        #expect(try await service.ask("POST", "/v1/tests/\(id)/stop").status == 202)
        #expect(try await service.ask("POST", "/v1/tests/nothing/stop").status == 404)
    }
}
