import Foundation
import TestSupport
import Testing

@testable import ControlPlane
@testable import History

/// Limits as the store holds them, in the transaction that takes the room.
struct LimitStoreTests {
    private let home: StoreFolder
    private var store: HistoryStore { home.store }

    init() throws { home = try StoreFolder() }

    private func run(
        _ id: String, tenant: String = "tenant-1", env: String = "dev", users: Int = 10,
        rate: Double = 0, on hosts: String...
    ) -> Run {
        let sample = Run.sample(id, tenant: tenant, env: env, users: users)
        var plan = sample.plan
        plan.reach = LoadReach(
            requestsPerSecond: rate, hosts: hosts.map { TargetHost(host: $0, port: 80) })
        return Run(
            restoring: sample.id, loadTestID: nil, spec: sample.spec, plan: plan,
            clusterID: sample.clusterID, audit: sample.audit, progress: sample.progress)
    }

    private func room(_ ceilings: Ceiling..., at now: Date = epoch) -> Room {
        Room(.oneRun, within: ceilings, at: now)
    }

    private func breaches(_ work: () async throws(ControlPlaneError) -> Void) async
        -> [LimitBreach]
    {
        do throws(ControlPlaneError) {
            try await work()
            return []
        } catch {
            guard case .limitReached(let breaches) = error else {
                Issue.record("\(error)")
                return []
            }
            return breaches
        }
    }

    @Test func `a target's ceiling sums over all tenants, and over a restart`() async throws {
        let pattern = try #require(TargetPattern("*.example"))
        let ceiling = Ceiling(
            .target(pattern), [.maxTotalUsers: 30, .maxTotalRequestsPerSecond: 100])
        try await store.insert(run("a", users: 10, rate: 60, on: "x.example"), room: room(ceiling))
        try await store.insert(
            run("b", tenant: "tenant-2", users: 500, on: "else.test"), room: room())
        await store.close()
        let next = try HistoryStore(path: home.path, logger: .quiet)
        let found = await breaches { () async throws(ControlPlaneError) in
            try await next.insert(
                run("c", tenant: "tenant-2", users: 21, rate: 41, on: "y.example", "z.example"),
                room: room(ceiling))
        }
        #expect(found.map(\.name) == [.maxTotalUsers, .maxTotalRequestsPerSecond])
        #expect(found.map(\.inUse) == [10, 60])
        #expect(found.allSatisfy { $0.runs == [RunID("a")] })
        try await next.insert(
            run("c", tenant: "tenant-2", users: 20, rate: 40, on: "y.example"),
            room: room(ceiling))
    }

    @Test func `the runs of a day are counted also when they are deleted on that day`()
        async throws
    {
        let tenant = Ceiling(.tenant("tenant-1"), [.maxRunsPerDay: 2])
        let environment = Ceiling(
            .environment(EnvironmentKey(tenantID: "tenant-1", envID: "dev")), [.maxRunsPerDay: 1])
        try await store.insert(run("a"), room: room(tenant, environment))
        var over = run("a")
        _ = try over.apply(.startRefused("no"), at: epoch)
        try await store.save(over)
        _ = try await store.enforce(Retention(maxRuns: 0), at: epoch)
        #expect(try await store.run(RunID("a"), in: .everything) == nil)
        let found = await breaches { () async throws(ControlPlaneError) in
            try await store.insert(run("b"), room: room(tenant, environment))
        }
        #expect(found.map(\.owner.kind) == ["environment"])
        try await store.insert(run("b", env: "staging"), room: room(tenant))
        #expect(
            await breaches { () async throws(ControlPlaneError) in
                try await store.insert(run("c", env: "staging"), room: room(tenant))
            }.map(\.inUse) == [2])
        try await store.insert(
            run("c"), room: room(tenant, environment, at: RunDay.end(of: epoch)))
    }

    @Test func `a change of users takes room only where limits leave some`() async throws {
        let tenant = Ceiling(.tenant("tenant-1"), [.maxTotalUsers: 30])
        try await store.insert(run("a"), room: room(tenant))
        try await store.insert(run("b"), room: room(tenant))
        try await store.reserve(20, for: RunID("a"), room: room(tenant))
        let found = await breaches { () async throws(ControlPlaneError) in
            try await store.reserve(21, for: RunID("a"), room: room(tenant))
        }
        #expect(found.map(\.inUse) == [10])
        #expect(
            await breaches { () async throws(ControlPlaneError) in
                try await store.insert(run("c", users: 1), room: room(tenant))
            }.map(\.inUse) == [30])
    }

    @Test func `of parallel inserts as many are stored as limits allow`() async throws {
        let (store, ceiling) = (store, Ceiling(.tenant("tenant-1"), [.maxRunsPerDay: 7]))
        let wins = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<30 {
                let run = run("r\(number)")
                group.addTask {
                    let room = Room(.oneRun, within: [ceiling], at: epoch)
                    return (try? await store.insert(run, room: room)) != nil
                }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(wins == 7)
    }
}
