import Foundation
import TestSupport
import Testing

@testable import ControlPlane
@testable import History

struct RunStoreTests {
    private let home: StoreFolder
    private var store: HistoryStore { home.store }

    init() throws { home = try StoreFolder() }

    @Test func `a run comes back as it was stored`() async throws {
        let run = Run.sample(
            "r", .running, tags: ["a", "b", "a"], loadTest: "lt", started: epoch + 1)
        try await store.insert(run, liveRunsMax: nil)
        #expect(
            try await store.run(run.id, in: .everything) == RunRecord(run: run, lastMetrics: nil))
        #expect(try await store.run(run.id, in: .tenant("tenant-1"))?.run == run)
        #expect(try await store.run(run.id, in: .tenant("tenant-2")) == nil)
        #expect(try await store.run(RunID("other"), in: .everything) == nil)
    }

    @Test func `a run with every field set comes back after a save`() async throws {
        let before = Run.sample("r", .running, started: epoch + 1)
        try await store.insert(before, liveRunsMax: nil)
        var run = before
        _ = try run.apply(.stopRequested(by: "anna"), at: epoch + 9)
        _ = try run.apply(.loadGone(.testEnded, "gone"), at: epoch + 10)
        _ = try run.apply(.numbersFinal, at: epoch + 11)
        try await store.save(run)
        #expect(try await store.run(run.id, in: .everything)?.run == run)
    }

    @Test func `a save that comes late changes nothing`() async throws {
        var run = Run.sample("r", .running, started: epoch)
        try await store.insert(run, liveRunsMax: nil)
        var versions = [run]
        for second in 1...3 {
            _ = try run.apply(
                [.stopRequested(by: "anna"), .loadGone(.testEnded, ""), .numbersFinal][second - 1],
                at: epoch + Double(second))
            versions.append(run)
        }
        for version in versions.reversed() { try await store.save(version) }
        #expect(try await store.run(run.id, in: .everything)?.run == run)
        #expect(try await store.liveRuns().isEmpty)
    }

    @Test func `live runs are those that are not over, oldest first`() async throws {
        for (index, state) in RunState.allCases.enumerated() {
            try await store.insert(
                .sample(state.rawValue, state, created: epoch - Double(index)), liveRunsMax: nil)
        }
        let live = try await store.liveRuns()
        #expect(live.map(\.state) == [.stopping, .running, .starting, .pending])
        #expect(
            try await store.liveRunsByCluster()
                == Dictionary(uniqueKeysWithValues: live.map { ($0.clusterID, [$0.id]) }))
    }

    @Test func `a cluster has one live run, however many are inserted at once`() async throws {
        // Two processes on one file, as during a restart that overlaps.
        let other = try HistoryStore(path: home.path, logger: .quiet)
        let wins = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<40 {
                let store = number.isMultiple(of: 2) ? store : other
                group.addTask {
                    do {
                        try await store.insert(
                            .sample("r\(number)", cluster: "c"), liveRunsMax: nil)
                        return true
                    } catch { return false }
                }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(wins == 1)
        #expect(try await store.liveRuns().count == 1)
    }

    @Test func `the run in the way is named, whosesoever it is`() async throws {
        try await store.insert(.sample("r1", cluster: "c"), liveRunsMax: nil)
        await #expect(throws: ControlPlaneError.isBusy([RunID("r1")], "c")) {
            try await store.insert(.sample("r2", cluster: "c"), liveRunsMax: nil)
        }
        await #expect(throws: ControlPlaneError.isBusy([RunID("r1")], "c")) {
            try await store.insert(.sample("r2", tenant: "tenant-2", cluster: "c"), liveRunsMax: 1)
        }
    }

    @Test func `a cluster is free when its run is over`() async throws {
        try await store.insert(
            .sample("r1", .finished, cluster: "c", ended: epoch), liveRunsMax: nil)
        try await store.insert(.sample("r2", cluster: "c"), liveRunsMax: nil)
    }

    @Test func `the limit of live runs counts the tenant's own`() async throws {
        try await store.insert(.sample("r1", tenant: "tenant-2"), liveRunsMax: 1)
        try await store.insert(.sample("r2", .finished, ended: epoch), liveRunsMax: 1)
        try await store.insert(.sample("r3"), liveRunsMax: 1)
        await #expect(throws: ControlPlaneError.hasRuns(1, [RunID("r3")])) {
            try await store.insert(.sample("r4"), liveRunsMax: 1)
        }
        try await store.insert(.sample("r4"), liveRunsMax: 2)
        await #expect(throws: ControlPlaneError.self) {
            try await store.insert(.sample("r5"), liveRunsMax: 0)
        }
    }

    @Test func `an insert that fails leaves nothing`() async throws {
        try await store.insert(.sample("r", .finished, ended: epoch), liveRunsMax: nil)
        await #expect(throws: ControlPlaneError.self) {
            try await store.insert(.sample("r", tags: ["new"]), liveRunsMax: nil)
        }
        var query = RunQuery(scope: .everything)
        query.tags = ["new"]
        #expect(try await store.runs(query).items.isEmpty)
    }

    @Test func `numbers belong to the run and survive its saves`() async throws {
        var run = Run.sample("r", .running, started: epoch)
        try await store.insert(run, liveRunsMax: nil)
        let numbers = LastMetrics(
            timestamp: epoch, totalRps: 1.5, totalRequests: 3, totalFailures: 1, errorRate: 100 / 3,
            avgResponseMs: nil, minResponseMs: 0.25, maxResponseMs: 9, p50ResponseMs: 1,
            p95ResponseMs: 2, p99ResponseMs: 3, currentUsers: 4)
        try await store.setNumbers(numbers, of: run.id)
        _ = try run.apply(.stopRequested(by: "anna"), at: epoch)
        try await store.save(run)
        #expect(
            try await store.run(run.id, in: .everything)
                == RunRecord(run: run, lastMetrics: numbers))
    }

    @Test(arguments: [Double.infinity, -.infinity, 1e300, -1e300])
    func `a time that no calendar knows is stored as the nearest that can be`(seconds: Double)
        async throws
    {
        let run = Run.sample("r", .running)
        try await store.insert(run, liveRunsMax: nil)
        let error = ErrorSample(
            endpoint: .init(method: "GET", name: "/"), message: "m", occurrences: 1,
            firstSeen: Date(timeIntervalSince1970: seconds), lastSeen: nil)
        try await store.append(
            .sample(1, requests: 1, errors: [error]), to: run.id, numbers: nil)
        #expect(try await store.errors(of: run.id).first?.firstSeen != nil)
    }
}
