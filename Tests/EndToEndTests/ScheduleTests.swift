import ControlPlane
import Foundation
import JSON
import TestSupport
import Testing

/// Schedules and suites, by the whole program.
@Suite(.timeLimit(.minutes(10)))
struct ScheduleTests {
    @Test(arguments: [CrashPoint.tickClaimed, .accepted, .tickStarted])
    func `a tick starts one run, wherever the service is killed`(point: CrashPoint) async throws {
        try await withNativeScene { scene in
            let test = try await scene.define(seconds: 2, judgedBy: #"["p95 < 60s"]"#)
            scene.service.crash()
            try scene.service.launch(dyingAt: point.rawValue)
            try await scene.service.waitUntilListening()
            let schedule = try await scene.schedule(test, in: 2)
            let program = scene.service.program
            #expect(await eventually { !program.isRunning })
            for _ in 0..<2 {
                try await scene.service.restart()
                let ticks = try await scene.ticks(of: schedule)
                #expect(ticks.map { $0["outcome"]?.text } == ["started"], "\(ticks)")
                let runs = try await scene.service.client().get("/v1/runs")["items"]?.items
                #expect(runs?.map { $0["scheduleId"]?.text } == [schedule])
                #expect(runs?.first?["id"] == ticks.first?["runId"])
                scene.service.crash()
            }
        }
    }

    @Test func `a suite of two runs, one of which fails, has failed`() async throws {
        try await withNativeScene { scene in
            let suite = try await scene.suite([
                try await scene.define(seconds: 3, judgedBy: #"["p95 < 60s"]"#),
                try await scene.define(seconds: 3, judgedBy: #"["count < 1"]"#),
            ])
            let started = try await scene.service.client().post(
                "/v1/suites/\(suite)/start", json: .object([:]))
            #expect(started.status == 202)
            let over = try await scene.overSuite(started["id"]?.text ?? "")
            let runs = over["steps"]?.items?.compactMap { $0["runs"]?.items?.first } ?? []
            #expect(runs.map { $0["state"]?.text } == ["Finished", "Finished"])
            // A machine that is too busy to make load says so instead.
            let isProof = runs.last?["verdict"]?.text != "inconclusive"
            #expect(over["verdict"]?.text == (isProof ? "failed" : "inconclusive"), "\(over)")
        }
    }

    @Test(arguments: [CrashPoint.suiteStored, .suiteStepStarted])
    func `a suite goes on where the service was killed, with each run once`(point: CrashPoint)
        async throws
    {
        try await withNativeScene { scene in
            let test = try await scene.define(seconds: 2, judgedBy: #"["count < 1"]"#)
            let suite = try await scene.suite([test, test], onFailure: "continue")
            scene.service.crash()
            try scene.service.launch(dyingAt: point.rawValue)
            try await scene.service.waitUntilListening()
            // Its answer is lost with the service, or comes before.
            _ = try? await scene.service.client().post(
                "/v1/suites/\(suite)/start", json: .object([:]))
            let program = scene.service.program
            #expect(await eventually { !program.isRunning })
            try await scene.service.restart()
            let runs = try await scene.service.client().get("/v1/suiteruns")["items"]?.items
            #expect(runs?.count == 1)
            let over = try await scene.overSuite(runs?.first?["id"]?.text ?? "")
            let items = over["steps"]?.items?.compactMap { $0["runs"]?.items?.first } ?? []
            #expect(items.map { $0["outcome"]?.text } == ["started", "started"], "\(over)")
            let stored = try await scene.service.client().get("/v1/runs")["items"]?.items
            #expect(
                Set(stored?.compactMap { $0["id"] } ?? []) == Set(items.compactMap { $0["runId"] }))
            #expect(stored?.count == 2)
        }
    }
}

extension NativeScene {
    fileprivate func define(seconds: Double, judgedBy thresholds: String) async throws -> String {
        var body: [String: JSONValue] = [
            "name": .string("Scheduled"), "tenantId": .string("red"), "envId": .string("dev"),
            "targetUrl": .string(target.url), "defaultUsers": .int(2),
            "defaultDurationSeconds": .double(seconds),
        ]
        body["thresholds"] = JSONValue(thresholds)
        return try await create("/v1/load-tests", body)
    }

    /// A schedule with one tick, in so many seconds.
    fileprivate func schedule(_ test: String, in seconds: Double) async throws -> String {
        try await create(
            "/v1/schedules",
            [
                "name": .string("Once"), "tenantId": .string("red"), "envId": .string("dev"),
                "loadTestId": .string(test), "catchUp": .string("last"),
                "at": .string(Timestamp.format(Date().addingTimeInterval(seconds))),
            ])
    }

    fileprivate func suite(_ tests: [String], onFailure: String = "stop") async throws -> String {
        let steps = tests.map { test in
            JSONValue.object([
                "tests": .array([.object(["loadTestId": .string(test)])])
            ])
        }
        return try await create(
            "/v1/suites",
            [
                "name": .string("Two"), "tenantId": .string("red"), "envId": .string("dev"),
                "onFailure": .string(onFailure), "steps": .array(steps),
            ])
    }

    private func create(_ path: String, _ body: [String: JSONValue]) async throws -> String {
        let answer = try await service.client().post(path, json: .object(body))
        guard answer.status == 201, let id = answer["id"]?.text else {
            throw HarnessError("not created: \(answer.body)\n\(service.log)")
        }
        return id
    }

    /// The ticks of a schedule, once nothing more comes of them.
    fileprivate func ticks(of schedule: String) async throws -> [JSONValue] {
        var ticks: [JSONValue] = []
        _ = try await eventually {
            ticks =
                try await service.client().get("/v1/schedules/\(schedule)/ticks")["items"]?.items
                ?? []
            return !ticks.isEmpty && !ticks.contains { $0["outcome"]?.text == "starting" }
        }
        return ticks
    }

    fileprivate func overSuite(_ id: String) async throws -> JSONValue {
        var last = JSONValue.null
        let isOver = try await eventually {
            last = try await service.client().get("/v1/suiteruns/\(id)").body
            return last["state"]?.text == "Finished"
        }
        guard isOver else { throw HarnessError("the suite stays \(last)\n\(service.log)") }
        return last
    }
}
