import ControlPlane
import Foundation
import JSON
import TestSupport
import Testing

@testable import API

/// Labels of what nobody starts by hand: runs of schedules and suites.
struct StandingLabelTests {
    let service: TestService

    init() throws { service = try TestService() }

    private func define(_ changes: [String: JSONValue?] = [:]) async throws -> String {
        let usual: [String: JSONValue?] = [
            "defaultUsers": 10, "defaultSpawnRate": 10, "defaultDurationSeconds": 40,
        ]
        return try await service.define(.loadTest(usual.merging(changes) { $1 }))
    }

    /// Moves the clock to a schedule's next tick.
    private func tick(_ schedule: String) async throws {
        let next = try #require(
            try await service.ask("GET", "/v1/schedules/\(schedule)")["/nextTimes/0"]?.text)
        let left = try #require(Timestamp.parse(next)).timeIntervalSince(service.time.now)
        service.time.advance(by: .seconds(left + 1))
        await service.services.scheduler.look()
    }

    /// The run that a schedule has started last, with a report each second up to its end.
    private func finish(_ schedule: String) async throws -> Answer {
        let shown = try await service.ask("GET", "/v1/schedules/\(schedule)")
        let id = try #require(shown["/lastTick"]?["runId"]?.text, "\(shown.text)")
        try await service.begin(id)
        for second in 1...Int64(39) {
            service.time.advance(by: .seconds(1))
            let totals: JSONValue = [
                "requests": .int(second * 20), "failures": 0, "avgResponseMs": 100,
                "histogram": .object(["\(100 + second * 7 % 10)": 15, "130": 5]),
            ]
            let answer = try await service.ask(
                "POST", "/v1/callbacks/metrics",
                .callback(
                    id, sequence: second + 1,
                    [
                        "elapsedSeconds": .int(second), "users": 10, "workers": 1,
                        "totals": totals,
                    ]), as: .callback)
            try #require(answer.status == 200, "\(answer.text)")
        }
        _ = try await eventually(moving: service.time) {
            try await service.state(of: id) == "Finished"
        }
        return try await service.ask("GET", "/v1/runs/\(id)")
    }

    @Test func `a nightly run of main is compared with the one before, and is the next baseline`()
        async throws
    {
        let test = try await define([
            "baseline": ["kind": "lastPassed", "sameLabels": ["branch"]],
            "thresholds": ["p95 regression < 50%"],
        ])
        let labels: JSONValue = ["branch": "main"]
        let made = try await service.ask(
            "POST", "/v1/schedules", .schedule(of: test, ["labels": labels]))
        #expect(made["/labels"] == labels)
        #expect(made["/lastTick"] == .null)
        let schedule = try made.id()
        var runs: [Answer] = []
        for _ in 0..<3 {
            try await tick(schedule)
            runs.append(try await finish(schedule))
        }
        #expect(runs.map { $0["/labels"] } == [labels, labels, labels])
        #expect(
            runs.map { $0["/verdict"] } == ["inconclusive", "passed", "passed"],
            "\(runs.map { $0["/verdictReason"] })")
        #expect(runs[1]["/baseline/runIds"] == [try #require(runs[0]["/id"])])
        #expect(runs[2]["/baseline/runIds"] == [try #require(runs[1]["/id"])])
    }

    @Test func `all runs of a suite carry the labels that it was started with`() async throws {
        let (first, second) = (try await define(), try await define())
        let suite = try await service.ask(
            "POST", "/v1/suites", .suite(of: [[first, second]])
        ).id()
        let labels: JSONValue = ["branch": "main", "commit": "4f2a"]
        let started = try await service.ask(
            "POST", "/v1/suites/\(suite)/start", ["labels": labels], as: .operator)
        #expect(started["/labels"] == labels)
        await service.services.suiteRunner.look()
        let shown = try await service.ask("GET", "/v1/suiteruns/\(try started.id())")
        #expect(shown["/labels"] == labels)
        let found = try await service.ask("GET", "/v1/runs?label=commit:4f2a")
        #expect(found.ids.count == 2)
        #expect(found["/items/0/suiteRunId"] == .string(try started.id()))
        let plain = try await service.ask(
            "POST", "/v1/suites/\(suite)/start", nil, as: .operator)
        #expect(plain["/labels"] == [:])
    }

    @Test func `a schedule gives its labels to its suite`() async throws {
        let suite = try await service.ask(
            "POST", "/v1/suites", .suite(of: [[try await define()]])
        ).id()
        let schedule = try await service.ask(
            "POST", "/v1/schedules",
            .schedule(
                of: "",
                ["loadTestId": nil, "suiteId": .string(suite), "labels": ["branch": "main"]]))
        try await tick(try schedule.id())
        let runs = try await service.ask("GET", "/v1/suiteruns?suiteId=\(suite)")
        #expect(runs["/items/0/labels"] == ["branch": "main"])
    }

    @Test func `labels that cannot be kept are refused, each by name`() async throws {
        let test = try await define()
        let suite = try await service.ask("POST", "/v1/suites", .suite(of: [[test]])).id()
        let many = Dictionary(uniqueKeysWithValues: (0...16).map { ("k\($0)", JSONValue("v")) })
        for (labels, pointer): (JSONValue, String) in [
            (["Branch": "x"], "/labels/Branch"), (["empty": ""], "/labels/empty"),
            (.object(many), "/labels"),
        ] {
            let schedule = try await service.ask(
                "POST", "/v1/schedules", .schedule(of: test, ["labels": labels]))
            #expect(schedule.status == 422 && schedule.pointers == [pointer])
            let start = try await service.ask(
                "POST", "/v1/suites/\(suite)/start", ["labels": labels], as: .operator)
            #expect(start.status == 422 && start.pointers == [pointer])
        }
    }

    @Test func `schedules and suites that earlier versions have stored have no labels`() throws {
        let old = Data(
            """
            {"name": "Old", "description": "", "tenantId": "t", "envId": "e", "isEnabled": true,
             "cron": "0 2 * * *", "timeZone": "UTC", "loadTestId": "l", "overlap": "skip",
             "catchUp": "none", "catchUpMax": 5, "catchUpSeconds": 86400, "change": {},
             "queuesWhenBusy": false}
            """.utf8)
        let spec = try JSONDecoder().decode(ScheduleSpec.self, from: old)
        #expect(spec.labels == nil)
    }
}
