import ControlPlane
import Foundation
import JSON
import TestSupport
import Testing

@testable import API

struct SuiteTests {
    let service: TestService
    let tests: [String]

    init() async throws {
        service = try TestService()
        tests = [
            try await service.define(.loadTest(["name": "First"])),
            try await service.define(.loadTest(["name": "Second"])),
        ]
    }

    private func define(_ steps: [[String]], _ changes: [String: JSONValue?] = [:]) async throws
        -> String
    {
        try await service.ask("POST", "/v1/suites", .suite(of: steps, changes)).id()
    }

    private func start(_ suite: String) async throws -> String {
        try await service.ask("POST", "/v1/suites/\(suite)/start", as: .operator).id()
    }

    private func read(_ id: String, on service: TestService? = nil) async throws -> Answer {
        try await (service ?? self.service).ask("GET", "/v1/suiteruns/\(id)", as: .viewer)
    }

    private func look(_ service: TestService? = nil) async {
        await (service ?? self.service).services.suiteRunner.look()
    }

    @Test func `a suite is shown as it was defined`() async throws {
        let body = JSONValue.suite(of: [[tests[0], tests[1]], [tests[0]]])
        let answer = try await service.ask("POST", "/v1/suites", body)
        #expect(answer.status == 201)
        #expect(answer["/steps/0/tests/1/loadTestId"] == .string(tests[1]))
        #expect(answer["/onFailure"] == "stop")
        #expect(answer["/lastRun"] == .null)
        let id = try answer.id()
        #expect(try await service.ask("GET", "/v1/suites/\(id)", as: .viewer).json == answer.json)
        #expect(try await service.ask("GET", "/v1/suites").ids == [id])
    }

    @Test func `a mistake is told with its field`() async throws {
        let wrong: [(JSONValue, String)] = [
            (.suite(of: []), "/steps"), (.suite(of: [[]]), "/steps/0/tests"),
            (.suite(of: [[tests[0]], [tests[0], "none"]]), "/steps/1/tests/1/loadTestId"),
            (.suite(of: [[tests[0]]], ["envId": "staging"]), "/steps/0/tests/0/loadTestId"),
            (.suite(of: [[tests[0]]], ["tenantId": "tenant-2"]), "/tenantId"),
            (
                .suite(of: Array(repeating: Array(repeating: tests[0], count: 20), count: 6)),
                "/steps"
            ),
        ]
        for (body, pointer) in wrong {
            let answer = try await service.ask("POST", "/v1/suites", body)
            #expect(answer.status == 422)
            #expect(answer["/errors/0/pointer"] == .string(pointer), "\(answer.text)")
        }
    }

    @Test func `steps are run one behind the other, to one verdict`()
        async throws
    {
        let suite = try await define([[tests[0]], [tests[1]]])
        let id = try await start(suite)
        await look()
        let first = try #require(try await read(id)["/steps/0/runs/0/runId"]?.text)
        #expect(try await read(id)["/steps/1/runs/0/outcome"] == "pending")
        let run = try await service.ask("GET", "/v1/runs/\(first)")
        #expect(run["/suiteRunId"] == .string(id))
        #expect(run["/createdBy"] == "operator-1")
        // It has no thresholds: nothing is proven, and nothing has failed.
        try await service.end(first)
        await look()
        let second = try #require(try await read(id)["/steps/1/runs/0/runId"]?.text)
        try await service.end(second)
        await look()
        let over = try await read(id)
        #expect(over["/state"] == "Finished")
        #expect(over["/verdict"] == "inconclusive")
        #expect(over["/verdictReason"]?.text?.hasPrefix("First (") == true, "\(over.text)")
        let shown = try await service.ask("GET", "/v1/suites/\(suite)")
        #expect(shown["/lastRun"]?["verdict"] == "inconclusive")
    }

    @Test func `tests of one step run at the same time`() async throws {
        let id = try await start(try await define([tests]))
        await look()
        let runs = try await read(id)["/steps/0/runs"]?.items ?? []
        #expect(runs.map { $0["outcome"] } == ["started", "started"])
    }

    @Test func `a suite goes on in the next process, with each run once`() async throws {
        let id = try await start(
            try await define([[tests[0]], [tests[1]]], ["onFailure": "continue"]))
        service.die()
        let next = try TestService(after: service)
        await look(next)
        let first = try #require(try await read(id, on: next)["/steps/0/runs/0/runId"]?.text)
        next.die()
        let last = try TestService(after: next, awaitsAdoption: true)
        try await last.orchestrator.adopt()
        await look(last)
        #expect(try await last.ask("GET", "/v1/runs").ids == [first])
        try await last.end(first)
        await look(last)
        #expect(try await last.ask("GET", "/v1/runs").ids.count == 2)
    }

