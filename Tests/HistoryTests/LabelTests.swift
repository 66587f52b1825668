import Foundation
import SQLite
import Testing

@testable import ControlPlane
@testable import History

struct LabelTests {
    private let home: StoreFolder
    private var store: HistoryStore { home.store }

    init() throws { home = try StoreFolder() }

    private func insert(
        _ id: String, _ labels: [String: String]?, at hour: Int = 0, tenant: String = "tenant-1"
    ) async throws {
        let created = epoch + Double(hour) * 3600
        let sample = Run.sample(
            id, .finished, tenant: tenant, loadTest: "t", created: created, ended: created)
        var plan = sample.plan
        plan.labels = labels
        try await store.insert(
            Run(
                restoring: sample.id, loadTestID: sample.loadTestID, spec: sample.spec, plan: plan,
                clusterID: sample.clusterID, audit: sample.audit, progress: sample.progress),
            liveRunsMax: nil)
    }

    private func ids(_ change: (inout RunQuery) -> Void) async throws -> [String] {
        var query = RunQuery(scope: .everything)
        change(&query)
        return try await store.runs(query).items.map(\.run.id.text)
    }

    @Test func `runs are found by all of the labels asked for`() async throws {
        try await insert("a", ["branch": "main", "os": "linux"], at: 1)
        try await insert("b", ["branch": "main"], at: 2)
        try await insert("c", ["branch": "it's \"next\""], at: 3)
        try await insert("d", nil, at: 4)
        #expect(try await ids { $0.labels = ["branch": "main"] } == ["b", "a"])
        #expect(try await ids { $0.labels = ["branch": "main", "os": "linux"] } == ["a"])
        #expect(try await ids { $0.labels = ["branch": "it's \"next\""] } == ["c"])
        #expect(try await ids { $0.labels = ["os": "main"] } == [])
        let kept = try await store.run(RunID("a"), in: .everything)?.run
        #expect(kept?.labels == ["branch": "main", "os": "linux"])
        #expect(try await store.run(RunID("d"), in: .everything)?.run.labels == [:])
    }

    @Test func `earlier runs are those asked for before, whatever their ids`() async throws {
        for (id, hour) in [("z", 1), ("m", 2), ("a", 3), ("b", 3)] {
            try await insert(id, nil, at: hour)
        }
        let place = RunPlace(createdAt: epoch + 3 * 3600, id: RunID("b"))
        #expect(try await ids { $0.earlierThan = place } == ["a", "m", "z"])
        #expect(
            try await ids {
                $0.earlierThan = place
                $0.sort = .init(field: .createdAt, isDescending: false)
            } == ["z", "m", "a"])
    }

    @Test func `a run takes its labels with it, and a pinned one is kept`() async throws {
        for number in 0..<6 { try await insert("r\(number)", ["branch": "main"], at: number) }
        var test = LoadTest.sample("t")
        test.spec.baseline = BaselineRule(.pinned(RunID("r1")))
        try await store.insert(test)
        #expect(try await store.loadTest(test.id, in: .everything)?.spec == test.spec)
        #expect(try await store.enforce(.init(maxRuns: 2), at: epoch) == 3)
        #expect(try await ids { $0.labels = ["branch": "main"] } == ["r5", "r4", "r1"])
        test.spec.baseline = BaselineRule(.median(runs: 4), labels: ["os": "x"], sameLabels: ["b"])
        test.version += 1
        try await store.update(test)
        #expect(try await store.loadTest(test.id, in: .everything)?.spec == test.spec)
        #expect(try await store.enforce(.init(maxRuns: 2), at: epoch) == 1)
        let left = try Connection(path: home.path, readOnly: true).query(
            "SELECT DISTINCT run_id FROM run_labels ORDER BY 1"
        ) { try $0.text(0) }
        #expect(left == ["r4", "r5"])
    }

    @Test func `a verdict comes back with its baseline and its intervals`() async throws {
        let run = Run.sample("r", .finished, loadTest: "t", ended: epoch)
        let result = ThresholdResult(
            outcome: .passed, actual: -2.5, actualFrom: -8, actualTo: 3, reason: "r", from: 6,
            seconds: nil, brokenAt: nil, brokenSeconds: nil, isCertain: false)
        var progress = run.progress
        progress.verdict = Verdict(
            .inconclusive, "x", MeasurementVerdict(), [result],
            baseline: JudgedBaseline(.none("there is none")), lacksOnlyBaseline: true)
        let judged = Run(
            restoring: run.id, loadTestID: run.loadTestID, spec: run.spec, plan: run.plan,
            clusterID: run.clusterID, audit: run.audit, progress: progress)
        try await store.insert(judged, liveRunsMax: nil)
        #expect(try await store.run(run.id, in: .everything)?.run == judged)
    }
}
