import Foundation
import TestSupport
import Testing

@testable import ControlPlane
@testable import History

/// Several live runs on one native cluster, held to its limits by the store.
struct SharedClusterTests {
    private let home: StoreFolder
    private var store: HistoryStore { home.store }
    private let capacity = ClusterCapacity.shared(runsMax: 5, usersMax: 100)

    init() throws { home = try StoreFolder() }

    private func insert(
        _ id: String, users: Int = 10, _ capacity: ClusterCapacity? = nil,
        state: RunState = .pending
    ) async throws {
        try await store.insert(
            .sample(id, state, cluster: "n", created: epoch, users: users), liveRunsMax: nil,
            capacity: capacity ?? self.capacity)
    }

    /// Two processes on one file, as during a restart that overlaps.
    private func wins(of users: [Int]) async throws -> [Int] {
        let other = try HistoryStore(path: home.path, logger: .quiet)
        let (first, capacity) = (store, capacity)
        return await withTaskGroup(of: Int?.self) { group in
            for (number, users) in users.enumerated() {
                group.addTask {
                    do {
                        try await (number.isMultiple(of: 2) ? first : other).insert(
                            .sample("r\(number)", cluster: "n", users: users), liveRunsMax: nil,
                            capacity: capacity)
                        return users
                    } catch { return nil }
                }
            }
            return await group.reduce(into: []) { $0 += $1.map { [$0] } ?? [] }
        }
    }

    @Test func `a cluster has as many live runs as it may, however many are inserted at once`()
        async throws
    {
        #expect(try await wins(of: Array(repeating: 1, count: 40)).count == 5)
        #expect(try await store.liveRuns().count == 5)
        #expect(try await store.liveRunsByCluster()["n"]?.count == 5)
    }

    @Test func `users never add up to more than the cluster may have`() async throws {
        let wins = try await wins(of: (0..<40).map { 17 + $0 % 23 })
        #expect(!wins.isEmpty)
        #expect(wins.reduce(0, +) <= 100)
        #expect(wins.reduce(0, +) > 100 - 39, "another one would not have fitted")
    }

    @Test func `the limit that is reached is named with the runs in the way`() async throws {
        for number in 1...5 { try await insert("r\(number)") }
        let runs = (1...5).map { RunID("r\($0)") }
        await #expect(
            throws: ControlPlaneError.clusterBusy([FullCluster("n", .runs(max: 5), runs)])
        ) { try await insert("r6") }
        await #expect(
            throws: ControlPlaneError.clusterBusy([
                FullCluster("n", .users(max: 100, left: 50), runs)
            ])
        ) { try await insert("r6", users: 51, .shared(runsMax: 6, usersMax: 100)) }
        try await insert("r6", users: 50, .shared(runsMax: 6, usersMax: 100))
    }

    @Test func `runs that are over, and those of other clusters, take no room`() async throws {
        try await store.insert(
            .sample("old", .finished, cluster: "n", ended: epoch, users: 100), liveRunsMax: nil,
            capacity: capacity)
        try await store.insert(
            .sample("else", cluster: "m", users: 100), liveRunsMax: nil, capacity: capacity)
        try await insert("r", users: 100)
    }

    @Test func `a cluster that became a Locust cluster waits for the runs it had before`()
        async throws
    {
        try await insert("r1")
        await #expect(throws: ControlPlaneError.isBusy([RunID("r1")], "n")) {
            try await insert("r2", .oneRun)
        }
    }

    @Test func `room for more users is taken only where there is some`() async throws {
        try await insert("r1", users: 40)
        try await insert("r2", users: 40)
        try await store.reserve(60, for: RunID("r1"), capacity: capacity)
        await #expect(
            throws: ControlPlaneError.clusterBusy([
                FullCluster("n", .users(max: 100, left: 60), [RunID("r2")])
            ])
        ) { try await store.reserve(61, for: RunID("r1"), capacity: capacity) }
        await #expect(throws: ControlPlaneError.self) { try await insert("r3", users: 1) }
        try await store.reserve(10, for: RunID("r1"), capacity: capacity)
        try await insert("r3", users: 50)
        await #expect(throws: ControlPlaneError.unknownRun(RunID("x"))) {
            try await store.reserve(1, for: RunID("x"), capacity: capacity)
        }
    }

    @Test func `a changed number of users comes back with the run`() async throws {
        var run = Run.sample("r", .running, cluster: "n", started: epoch)
        try await store.insert(run, liveRunsMax: nil, capacity: capacity)
        _ = try run.apply(.usersChanged(to: 33, spawnRate: 3, by: "anna"), at: epoch + 1)
        try await store.save(run)
        let stored = try await store.run(run.id, in: .everything)?.run
        #expect(stored == run)
        #expect(stored?.targetUsers == 33)
    }

    @Test func `the engine's evidence is kept as it was last told`() async throws {
        try await insert("r", state: .running)
        let run = RunID("r")
        #expect(try await store.engineEvidence(of: run) == nil)
        for second in 1...3 {
            var evidence = EngineEvidence(
                bytesIn: second * 1000, statusCodes: ["200": second, "503": 1],
                failuresByKind: ["readTimeout": 2], cpuShare: 0.5, generatorLimited: second == 3)
            if second == 3 { evidence.serviceTimeP95Ms = 12.5 }
            try await store.append(
                .sample(
                    second, .engine, requests: second, at: Double(second), engine: evidence),
                to: run, numbers: nil)
            #expect(try await store.engineEvidence(of: run) == evidence)
        }
        // A last report that has none does not hide it.
        try await store.append(.sample(4, .engine, requests: 9), to: run, numbers: nil)
        #expect(try await store.engineEvidence(of: run)?.bytesIn == 3000)
        #expect(
            try await store.totals(of: run).map(\.key.source) == [
                .engine, .engine, .engine, .engine,
            ])
        let samples = try await store.samples(of: run, endpoint: nil)
        #expect(samples.allSatisfy { $0.source == .engine })
    }
}
