import Foundation
import TestSupport
import Testing

@testable import ControlPlane
@testable import History

/// Queued runs as the store keeps them.
struct QueueStoreTests {
    private let home: StoreFolder
    private var store: HistoryStore { home.store }

    init() throws { home = try StoreFolder() }

    private func queued(_ id: String, tenant: String = "tenant-1", users: Int = 10) -> Run {
        let sample = Run.sample(id, tenant: tenant, tags: ["t"], users: users)
        return Run(
            id: sample.id, loadTestID: LoadTestID("l"), spec: sample.spec, plan: sample.plan,
            clusterID: "", audit: sample.audit,
            ticket: QueueTicket(
                number: 7, since: epoch, until: epoch + 60, firstPosition: 3,
                firstWaitsFor: "room"))
    }

    private func leaving(_ run: Run, for cluster: String = "c") throws -> Run {
        var run = run
        _ = try run.apply(.leftQueue(cluster: cluster), at: epoch + 5)
        return run
    }

    private func room(_ limits: UsageLimits = [:], _ capacity: ClusterCapacity = .oneRun) -> Room {
        Room(capacity, within: [Ceiling(.tenant("tenant-1"), limits)], at: epoch)
    }

    @Test func `a queued run comes back as it was, and takes no room`() async throws {
        let run = queued("a")
        try await store.enqueue(run)
        try await store.enqueue(queued("b"))
        await store.close()
        let next = try HistoryStore(path: home.path, logger: .quiet)
        #expect(try await next.queuedRuns().map(\.id.text).sorted() == ["a", "b"])
        #expect(try await next.queuedRuns().first { $0.id == run.id } == run)
        #expect(try await next.liveRuns().isEmpty)
        #expect(try await next.usage(at: epoch).live.isEmpty)
        #expect(try await next.usage(at: epoch).today.isEmpty)
        try await next.insert(.sample("c"), room: room([.maxConcurrentRuns: 1]))
    }

    @Test func `a run that leaves the queue takes its room and its cluster`() async throws {
        let run = queued("a", users: 10)
        try await store.enqueue(run)
        try await store.admit(try leaving(run), room: room([.maxRunsPerDay: 1]))
        let stored = try await store.run(run.id, in: .everything)?.run
        #expect(stored == (try leaving(run)))
        #expect(stored?.asAccepted == run)
        #expect(try await store.queuedRuns().isEmpty)
        #expect(try await store.liveRuns().map(\.id) == [run.id])
        let usage = try await store.usage(at: epoch)
        #expect(usage.live.map(\.clusterID) == ["c"])
        #expect(usage.today == [run.spec.environment: 1])
        await #expect(throws: ControlPlaneError.isBusy([run.id], "c")) {
            try await store.insert(.sample("b", cluster: "c"), liveRunsMax: nil)
        }
        let lines = try await store.timeline(of: run.id, PageRequest()).items
        #expect(lines.map(\.kind) == [.accepted, .stateChanged])
        #expect(lines.last?.facts["clusterId"] == .string("c"))
    }

    @Test func `no run leaves the queue without room, or twice, or after its end`() async throws {
        let (first, second) = (queued("a"), queued("b"))
        for run in [first, second] { try await store.enqueue(run) }
        try await store.admit(try leaving(first), room: room())
        await #expect(throws: ControlPlaneError.isBusy([first.id], "c")) {
            try await store.admit(try leaving(second), room: room())
        }
        await #expect(throws: ControlPlaneError.hasRuns(1, [first.id])) {
            try await store.admit(
                try leaving(second, for: "d"), room: room([.maxConcurrentRuns: 1]))
        }
        await #expect(throws: ControlPlaneError.runIsOver(first.id, .pending)) {
            try await store.admit(try leaving(first, for: "d"), room: room())
        }
        var stopped = second
        _ = try stopped.apply(.stopRequested(by: "anna"), at: epoch)
        try await store.save(stopped)
        await #expect(throws: ControlPlaneError.runIsOver(second.id, .pending)) {
            try await store.admit(try leaving(second, for: "d"), room: room())
        }
        #expect(try await store.run(second.id, in: .everything)?.run.state == .finished)
        #expect(try await store.liveRuns().map(\.id) == [first.id])
    }

    @Test func `a definition with a queued run is in use`() async throws {
        try await store.insert(LoadTest.sample("l"))
        try await store.enqueue(queued("a"))
        await #expect(throws: ControlPlaneError.loadTestInUse([RunID("a")])) {
            try await store.delete(LoadTestID("l"), version: nil, in: .everything)
        }
    }
}
