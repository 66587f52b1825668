import Foundation
import TestSupport
import Testing

@testable import ControlPlane
@testable import History

struct SuiteRunStoreTests {
    private let folder: TemporaryFolder
    private let store: HistoryStore
    private let now = Date(timeIntervalSince1970: 1_800_000_000)

    init() throws {
        folder = try TemporaryFolder()
        store = try HistoryStore(path: folder.path("history.db"), logger: .quiet)
    }

    /// - Parameter hours: how long ago it ended; nil for one that is not over.
    private func insert(_ id: String, endedBefore hours: Double?) async throws {
        let suite = Suite(
            id: SuiteID("suite-\(id)"),
            spec: SuiteSpec(
                name: "One", tenantId: "tenant-1", envId: "dev",
                steps: [.init(name: nil, tests: [.init(loadTestId: "t", change: PlanChange())])]),
            version: 1, audit: Audit(at: now, by: "editor"))
        var run = SuiteRun(
            id: SuiteRunID(id), of: suite, requester: "r", schedule: nil,
            audit: Audit(at: now, by: "editor")
        ) { "run" }
        try await store.insert(run)
        guard let hours else { return }
        run.progress.revision += 1
        run.end(at: now.addingTimeInterval(-hours * 3600))
        try await store.save(run)
    }

    private func left() async throws -> Set<String> {
        let query = SuiteRunQuery(scope: .everything, page: PageRequest(limit: 100))
        return Set(try await store.suiteRuns(query).items.map(\.id.text))
    }

    @Test func `runs of suites that are over are kept as long as other runs, live ones always`()
        async throws
    {
        try await insert("live", endedBefore: nil)
        for number in 0..<25 { try await insert("r\(number)", endedBefore: Double(number)) }
        _ = try await store.enforce(.init(), at: now)
        #expect(try await left().count == 26)
        let deleted = try await store.enforce(.init(maxAge: .seconds(2 * 3600)), at: now)
        #expect(deleted == 0)
        #expect(try await left() == ["live", "r0", "r1", "r2"])
        _ = try await store.enforce(.init(maxRuns: 1), at: now)
        #expect(try await left() == ["live", "r0"])
    }

    @Test func `what a suite has to know of its runs is found`() async throws {
        try await store.insert(.sample("live", .running), liveRunsMax: nil)
        let ended = Run.sample("over", .failed, created: epoch, started: epoch, ended: epoch + 60)
        try await store.insert(ended, liveRunsMax: nil)
        let found = try await store.outcomes(
            of: [RunID("live"), RunID("over"), RunID("none")])
        var outcome = RunOutcome(name: ended.spec.name, state: .failed)
        outcome.endDetail = "it's over"
        #expect(
            found == [
                RunID("live"): RunOutcome(name: ended.spec.name, state: .running),
                RunID("over"): outcome,
            ])
    }
}
