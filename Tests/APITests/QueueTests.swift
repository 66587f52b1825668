import ControlPlane
import Foundation
import JSON
import Testing

@testable import API
@testable import TestSupport

/// `"whenBusy": "queue"`.
struct QueueTests {
    let service: TestService
    let first: String

    init() async throws {
        let keys = [("tenant-1", "dev"), ("tenant-2", "dev")]
        service = try TestService(
            catalog: Catalog(
                tenants: ["tenant-1", "tenant-2"].map {
                    Tenant(
                        id: $0, name: $0, environments: ["dev"], limits: [.maxQueuedRuns: 2])
                }, clusters: [.locust("only", keys[0], keys[1])]))
        first = try await service.startRun()
    }

    private func queue(
        _ fields: [String: JSONValue?] = [:], as caller: Caller = .operator, key: String? = nil,
        on service: TestService? = nil
    ) async throws -> Answer {
        try await (service ?? self.service).ask(
            "POST", "/v1/tests", .test(["whenBusy": "queue"]).with(fields), as: caller,
            headers: key.map { ["Idempotency-Key": $0] } ?? [])
    }

    @Test func `a run that waits says so, with its place and what it waits for`() async throws {
        let answer = try await queue(["queueTimeoutSeconds": "10m"])
        #expect(answer.status == 202)
        #expect(answer["/state"] == "Queued")
        #expect(answer["/locustClusterId"] == .null)
        let now = service.time.now
        let place: JSONValue = [
            "position": 1, "since": .string(Timestamp.format(now)),
            "until": .string(Timestamp.format(now.addingTimeInterval(600))),
            "waitsFor": .string(
                "cluster only takes one run at a time and is busy: run \(first)"),
        ]
        #expect(answer["/queue"] == place)
        let run = try answer.id()
        #expect(try await service.ask("GET", "/v1/runs/\(run)")["/queue"] == place)
        let list = try await service.ask("GET", "/v1/runs?status=Queued")
        #expect(list["/items"]?.items?.map { $0["queue"] } == [place])
        try await service.end(first)
        #expect(
            try await eventually(moving: service.time) {
                try await service.state(of: run) != "Queued"
            })
        let begun = try await service.ask("GET", "/v1/runs/\(run)")
        #expect(begun["/queue"] == .null)
        #expect(begun["/locustClusterId"] == "only")
    }

    @Test func `a start that does not ask for it is refused`() async throws {
        for fields in [[:], ["whenBusy": "refuse"]] as [[String: JSONValue?]] {
            let answer = try await service.ask("POST", "/v1/tests", .test(fields))
            #expect(answer.status == 409)
            #expect(answer.code == "clusterBusy")
        }
    }

    @Test(
        arguments: [
            ["whenBusy": "wait"], ["queueTimeoutSeconds": 0],
            ["queueTimeoutSeconds": 86_401], ["whenBusy": "refuse", "queueTimeoutSeconds": 60],
        ] as [[String: JSONValue?]])
    func `a wrong wish is refused`(fields: [String: JSONValue?]) async throws {
        #expect(try await queue(fields).status == 422)
    }

    @Test func `a stop ends it at once`() async throws {
        let run = try await queue().id()
        let other = try await service.ask(
            "POST", "/v1/runs/\(run)/stop", as: .editorOfOther)
        #expect(other.status == 404)
        let stopped = try await service.ask("POST", "/v1/runs/\(run)/stop", as: .operator)
        #expect(stopped.status == 200)
        #expect(stopped["/state"] == "Finished")
        #expect(stopped["/endReason"] == "stoppedByUser")
        #expect(stopped["/startRequestedAt"] == .null)
        #expect(stopped["/queue"] == .null)
        let users = try await service.ask(
            "POST", "/v1/runs/\(run)/users", ["targetUsers": 3])
        #expect(users.code == "runIsOver")
    }

    @Test func `the queue's own limit is named`() async throws {
        let runs = [try await queue().id(), try await queue().id()]
        let full = try await queue()
        #expect(full.status == 409)
        #expect(full.code == "limitReached")
        #expect(full["/limits/0/name"] == "maxQueuedRuns")
        #expect(full["/limits/0/inUse"] == 2)
        #expect(full["/runIds"] == .array(runs.map { .string($0) }))
        #expect(
            try await queue(["tenantId": "tenant-2"], as: .editorOfOther).status == 202)
    }

    @Test func `other tenants' queued and live runs are not told`() async throws {
        let own = try await queue().id()
        let answer = try await queue(["tenantId": "tenant-2"], as: .editorOfOther)
        #expect(answer["/queue/position"] == 1)
        for run in [own, first, "tenant-1"] { #expect(!answer.text.contains(run)) }
        let refused = try await service.ask(
            "POST", "/v1/tests", .test(["tenantId": "tenant-2"]), as: .editorOfOther)
        #expect(refused.status == 409)
        for run in [own, first] { #expect(!refused.text.contains(run)) }
    }

    @Test func `a repeated start gives the same answer, whatever has become of the run`()
        async throws
    {
        let answer = try await queue(key: "k")
        #expect(answer["/state"] == "Queued")
        try await service.end(first)
        let run = try answer.id()
        #expect(
            try await eventually(moving: service.time) {
                try await service.state(of: run) != "Queued"
            })
        let again = try await queue(key: "k")
        #expect(again.json == answer.json)
        #expect(again.header("Idempotency-Replayed") == "true")
        #expect(again.header("Location") == answer.header("Location"))
        // Also where the first answer was never stored.
        let recalled = try await RunHandlers.recallAdHoc(
            Call(
                services: service.services, principal: Caller.operator.principal, requestID: "",
                request: try .init(method: "POST", target: "/v1/tests"), body: [:]), run)
        #expect(recalled.map { Answer($0).json } == answer.json)
    }

    @Test func `a queued run outlives its process`() async throws {
        let run = try await queue().id()
        let second = try await queue().id()
        service.die()
        let next = try TestService(
            catalog: await service.orchestrator.currentCatalog, after: service,
            awaitsAdoption: true)
        try await next.orchestrator.adopt()
        let read = try await next.ask("GET", "/v1/runs/\(second)")
        #expect(read["/state"] == "Queued")
        #expect(read["/queue/position"] == 2)
        try await next.end(first)
        #expect(
            try await eventually(moving: next.time) {
                try await next.state(of: run) != "Queued"
            })
        #expect(try await next.state(of: second) == "Queued")
    }
}
