import Foundation
import TestSupport
import Testing
import Thresholds

@testable import ControlPlane
@testable import History
@testable import SQLite

struct VerdictStoreTests {
    private let home: StoreFolder

    init() throws { home = try StoreFolder() }

    private func run(_ id: String, _ state: RunState, revision: Int, verdict: Verdict? = nil)
        throws -> Run
    {
        let sample = Run.sample(id, state, started: epoch, ended: epoch, revision: revision)
        var progress = sample.progress
        progress.verdict = verdict
        return Run(
            restoring: sample.id, loadTestID: nil, spec: sample.spec,
            plan: RunPlan(
                targetUsers: 1, spawnRate: 1, durationSeconds: 60,
                thresholds: [try Dialects.read("p95 of \"a\\\"b\" < 300ms for 30s")]),
            clusterID: sample.clusterID, audit: sample.audit, progress: progress)
    }

    private func verdict(_ result: Verdict.Result) -> Verdict {
        Verdict(result, "because", MeasurementVerdict(isClean: true, seconds: 60), [])
    }

    @Test func `a verdict is stored with the end, listed by it, and told in the timeline`()
        async throws
    {
        for (id, result) in [("a", Verdict.Result.passed), ("b", .failed), ("c", .inconclusive)] {
            try await home.store.insert(run(id, .running, revision: 1), liveRunsMax: nil)
            try await home.store.save(
                run(id, .finished, revision: 2, verdict: verdict(result)))
            let record = try #require(try await home.store.run(RunID(id), in: .everything))
            #expect(record.run.verdict == verdict(result))
            #expect(record.run.plan == (try run(id, .running, revision: 1)).plan)
            let last = try await home.store.timeline(of: RunID(id), .init(limit: 100)).items.last
            #expect(last?.kind == .verdict && last?.detail == "\(result.rawValue): because")
        }
        try await home.store.insert(run("d", .running, revision: 1), liveRunsMax: nil)
        var query = RunQuery(scope: .everything)
        #expect(try await home.store.runs(query).items.count == 4)
        query.verdicts = [.failed, .inconclusive]
        #expect(try await home.store.runs(query).items.map(\.run.id.text) == ["c", "b"])
    }

    @Test func `what a generator tells of each second is kept, in order`() async throws {
        try await home.store.insert(run("a", .running, revision: 1), liveRunsMax: nil)
        for second in [2, 1, 3] {
            var interval = GeneratorInterval()
            (interval.dropped, interval.loopLagMaxMs) = (second, 0.5)
            try await home.store.append(
                Observation(
                    key: .init(source: .engine, epoch: "e", sequence: second),
                    time: epoch.addingTimeInterval(Double(second)), users: 1, workers: nil,
                    totals: .sample(requests: second), endpoints: [], errors: [],
                    generator: second == 3 ? nil : interval),
                to: RunID("a"), numbers: nil)
        }
        let kept = try await home.store.generatorIntervals(of: RunID("a"))
        #expect(kept.map(\.interval.dropped) == [1, 2])
        #expect(kept.map(\.time) == [1_800_000_001_000, 1_800_000_002_000])
        #expect(kept.allSatisfy { $0.source == .engine && $0.interval.loopLagMaxMs == 0.5 })
    }

    @Test func `a verdict is the same from the file, whoever asks for it and however often`()
        async throws
    {
        try await home.store.insert(run("a", .running, revision: 1), liveRunsMax: nil)
        var random = SeededGenerator(seed: 11)
        var requests = 0
        for second in 1...40 {
            let times = (0..<20).map { _ in UInt64.random(in: 5...400, using: &random) }
            requests += times.count
            var interval = GeneratorInterval()
            // Behind one whole window.
            interval.loopLagMaxMs = second == 35 ? 500 : 1
            let sample = Sample.sample(requests: requests, responseMs: times)
            try await home.store.append(
                Observation(
                    key: .init(source: .engine, epoch: "e", sequence: second),
                    time: epoch.addingTimeInterval(Double(second)), users: 1, workers: nil,
                    totals: sample,
                    endpoints: [
                        EndpointSample(
                            endpoint: Endpoint(method: "GET", name: "a\"b"), sample: sample)
                    ], errors: [], generator: interval),
                to: RunID("a"), numbers: nil)
        }
        var progress = try run("a", .finished, revision: 2).progress
        progress.loadEndedAt = epoch.addingTimeInterval(40)
        let sample = try run("a", .finished, revision: 2)
        let over = Run(
            restoring: sample.id, loadTestID: nil, spec: sample.spec, plan: sample.plan,
            clusterID: sample.clusterID, audit: sample.audit, progress: progress)
        let verdict = try #require(try await RunJudge.verdict(on: over, from: home.store))
        #expect(verdict.result == .failed, "\(verdict)")
        #expect(verdict.measurement.cleanSeconds == 39 && verdict.measurement.isClean)
        #expect(try await RunJudge.verdict(on: over, from: home.store) == verdict)
        let other = try HistoryStore(path: home.path, logger: .quiet)
        #expect(try await RunJudge.verdict(on: over, from: other) == verdict)
    }

    /// Of the release that knew no verdicts, with a run in it.
    private func writeOldFile(_ path: String) throws {
        let connection = try Connection(path: path)
        let number = try #require(Schema.migrations.firstIndex { $0.name == "verdicts" })
        try Migrator(Array(Schema.migrations.prefix(number))).migrate(connection)
        try connection.execute(
            """
            INSERT INTO runs (id, tenant_id, env_id, cluster_id, name, state, created_at,
                started_at, ended_at, created_by, revision, search, spec, plan, audit, progress)
            VALUES ('old', 'tenant-1', 'dev', 'c1', 'n', 'Finished', 1, 1, 2, 'ci', 3, 'n',
                '{"name":"n","description":"","tags":[],"tenantId":"tenant-1","envId":"dev",
                  "targetUrl":"http://h","userClasses":[],"defaultUsers":1,
                  "defaultSpawnRate":1,"defaultDurationSeconds":60,"metadata":{}}',
                '{"targetUsers":42,"spawnRate":2.5,"durationSeconds":60,"metadata":{}}',
                '{"createdAt":1,"createdBy":"ci","updatedAt":1,"updatedBy":"ci"}',
                '{"state":"Finished","startRequestedAt":1,"startedAt":1,"revision":3}')
            """)
    }

    @Test func `a file from before has runs without thresholds, and without a verdict`()
        async throws
    {
        let folder = try TemporaryFolder()
        let path = folder.path("old.db")
        try writeOldFile(path)
        let store = try HistoryStore(path: path, logger: .quiet)
        let old = try #require(try await store.run(RunID("old"), in: .everything))
        #expect(old.run.verdict == nil && old.run.plan.judgedBy.isEmpty)
        #expect(try await RunJudge.verdict(on: old.run, from: store) == nil)
        #expect(try await store.generatorIntervals(of: RunID("old")).isEmpty)
    }
}
