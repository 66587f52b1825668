import Foundation
import Logging
import TestSupport
import Testing

@testable import ControlPlane
@testable import History

/// The domain on the real store: what is in the file after a life, and after a crash.
struct OrchestratorHistoryTests {
    private let home: StoreFolder
    private let time = ManualTime()
    private let cluster: FakeCluster

    init() throws {
        home = try StoreFolder()
        cluster = FakeCluster(time: time)
    }

    private func orchestrator(on store: HistoryStore) -> Orchestrator {
        let key = EnvironmentKey(tenantID: "tenant-1", envID: "dev")
        return Orchestrator(
            catalog: Catalog(
                tenants: [
                    Tenant(
                        id: "tenant-1", name: "T", environments: ["dev"], limits: .init(),
                        policy: .loopback)
                ],
                clusters: [
                    Cluster(
                        id: "c1", generator: .locust(.init(baseURL: "http://127.0.0.1:9")),
                        serves: [key])
                ]), store: store, drivers: cluster, hosts: FakeHosts(), settings: .init(),
            time: time,
            logger: .quiet)
    }

    private func request(_ id: String, duration: Double = 60) -> RunRequest {
        RunRequest(
            id: RunID(id), loadTestID: nil, spec: Run.sample(id).spec,
            plan: RunPlan(targetUsers: 5, spawnRate: 1, durationSeconds: duration))
    }

    private func callback(
        _ kind: Callback.Kind, _ run: RunID, _ sequence: Int, requests: Int, responseMs: [UInt64]
    ) -> Callback {
        Callback(
            kind: kind, runID: run, tenantID: "tenant-1", envID: "dev", epoch: "hook",
            sequence: sequence, elapsedSeconds: Double(sequence), users: 5, workers: 1,
            totals: .sample(requests: requests, responseMs: responseMs), endpoints: [], errors: [],
            stopReason: nil)
    }

    private func running(_ orchestrator: Orchestrator, _ body: () async throws -> Void)
        async throws
    {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await orchestrator.run() }
            try await body()
            group.cancelAll()
        }
    }

    private func state(_ run: RunID, in store: HistoryStore) async throws -> RunState? {
        try await store.run(run, in: .everything)?.run.state
    }

    @Test func `a whole life is in the file, with its final numbers`() async throws {
        let store = home.store
        let orchestrator = orchestrator(on: store)
        try await running(orchestrator) {
            let run = try await orchestrator.start(request("r"), by: "ci").id
            #expect(
                try await eventually(moving: time) { try await state(run, in: store) == .running })
            for sequence in 1...5 {
                let message = callback(
                    .metrics, run, sequence, requests: sequence * 10, responseMs: [5, 50])
                for _ in 0..<2 { _ = try await orchestrator.receive(message) }
            }
            _ = try await orchestrator.stop(run, in: .tenant("tenant-1"), by: "anna")
            _ = try await orchestrator.receive(
                callback(.testStop, run, 6, requests: 64, responseMs: [7]))
            #expect(
                try await eventually(moving: time) { try await state(run, in: store) == .finished })
            #expect(
                try await eventually {
                    try await store.run(run, in: .everything)?.lastMetrics?.currentUsers == 0
                })
        }
        let record = try #require(try await store.run(RunID("r"), in: .everything))
        #expect(record.lastMetrics?.totalRequests == 64)
        #expect(record.run.endReason == .stoppedByUser)
        let samples = try await store.samples(of: RunID("r"), endpoint: nil)
        #expect(samples.count == 6)
        let row = RunSummary.Row(endpoint: nil, samples: samples, loadSeconds: 1)
        #expect(row.requests == 64)
        #expect(samples.compactMap(\.sample.histogramDelta).reduce(0) { $0 + $1.count } == 11)
        #expect(row.p95ResponseMs == record.lastMetrics?.p95ResponseMs)
    }

    @Test func `a killed process's run is taken over from its file with its numbers`() async throws
    {
        let first = home.store
        let before = orchestrator(on: first)
        let run = RunID("r")
        try await running(before) {
            _ = try await before.start(request("r", duration: 120), by: "ci")
            #expect(
                try await eventually(moving: time) { try await state(run, in: first) == .running })
            _ = try await before.receive(
                callback(.metrics, run, 1, requests: 10, responseMs: [5, 5]))
        }
        for suffix in ["", "-wal"] {
            try FileManager.default.copyItem(
                atPath: home.path + suffix, toPath: home.folder.path("copy.db") + suffix)
        }
        let second = try HistoryStore(path: home.folder.path("copy.db"), logger: .quiet)
        let after = orchestrator(on: second)
        try await after.adopt()
        try await running(after) {
            let repeated = callback(.metrics, run, 1, requests: 10, responseMs: [5, 5])
            let answer = try await after.receive(repeated)
            #expect(answer.isDuplicate)
            await #expect(throws: ControlPlaneError.isBusy([run])) {
                try await after.start(request("r2"), by: "ci")
            }
            #expect(
                try await eventually(moving: time, by: .seconds(1)) {
                    try await state(run, in: second) == .finished
                })
        }
        let record = try #require(try await second.run(run, in: .everything))
        #expect(record.run.endReason == .durationElapsed)
        #expect(record.run.deadline.map { record.run.endedAt ?? .distantPast >= $0 } == true)
        #expect(cluster.times(of: .start(run)).count == 1)
        #expect(!cluster.isLoaded)
    }

    @Test func `of parallel starts on one cluster exactly one is stored`() async throws {
        let store = home.store
        let orchestrator = orchestrator(on: store)
        let wins = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<30 {
                let request = request("r\(number)")
                group.addTask {
                    do {
                        _ = try await orchestrator.start(request, by: "ci")
                        return true
                    } catch { return false }
                }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(wins == 1)
        #expect(try await store.runs(.init(scope: .everything)).items.count == 1)
    }
}
