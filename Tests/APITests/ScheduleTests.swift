import ControlPlane
import Foundation
import JSON
import TestSupport
import Testing

@testable import API

struct ScheduleTests {
    let service: TestService
    let test: String

    init() async throws {
        service = try TestService()
        test = try await service.define()
    }

    private func create(_ changes: [String: JSONValue?] = [:]) async throws -> Answer {
        try await service.ask("POST", "/v1/schedules", .schedule(of: test, changes))
    }

    private func ticks(of id: String) async throws -> [JSONValue] {
        try await service.ask("GET", "/v1/schedules/\(id)/ticks", as: .viewer)["/items"]?.items
            ?? []
    }

    /// Moves the clock to this many seconds before the schedule's next tick.
    private func wait(for id: String, _ early: Double = -1) async throws {
        let next = try #require(
            try await service.ask("GET", "/v1/schedules/\(id)")["/nextTimes/0"]?.text)
        let left = try #require(Timestamp.parse(next)).timeIntervalSince(service.time.now)
        service.time.advance(by: .seconds(left - early))
    }

    @Test func `a schedule shows its next five times`() async throws {
        let answer = try await create(["cron": " 0  2 * * mon-FRI "])
        #expect(answer.status == 201)
        #expect(answer["/cron"] == "0 2 * * mon-FRI")
        #expect(answer["/timeZone"] == "Europe/Berlin")
        // The clock of the tests stands at 2027-01-15T08:00Z, a Friday.
        #expect(
            answer["/nextTimes"] == [
                "2027-01-18T01:00:00.000Z", "2027-01-19T01:00:00.000Z", "2027-01-20T01:00:00.000Z",
                "2027-01-21T01:00:00.000Z", "2027-01-22T01:00:00.000Z",
            ])
        #expect(answer["/run"]?["whenBusy"] == "refuse")
        let read = try await service.ask("GET", "/v1/schedules/\(try answer.id())", as: .viewer)
        #expect(read.json == answer.json)
    }

    @Test(
        arguments: [
            (["cron": "0 25 * * *"], "/cron"), (["timeZone": "Mars/Olympus"], "/timeZone"),
            (["cron": nil], "/cron"), (["at": "2027-02-01T00:00:00Z"], "/at"),
            (["cron": nil, "at": "2027-02-01T00:00:00Z"], "/timeZone"),
            (["cron": nil, "timeZone": nil, "at": "2026-02-01T00:00:00Z"], "/at"),
            (["endsAt": "2027-01-15T09:00:00Z"], "/endsAt"),
            (["startsAt": "2027-03-01T00:00:00Z", "endsAt": "2027-03-01T00:00:00Z"], "/endsAt"),
            (["loadTestId": nil], "/loadTestId"), (["loadTestId": "none"], "/loadTestId"),
            (["loadTestId": nil, "suiteId": "none"], "/suiteId"), (["suiteId": "none"], "/suiteId"),
            (["catchUpMax": 3], "/catchUpMax"),
            (["run": ["queueTimeoutSeconds": 5]], "/run/queueTimeoutSeconds"),
            (["run": ["targetUsers": 5001]], "/run/targetUsers"), (["envId": "prod"], "/envId"),
            (["envId": "staging"], "/loadTestId"), (["run": ["users": 1]], "/run/users"),
        ] as [([String: JSONValue?], String)])
    func `a mistake is told with its field`(changes: [String: JSONValue?], pointer: String)
        async throws
    {
        let answer = try await create(changes)
        #expect(answer.status == 422, "\(answer.text)")
        #expect(answer["/errors/0/pointer"] == .string(pointer), "\(answer.text)")
    }

    @Test func `a mistake in the expression has its place`() async throws {
        let answer = try await create(["cron": "*/15 * * FOO *"])
        #expect(
            answer["/errors/0/message"]?.text?.hasPrefix("is wrong at character 10: a month is")
                == true, "\(answer.text)")
    }

    @Test func `times are previewed`() async throws {
        let query = "cron=30%202%20*%20*%20*&timeZone=Europe/Berlin&from=2027-03-27T12:00:00Z"
        let answer = try await service.ask(
            "GET", "/v1/schedules/preview?\(query)&count=2", as: .viewer)
        #expect(
            answer["/nextTimes"] == ["2027-03-28T01:00:00.000Z", "2027-03-29T00:30:00.000Z"])
        let wrong = try await service.ask("GET", "/v1/schedules/preview?cron=1", as: .viewer)
        #expect(wrong.status == 400)
        #expect(wrong["/errors/0/pointer"] == "?cron")
    }

    @Test func `a tick starts a run for the schedule, as itself`() async throws {
        let id = try await create(["run": ["targetUsers": 7]]).id()
        await service.services.scheduler.look()
        try await wait(for: id)
        await service.services.scheduler.look()
        let tick = try #require(try await ticks(of: id).first)
        #expect(tick["outcome"] == "started")
        let run = try await service.ask("GET", "/v1/runs/\(tick["runId"]?.text ?? "")")
        #expect(run["/scheduleId"] == .string(id))
        #expect(run["/createdBy"] == .string("schedule:\(id)"))
        #expect(run["/targetUsers"] == 7)
        #expect(run["/loadTestId"] == .string(test))
        let audit = try await service.ask("GET", "/v1/audit?action=run.start", as: .admin)
        #expect(audit["/items/0/by"] == .string("schedule:\(id)"), "\(audit.text)")
    }

    @Test func `a new process starts what a dead one has noted, once`() async throws {
        let id = try await create().id()
        try await wait(for: id)
        let stored = try #require(
            try await service.store.schedule(ScheduleID(id), in: .everything))
        let due = try #require(stored.spec.timing?.next(after: stored.mark))
        // Noted, and killed.
        let tick = ScheduleTick(
            schedule: stored.id, time: due, id: "run-of-tick", outcome: .starting,
            decidedAt: service.time.now)
        let noted = try await service.store.note([tick], of: stored.id, version: 1, mark: due)
        #expect(noted == [tick])
        service.die()
        for _ in 0..<2 {
            let next = try TestService(after: service)
            await next.services.scheduler.look()
            await next.services.scheduler.look()
            next.die()
        }
        let runs = try await service.ask("GET", "/v1/runs", as: .viewer)
        #expect(runs.ids == ["run-of-tick"])
        #expect(try await ticks(of: id).map { $0["runId"] } == ["run-of-tick"])
    }

    @Test func `a freeze, a limit or a full cluster refuses a tick as it refuses a caller`()
        async throws
    {
        let id = try await create().id()
        try await wait(for: id)
        for _ in 0..<2 { _ = try await service.startRun() }
        await service.services.scheduler.look()
        let tick = try #require(try await ticks(of: id).first)
        #expect(tick["outcome"] == "refused")
        #expect(["clusterBusy", "limitReached"].contains(tick["code"]?.text))
        let stop: JSONValue = ["scope": "tenant", "tenantId": "tenant-1", "reason": "fire"]
        try await service.ask("POST", "/v1/emergency-stop", stop, as: .admin)
        try await wait(for: id)
        await service.services.scheduler.look()
        #expect(try await ticks(of: id).first?["code"] == "emergencyStop")
    }

    @Test func `a schedule of a deleted load test is disabled, and says why`() async throws {
        let id = try await create().id()
        try await service.ask("DELETE", "/v1/load-tests/\(test)")
        try await wait(for: id)
        await service.services.scheduler.look()
        let schedule = try await service.ask("GET", "/v1/schedules/\(id)")
        #expect(schedule["/enabled"] == false)
        #expect(schedule["/disabledReason"] == .string("there is no load test \(test)"))
        #expect(schedule["/nextTimes"] == [])
    }

    @Test func `a load test that was moved to another environment is not started`() async throws {
        let id = try await create().id()
        try await service.ask(
            "PUT", "/v1/load-tests/\(test)", .loadTest(["envId": "staging"]))
        try await wait(for: id)
        await service.services.scheduler.look()
        #expect(try await ticks(of: id).first?["code"] == "notFound")
    }

    @Test func `a change takes a version, and an enabled schedule makes up for nothing`()
        async throws
    {
        let id = try await create(["catchUp": "last"]).id()
        let off = try await service.ask(
            "PUT", "/v1/schedules/\(id)", .schedule(of: test, ["enabled": false]),
            headers: ["If-Match": "\"1\""])
        #expect(off.status == 200)
        #expect(off["/nextTimes"] == [])
        #expect(
            try await service.ask(
                "PUT", "/v1/schedules/\(id)", .schedule(of: test), headers: ["If-Match": "\"1\""]
            ).status == 412)
        service.time.advance(by: .seconds(3 * 86_400))
        await service.services.scheduler.look()
        try await service.ask(
            "PUT", "/v1/schedules/\(id)", .schedule(of: test, ["catchUp": "last"]))
        await service.services.scheduler.look()
        #expect(try await ticks(of: id) == [])
        try await wait(for: id)
        await service.services.scheduler.look()
        #expect(try await ticks(of: id).count == 1)
        try await service.ask("DELETE", "/v1/schedules/\(id)")
        #expect(try await service.ask("GET", "/v1/schedules/\(id)").status == 404)
        #expect(try await service.ask("GET", "/v1/runs").ids.count == 1)
    }

    @Test func `a change of the name loses no tick that is just due`() async throws {
        let id = try await create().id()
        await service.services.scheduler.look()
        try await wait(for: id)
        try await service.ask(
            "PUT", "/v1/schedules/\(id)", .schedule(of: test, ["name": "Early"]))
        // The first look finds the change, the second what is due.
        await service.services.scheduler.look()
        await service.services.scheduler.look()
        #expect(try await ticks(of: id).map { $0["outcome"] } == ["started"])
    }

    @Test func `a single time is met once`() async throws {
        let at = Timestamp.format(service.time.now.addingTimeInterval(90))
        let id = try await create(
            ["cron": nil, "timeZone": nil, "at": .string(at), "endsAt": nil]
        ).id()
        for _ in 0..<4 {
            service.time.advance(by: .seconds(50))
            await service.services.scheduler.look()
        }
        #expect(try await ticks(of: id).map { $0["time"]?.text } == [at])
        #expect(try await service.ask("GET", "/v1/schedules/\(id)")["/nextTimes"] == [])
    }

    @Test func `who may see one environment sees no schedule of another`() async throws {
        let id = try await create().id()
        let other = Caller("of-staging", .editor, .environments(["staging"], of: "tenant-1"))
        service.services.authenticator.replace([(other.token, other.principal)])
        #expect(try await service.ask("GET", "/v1/schedules", as: other).ids == [])
        #expect(try await service.ask("GET", "/v1/schedules/\(id)/ticks", as: other).status == 404)
        let mine = try await service.ask(
            "POST", "/v1/schedules", .schedule(of: test, ["envId": "staging"]), as: other)
        #expect(mine["/errors/0/pointer"] == "/loadTestId")
    }

    @Test func `the trail tells how runs of a schedule were changed`() async throws {
        let id = try await create(["run": ["spawnRate": 1]]).id()
        try await service.ask(
            "PUT", "/v1/schedules/\(id)",
            .schedule(
                of: test,
                [
                    "run": ["spawnRate": 50, "whenBusy": "queue"], "description": "more",
                    "labels": ["branch": "main"],
                ]))
        let record = try await service.ask("GET", "/v1/audit?action=schedule.replace", as: .admin)
        #expect(record["/items/0/before"]?["spawnRate"]?.number == 1, "\(record.text)")
        let after = record["/items/0/after"]
        #expect(after?["spawnRate"]?.number == 50)
        #expect(after?["whenBusy"] == "queue")
        #expect(after?["description"] == "more")
        #expect(after?["labels"] == ["branch": "main"])
    }

    @Test func `a list of schedules shows what came of each last`() async throws {
        let (first, second) = (
            try await create(["cron": "0 * * * *"]).id(), try await create().id()
        )
        try await wait(for: first)
        await service.services.scheduler.look()
        let list = try await service.ask("GET", "/v1/schedules", as: .viewer)
        let last = try await ticks(of: first).first
        #expect(last?["outcome"] == "started")
        for item in list["/items"]?.items ?? [] {
            #expect(item["lastTick"] == (item["id"] == .string(second) ? .null : last))
        }
        let read = try await service.ask("GET", "/v1/schedules/\(first)", as: .viewer)
        #expect(read["/lastTick"] == last)
    }

    @Test func `a repeated request makes one schedule`() async throws {
        var answers: [Answer] = []
        for _ in 0..<2 {
            answers.append(
                try await service.ask(
                    "POST", "/v1/schedules", .schedule(of: test),
                    headers: ["Idempotency-Key": "one"]))
        }
        #expect(answers[0].json == answers[1].json)
        #expect(try await service.ask("GET", "/v1/schedules").ids.count == 1)
    }
}