    @Test func `a stop stops its runs and starts no more`() async throws {
        let id = try await start(try await define([[tests[0]], [tests[1]]]))
        await look()
        let first = try #require(try await read(id)["/steps/0/runs/0/runId"]?.text)
        let stopping = try await service.ask(
            "POST", "/v1/suiteruns/\(id)/stop", as: .operator)
        #expect(stopping.status == 202)
        #expect(stopping["/state"] == "Stopping")
        _ = try await eventually(moving: service.time) {
            await look()
            return try await read(id)["/state"] == "Finished"
        }
        let over = try await read(id)
        #expect(over["/steps/1/runs/0/outcome"] == "notStarted")
        #expect(over["/verdict"] == "inconclusive")
        #expect(over["/stopRequestedBy"] == "operator-1")
        #expect(try await service.ask("GET", "/v1/runs").ids == [first])
        let again = try await service.ask("POST", "/v1/suiteruns/\(id)/stop", as: .operator)
        #expect(again.status == 200)
    }

    @Test func `a run that cannot be started is told in its place`() async throws {
        let suite = try await define([[tests[0]], [tests[1]]])
        try await service.ask("DELETE", "/v1/load-tests/\(tests[0])")
        let id = try await start(suite)
        await look()
        await look()
        let over = try await read(id)
        #expect(over["/verdict"] == "inconclusive")
        #expect(over["/steps/0/runs/0/outcome"] == "refused")
        #expect(over["/steps/0/runs/0/code"] == "notFound")
        #expect(over["/steps/1/runs/0/outcome"] == "notStarted")
    }

    @Test func `a schedule starts a suite`() async throws {
        let suite = try await define([[tests[0]]])
        let schedule = try await service.ask(
            "POST", "/v1/schedules",
            .schedule(of: "", ["loadTestId": nil, "suiteId": .string(suite)]))
        let next = try #require(schedule["/nextTimes/0"]?.text.flatMap(Timestamp.parse))
        service.time.advance(by: .seconds(next.timeIntervalSince(service.time.now) + 1))
        await service.services.scheduler.look()
        await look()
        let runs = try await service.ask("GET", "/v1/suiteruns?suiteId=\(suite)")
        #expect(runs["/items/0/scheduleId"] == .string(try schedule.id()))
        #expect(runs["/items/0/steps/0/runs/0/outcome"] == "started")
        let ticks = try await service.ask("GET", "/v1/schedules/\(try schedule.id())/ticks")
        #expect(ticks["/items/0/suiteRunId"]?.text == runs.ids.first)
        #expect(ticks["/items/0/runId"] == .null)
    }

    @Test func `a repeated start is one suite run`() async throws {
        let suite = try await define([[tests[0]]])
        var ids: [String] = []
        for _ in 0..<2 {
            ids.append(
                try await service.ask(
                    "POST", "/v1/suites/\(suite)/start", as: .operator,
                    headers: ["Idempotency-Key": "one"]
                ).id())
        }
        #expect(ids[0] == ids[1])
        #expect(try await service.ask("GET", "/v1/suiteruns").ids.count == 1)
    }

    @Test func `the trail tells how a suite was changed`() async throws {
        func body(_ users: Int64) -> JSONValue {
            .suite(
                of: [],
                [
                    "steps": [
                        [
                            "name": "Load",
                            "tests": [
                                ["loadTestId": .string(tests[0]), "targetUsers": .int(users)]
                            ],
                        ]
                    ]
                ])
        }
        let suite = try await service.ask("POST", "/v1/suites", body(10)).id()
        try await service.ask("PUT", "/v1/suites/\(suite)", body(5000))
        let record = try await service.ask("GET", "/v1/audit?action=suite.replace", as: .admin)
        let step = "steps/0/tests/0/targetUsers"
        #expect(record["/items/0/before/\(step)"] == 10, "\(record.text)")
        #expect(record["/items/0/after/\(step)"] == 5000)
    }

    @Test func `as many suites of a tenant run as may`() async throws {
        let suite = try await define([[tests[0]]])
        for _ in 0..<SuiteRun.liveMax { _ = try await start(suite) }
        let more = try await service.ask("POST", "/v1/suites/\(suite)/start", as: .operator)
        #expect(more.code == "tooManySuiteRuns")
    }
}
