import Foundation
import Logging
import TestSupport
import Testing

@testable import ControlPlane
@testable import History

struct ScheduleStoreTests {
    private let folder: TemporaryFolder
    private let store: HistoryStore
    private let now = Date(timeIntervalSince1970: 1_800_000_000)

    init() throws {
        folder = try TemporaryFolder()
        store = try HistoryStore(path: folder.path("history.db"), logger: .quiet)
    }

    private func schedule(_ id: String = "s", tenant: String = "tenant-1") -> Schedule {
        var spec = ScheduleSpec(name: "Nightly", tenantId: tenant, envId: "dev")
        (spec.cron, spec.timeZone, spec.loadTestId) = ("0 * * * *", "UTC", "t")
        return Schedule(
            id: ScheduleID(id), spec: spec, version: 1, audit: Audit(at: now, by: "editor"),
            requester: "tenant-1/editor", mark: now)
    }

    private func tick(
        _ hours: Int, _ id: String, _ outcome: ScheduleTick.Outcome = .starting
    ) -> ScheduleTick {
        ScheduleTick(
            schedule: ScheduleID("s"), time: now.addingTimeInterval(Double(hours) * 3600), id: id,
            outcome: outcome, decidedAt: now)
    }

    private func ticks() async throws -> [ScheduleTick] {
        try await store.ticks(TickQuery(schedule: ScheduleID("s"))).items
    }

    @Test func `a schedule is kept as it is`() async throws {
        try await store.insert(schedule())
        let id = ScheduleID("s")
        #expect(try await store.schedule(id, in: .tenant("tenant-1")) == schedule())
        #expect(try await store.schedule(id, in: .tenant("tenant-2")) == nil)
        #expect(try await store.enabledSchedules() == [schedule()])
        #expect(try await store.schedules(ScheduleQuery(scope: .everything)).items == [schedule()])
    }

    @Test func `a tick is noted once, whoever notes it`() async throws {
        try await store.insert(schedule())
        let id = ScheduleID("s")
        let mark = now.addingTimeInterval(7200)
        let first = try await store.note(
            [tick(1, "a"), tick(2, "b")], of: id, version: 1, mark: mark)
        #expect(first?.map(\.id) == ["a", "b"])
        let again = try await store.note(
            [tick(2, "c"), tick(3, "d")], of: id, version: 1, mark: mark)
        #expect(again?.map(\.id) == ["d"])
        #expect(try await ticks().map(\.id) == ["d", "b", "a"])
        #expect(try await store.openTicks(of: nil).map(\.id) == ["a", "b", "d"])
        #expect(try await store.schedule(id, in: .everything)?.mark == mark)
    }

