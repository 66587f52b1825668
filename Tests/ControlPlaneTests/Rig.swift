import Foundation
import Logging
import TestSupport
import Testing

@testable import ControlPlane

/// An orchestrator over a fake cluster, a store in memory and clocks that the test moves.
final class Rig: Sendable {
    let time: ManualTime
    let cluster: FakeCluster
    /// All clusters, where each is one of its own.
    let fleet: FakeFleet
    let store: MemoryRunStore
    let hosts: FakeHosts
    let log = MemorySink()
    let settings: SupervisionSettings
    let orchestrator: Orchestrator

    /// - Parameter earlier: whose clock, cluster and store are taken over, as a new process does.
    init(
        after earlier: Rig? = nil, settings: SupervisionSettings = .init(),
        limits: UsageLimits = .init(), clusters: [String] = ["c1"],
        native: NativeSettings? = nil, isFleet: Bool = false, awaitsAdoption: Bool = false,
        hosts: FakeHosts = FakeHosts(), liveEvents: LiveEvents? = nil
    ) {
        self.hosts = hosts
        time = earlier?.time ?? ManualTime()
        fleet = earlier?.fleet ?? FakeFleet(time: time)
        cluster = earlier?.cluster ?? FakeCluster(time: time)
        store = earlier?.store ?? MemoryRunStore()
        self.settings = settings
        orchestrator = Orchestrator(
            catalog: .sample(clusters: clusters, limits: limits, native: native), store: store,
            drivers: isFleet ? fleet : cluster, hosts: hosts, settings: settings, time: time,
            logger: Logger(level: .debug, sink: log), awaitsAdoption: awaitsAdoption,
            liveEvents: liveEvents)
    }

    /// Lets the orchestrator run for as long as `body` does.
    @discardableResult
    func running<T: Sendable>(_ body: () async throws -> T) async throws -> T {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await self.orchestrator.run() }
            let result = try await body()
            group.cancelAll()
            return result
        }
    }

    func start(
        _ id: String = "run-1", duration: Double = 60, tenant: String = "tenant-1",
        cluster: String? = nil, users: Int = 10, minWorkersShare: Double? = nil
    ) async throws -> RunID {
        try await orchestrator.start(
            RunRequest(
                id: RunID(id), loadTestID: nil, spec: .sample(tenant: tenant, cluster: cluster),
                plan: RunPlan(
                    targetUsers: users, spawnRate: 2, durationSeconds: duration,
                    minWorkersShare: minWorkersShare)),
            by: "ci"
        ).id
    }

    /// Starts a run and waits until its load was seen.
    func startRunning(_ id: String = "run-1", duration: Double = 60) async throws -> RunID {
        let run = try await start(id, duration: duration)
        // The clock stands still until the order is given, so that it is as old as the run's
        // deadline says.
        try #require(await eventually { has(.start(run)) })
        try #require(await reaches(.running, run))
        return run
    }

    func stop(_ id: RunID) async throws -> Run {
        try await orchestrator.stop(id, in: .everything, by: "anna")
    }

    func stored(_ id: RunID) -> Run? { store.record(id)?.run }

    /// Whether the stored run comes to this state while the clock moves.
    func reaches(_ state: RunState, _ id: RunID, by step: Duration = .milliseconds(250)) async
        -> Bool
    {
        await eventually(moving: time, by: step) { store.record(id)?.run.state == state }
    }

    /// The same while the clock stands still.
    func settles(_ state: RunState, _ id: RunID) async -> Bool {
        await eventually { store.record(id)?.run.state == state }
    }

    /// Moves the clock by whole steps, each time letting those who were woken come to rest.
    func pass(_ duration: Duration, by step: Duration = .milliseconds(500)) async {
        var left = duration
        while left > .zero {
            time.advance(by: min(step, left))
            left -= step
            await rest()
        }
    }

    /// Gives tasks that are ready to run every chance to do so. It proves nothing by itself: what
    /// must happen is waited for, and what must not is checked against the noted times.
    func rest() async {
        // Who is at work has not gone back to sleep: at rest is what no longer changes.
        var (before, unchanged) = (-1, 0)
        for _ in 0..<50 where unchanged < 2 {
            for _ in 0..<20 { await Task.yield() }
            // A cancelled wait shows in the test's own conditions.
            try? await Task.sleep(for: .milliseconds(1))
            let count = time.sleeperCount
            unchanged = count == before ? unchanged + 1 : 0
            before = count
        }
    }

    /// Begins the shutdown and stops all runs, while the clock moves. Returns those that are left.
    func stopAll(within limit: Duration = .seconds(130)) async -> [RunID] {
        await withTaskGroup(of: [RunID]?.self) { group in
            group.addTask {
                await self.orchestrator.beginShutdown()
                return await self.orchestrator.stopAll(within: limit)
            }
            group.addTask {
                _ = await eventually(moving: self.time) { Task.isCancelled }
                return nil
            }
            let left = await group.next()
            group.cancelAll()
            return (left ?? nil) ?? []
        }
    }

    /// The deadline of a run by the clock that never jumps, as long as the calendar has not either.
    func deadline(of id: RunID) throws -> Duration {
        let left = try #require(stored(id)?.deadline).timeIntervalSince(time.now)
        return time.uptime + .milliseconds((left * 1_000).rounded())
    }

    func has(_ order: FakeCluster.Order) -> Bool { cluster.orders.contains(order) }

    func count(_ order: FakeCluster.Order) -> Int { cluster.times(of: order).count }
}

extension Catalog {
    /// - Parameter native: makes the clusters native ones.
    static func sample(
        clusters: [String], limits: UsageLimits = .init(), native: NativeSettings? = nil
    ) -> Catalog {
        Catalog(
            tenants: ["tenant-1", "tenant-2"].map {
                Tenant(
                    id: $0, name: $0, environments: ["dev"], limits: limits, policy: .loopback)
            },
            clusters: clusters.map { id in
                Cluster(
                    id: id,
                    generator: native.map { .native($0) }
                        ?? .locust(LocustSettings(baseURL: "http://127.0.0.1:9")),
                    serves: ["tenant-1", "tenant-2"].map {
                        EnvironmentKey(tenantID: $0, envID: "dev")
                    })
            })
    }
}
