import Foundation
import History
import JSON
import SQLite
import TestSupport
import Testing

@testable import API
@testable import ControlPlane

/// Schedules and suites of which the store could not say that it has them.
struct StandingDoubtTests {
    let service: TestService
    let test: String

    init() async throws {
        service = try TestService()
        test = try await service.define()
    }

    private func runner(_ suites: any SuiteStore) -> SuiteRunner {
        let orders = StandingOrders(
            service.orchestrator, service.store, service.store, time: service.time)
        return SuiteRunner(
            suites, orders: orders, orchestrator: service.orchestrator, time: service.time,
            logger: service.services.logger
        ) { Problem($0).code }
    }

    private func suite() async throws -> Suite {
        let id = try await service.ask("POST", "/v1/suites", .suite(of: [[test], [test]])).id()
        return try #require(try await service.store.suite(SuiteID(id), in: .everything))
    }

    private func start(_ suite: Suite, _ runner: SuiteRunner) async throws(ControlPlaneError) {
        _ = try await runner.start(
            suite, as: SuiteRunID("doubt"), requester: "tenant-1/operator-1", by: "operator-1")
    }

    private func stored() async throws -> SuiteRun {
        try #require(
            try await service.store.suiteRun(SuiteRunID("doubt"), in: .everything))
    }

    @Test func `a suite run that was stored by a write that failed is carried out`() async throws {
        let runner = runner(
            OddSuites(service.store) { _ throws(ControlPlaneError) in
                throw .store(StoreFailure(.ioError, "the disk"))
            })
        await runner.look()
        await #expect(throws: ControlPlaneError.self) { try await start(try suite(), runner) }
        #expect(try await stored().state == .running)
        await runner.look()
        let run = try await stored()
        #expect(run[SuitePlace(0, 0)].state == .started)
        let stopped = try await runner.stop(run.id, in: .everything, by: "operator-1")
        #expect(stopped.state == .stopping)
        _ = try await eventually(moving: service.time) {
            await runner.look()
            return try await stored().state == .finished
        }
        #expect(try await stored().state == .finished)
    }

    @Test func `a suite run that is stopped before its start returns is not set back`() async throws
    {
        let own = Holder()
        let runner = runner(
            OddSuites(service.store) { run throws(ControlPlaneError) in
                try await own.beginAndStop(run.id)
            })
        await own.hold(runner)
        try await start(try suite(), runner)
        _ = try await eventually(moving: service.time) {
            await runner.look()
            return try await stored().state == .finished
        }
        let run = try await stored()
        #expect(run.progress.stopRequestedBy == "operator-1")
        #expect(run[SuitePlace(0, 0)].state == .started)
        #expect(run[SuitePlace(1, 0)].state == .notStarted)
    }

    @Test func `a suite run that ends while it is stopped is over`() async throws {
        let suites = OddSuites(
            service.store,
            behindRead: { run throws(ControlPlaneError) in
                var over = run
                over.end(at: run.audit.createdAt)
                over.progress.revision += 1
                try await service.store.save(over)
            })
        let run = SuiteRun(
            id: SuiteRunID("doubt"), of: try await suite(), requester: "tenant-1/operator-1",
            schedule: nil, audit: Audit(at: service.time.now, by: "operator-1")
        ) { UUID().uuidString.lowercased() }
        try await service.store.insert(run)
        let stopped = try await runner(suites).stop(run.id, in: .everything, by: "operator-1")
        #expect(stopped.state == .finished)
    }

    @Test func `a schedule that was stored by a write that failed has its ticks`() async throws {
        let id = try await service.ask("POST", "/v1/schedules", .schedule(of: test)).id()
        await service.services.scheduler.look()
        let connection = try Connection(path: service.folder.path("history.db"))
        try connection.execute(
            """
            CREATE TRIGGER no_more BEFORE UPDATE ON schedules BEGIN SELECT RAISE(ABORT, 'no'); END
            """)
        let body = JSONValue.schedule(of: test, ["cron": "30 * * * *"])
        let failed = try await service.ask("PUT", "/v1/schedules/\(id)", body)
        #expect(failed.status >= 500)
        try connection.execute("DROP TRIGGER no_more")
        // As it would be if it had failed behind its commit.
        var schedule = try #require(
            try await service.store.schedule(ScheduleID(id), in: .everything))
        schedule.spec.cron = "30 * * * *"
        schedule.version += 1
        try await service.store.update(schedule, movesMark: true)
        await service.services.scheduler.look()
        service.time.advance(by: .seconds(1801))
        await service.services.scheduler.look()
        let shown = try await service.ask("GET", "/v1/schedules/\(id)")
        #expect(shown["/lastTick"]?["outcome"] == "started", "\(shown.text)")
    }
}

private actor Holder {
    private var runner: SuiteRunner?

    func hold(_ runner: SuiteRunner) { self.runner = runner }

    func beginAndStop(_ id: SuiteRunID) async throws(ControlPlaneError) {
        await runner?.look()
        _ = try await runner?.stop(id, in: .everything, by: "operator-1")
    }
}

/// Stores of suites in which something happens behind the insert of a run, or where it is read.
private struct OddSuites: SuiteStore {
    typealias Event = @Sendable (SuiteRun) async throws(ControlPlaneError) -> Void

    private let store: HistoryStore
    private let behindInsert: Event
    private let behindRead: Event

    init(
        _ store: HistoryStore, behindInsert: @escaping Event = { _ in },
        behindRead: @escaping Event = { _ in }
    ) {
        self.store = store
        self.behindInsert = behindInsert
        self.behindRead = behindRead
    }

    func insert(_ run: SuiteRun) async throws(ControlPlaneError) {
        try await store.insert(run)
        try await behindInsert(run)
    }

    func insert(_ suite: Suite) async throws(ControlPlaneError) { try await store.insert(suite) }

    func suite(_ id: SuiteID, in scope: Scope) async throws(ControlPlaneError) -> Suite? {
        try await store.suite(id, in: scope)
    }

    func suites(_ query: SuiteQuery) async throws(ControlPlaneError) -> Page<Suite> {
        try await store.suites(query)
    }

    func update(_ suite: Suite) async throws(ControlPlaneError) { try await store.update(suite) }

    func delete(_ id: SuiteID, version: Int?, in scope: Scope) async throws(ControlPlaneError) {
        try await store.delete(id, version: version, in: scope)
    }

    func suiteRun(_ id: SuiteRunID, in scope: Scope) async throws(ControlPlaneError) -> SuiteRun? {
        let run = try await store.suiteRun(id, in: scope)
        if let run { try await behindRead(run) }
        return run
    }

    func suiteRuns(_ query: SuiteRunQuery) async throws(ControlPlaneError) -> Page<SuiteRun> {
        try await store.suiteRuns(query)
    }

    func save(_ run: SuiteRun) async throws(ControlPlaneError) { try await store.save(run) }

    func liveSuiteRuns() async throws(ControlPlaneError) -> [SuiteRun] {
        try await store.liveSuiteRuns()
    }

    func outcomes(of runs: [RunID]) async throws(ControlPlaneError) -> [RunID: RunOutcome] {
        try await store.outcomes(of: runs)
    }

    func lastRuns(of suites: [SuiteID]) async throws(ControlPlaneError) -> [SuiteID: SuiteRun] {
        try await store.lastRuns(of: suites)
    }
}