    @Test func `one that was missed may start after all, and one that has started may not`()
        async throws
    {
        try await store.insert(schedule())
        let id = ScheduleID("s")
        _ = try await store.note([tick(1, "a", .missed)], of: id, version: 1, mark: now)
        #expect(
            try await store.note([tick(1, "b", .missed)], of: id, version: 1, mark: now)?.count == 0
        )
        #expect(
            try await store.note([tick(1, "c")], of: id, version: 1, mark: now)?.count == 1)
        var started = tick(1, "c")
        started.outcome = .started
        try await store.settle(started)
        #expect(
            try await store.note([tick(1, "d")], of: id, version: 1, mark: now)?.count == 0)
        #expect(try await ticks() == [started])
    }

    @Test func `nothing is noted of a schedule that was changed, disabled or deleted`() async throws
    {
        try await store.insert(schedule())
        let id = ScheduleID("s")
        var changed = schedule()
        changed.version = 2
        changed.mark = now.addingTimeInterval(5)
        try await store.update(changed, movesMark: false)
        #expect(try await store.schedule(id, in: .everything)?.mark == now)
        #expect(try await store.note([tick(1, "a")], of: id, version: 1, mark: now) == nil)
        try await store.disable(id, version: 1, because: "old", at: now)
        #expect(try await store.enabledSchedules().count == 1)
        try await store.disable(id, version: 2, because: "gone", at: now)
        #expect(try await store.note([tick(1, "a")], of: id, version: 3, mark: now) == nil)
        #expect(try await store.schedule(id, in: .everything)?.disabledBecause == "gone")
        #expect(try await ticks() == [])
        try await store.delete(id, version: 3, in: .everything)
        #expect(try await store.note([tick(1, "a")], of: id, version: 3, mark: now) == nil)
    }

    @Test func `a change of an older version is refused`() async throws {
        try await store.insert(schedule())
        let id = ScheduleID("s")
        await #expect(throws: ControlPlaneError.versionConflict(current: 1)) {
            try await store.update(schedule(), movesMark: true)
        }
        await #expect(throws: ControlPlaneError.versionConflict(current: 1)) {
            try await store.delete(id, version: 7, in: .everything)
        }
        await #expect(throws: ControlPlaneError.unknownSchedule(id)) {
            try await store.delete(id, version: nil, in: .tenant("tenant-2"))
        }
    }

    @Test func `open ticks and the last one are found of one schedule`() async throws {
        try await store.insert(schedule())
        try await store.insert(schedule("other"))
        _ = try await store.note(
            [tick(1, "a"), tick(2, "b"), tick(3, "c", .skipped)], of: ScheduleID("s"), version: 1,
            mark: now)
        #expect(try await store.openTicks(of: ScheduleID("s")).map(\.id) == ["a", "b"])
        #expect(try await store.openTicks(of: ScheduleID("other")) == [])
        let last = try await store.lastTicks(of: [ScheduleID("s"), ScheduleID("other")])
        #expect(last == [ScheduleID("s"): tick(3, "c", .skipped)])
    }

    @Test func `a tenant has so many schedules`() async throws {
        for number in 0..<Schedule.countMax { try await store.insert(schedule("s\(number)")) }
        await #expect(throws: ControlPlaneError.tooManySchedules(max: Schedule.countMax)) {
            try await store.insert(schedule("more"))
        }
        try await store.insert(schedule("other", tenant: "tenant-2"))
    }

    @Test func `what is not over is found until it is`() async throws {
        try await store.insert(schedule())
        let id = ScheduleID("s")
        let suite = Suite(
            id: SuiteID("suite"),
            spec: SuiteSpec(
                name: "Two", tenantId: "tenant-1", envId: "dev",
                steps: [.init(name: nil, tests: [.init(loadTestId: "t", change: PlanChange())])]),
            version: 1, audit: Audit(at: now, by: "editor"))
        var run = SuiteRun(
            id: SuiteRunID("a"), of: suite, requester: "r", schedule: id,
            labels: ["branch": "main"], audit: Audit(at: now, by: "schedule:s")
        ) { "run" }
        _ = try await store.note([tick(1, "a")], of: id, version: 1, mark: now)
        #expect(try await store.isStarted("a") == false)
        try await store.insert(run)
        #expect(try await store.isStarted("a"))
        #expect(try await store.unfinished(of: id) == [])
        var started = tick(1, "a")
        started.outcome = .started
        try await store.settle(started)
        #expect(try await store.unfinished(of: id) == ["a"])
        #expect(try await store.liveSuiteRuns() == [run])
        run.progress.revision += 1
        run.end(at: now)
        try await store.save(run)
        #expect(try await store.unfinished(of: id) == [])
        #expect(try await store.liveSuiteRuns() == [])
        #expect(try await store.lastRuns(of: [suite.id]) == [suite.id: run])
        #expect(run.labels == ["branch": "main"])
        // A save that comes late changes nothing.
        var late = run
        late.progress.verdict = .passed
        try await store.save(late)
        #expect(try await store.suiteRun(run.id, in: .tenant("tenant-1")) == run)
        #expect(try await store.suiteRun(run.id, in: .tenant("tenant-2")) == nil)
    }

    @Test func `the oldest of very many ticks are forgotten, and where is known`() async throws {
        try await store.insert(schedule())
        let id = ScheduleID("s")
        let many = (1...ScheduleTick.keptMax + 5).map { tick($0, "tick-\($0)", .skipped) }
        _ = try await store.note(many, of: id, version: 1, mark: now)
        try await store.forgetOldTicks()
        let forgotten = try await store.schedule(id, in: .everything)?.forgottenThrough
        #expect(forgotten == now.addingTimeInterval(5 * 3600))
        var query = TickQuery(schedule: id, page: PageRequest(limit: 1))
        query.outcomes = [.skipped]
        #expect(try await store.ticks(query).items.first?.id == "tick-\(ScheduleTick.keptMax + 5)")
        // Of a few ticks none is.
        try await store.insert(schedule("few"))
        try await store.forgetOldTicks()
        #expect(
            try await store.schedule(ScheduleID("few"), in: .everything)?.forgottenThrough == nil)
    }
}
