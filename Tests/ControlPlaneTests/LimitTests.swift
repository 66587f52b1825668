import Foundation
import TestSupport
import Testing

@testable import ControlPlane

/// Limits where runs are started and changed.
struct LimitTests {
    private let clusters = ["c1", "c2", "c3", "c4"]

    private func breaches(_ work: () async throws -> Void) async -> [LimitBreach] {
        do {
            try await work()
            return []
        } catch ControlPlaneError.limitReached(let breaches) {
            return breaches
        } catch ControlPlaneError.limitsExceeded(let breaches) {
            return breaches.filter { $0.inUse == nil }
        } catch {
            Issue.record("\(error)")
            return []
        }
    }

    @Test func `parallel starts do not pass a limit together`() async throws {
        let rig = Rig(
            limits: [.maxTotalUsers: 35], native: .init(maxConcurrentRuns: 100, maxUsers: 1000))
        try await rig.running {
            let wins = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<30 {
                    group.addTask { (try? await rig.start("run-\(number)", users: 10)) != nil }
                }
                return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(wins == 3)
        }
    }

    @Test func `users of Locust runs add up with their tenant's others, also when they are raised`()
        async throws
    {
        let rig = Rig(limits: [.maxTotalUsers: 30], clusters: clusters, isFleet: true)
        try await rig.running {
            let first = try await rig.startRunning("run-1", on: "c1")
            _ = try await rig.start("run-2", users: 10)
            let refused = await breaches {
                _ = try await rig.orchestrator.changeUsers(
                    of: first, to: 21, spawnRate: nil, in: .everything, by: "anna")
            }
            #expect(refused.map(\.inUse) == [10])
            #expect(refused.flatMap(\.runs) == [RunID("run-2")])
            #expect(rig.stored(first)?.targetUsers == 10)
            _ = try await rig.orchestrator.changeUsers(
                of: first, to: 20, spawnRate: nil, in: .everything, by: "anna")
            #expect(await breaches { _ = try await rig.start("run-3", users: 1) }.count == 1)
            _ = try await rig.orchestrator.changeUsers(
                of: first, to: 15, spawnRate: nil, in: .everything, by: "anna")
            _ = try await rig.start("run-3", users: 5)
        }
    }

    @Test func `a run that was started under other limits may shrink and not grow`() async throws {
        let rig = Rig()
        try await rig.running {
            let run = try await rig.startRunning()
            await rig.orchestrator.replaceCatalog(
                .sample(clusters: ["c1"], limits: [.maxUsers: 5, .maxSpawnRate: 1]))
            for (users, rate, name) in [
                (11, 2, UsageLimits.Name.maxUsers), (10, 3, .maxSpawnRate),
            ] {
                let refused = await breaches {
                    _ = try await rig.orchestrator.changeUsers(
                        of: run, to: users, spawnRate: Double(rate), in: .everything, by: "anna")
                }
                #expect(refused.map(\.name) == [name])
            }
            _ = try await rig.orchestrator.changeUsers(
                of: run, to: 9, spawnRate: nil, in: .everything, by: "anna")
        }
    }

    @Test func `adopted runs count`() async throws {
        let before = Rig(limits: [.maxConcurrentRuns: 1], clusters: clusters)
        let run = try await before.running { try await before.startRunning() }
        let rig = Rig(
            after: before, limits: [.maxConcurrentRuns: 1], clusters: clusters,
            awaitsAdoption: true)
        try await rig.orchestrator.adopt()
        let refused = await breaches { _ = try await rig.start("run-2") }
        #expect(refused.flatMap(\.runs) == [run])
    }

    @Test func `the runs of a day count until it is over, whatever became of them`() async throws {
        let rig = Rig(limits: [.maxRunsPerDay: 2])
        try await rig.running {
            for number in 1...2 {
                let run = try await rig.startRunning("run-\(number)")
                _ = try await rig.stop(run)
                #expect(await rig.reaches(.finished, run))
            }
            let refused = await breaches { _ = try await rig.start("run-3") }
            #expect(refused.map(\.name) == [.maxRunsPerDay])
            rig.time.jumpCalendar(by: 86_400)
            _ = try await rig.start("run-3")
        }
    }

    @Test func `an environment's limits hold beside its tenant's`() async throws {
        let rig = Rig(clusters: clusters)
        var catalog = Catalog.sample(clusters: clusters, limits: [.maxConcurrentRuns: 3])
        catalog = Catalog(
            tenants: catalog.tenants.map {
                Tenant(
                    id: $0.id, name: $0.name, environments: $0.environments, limits: $0.limits,
                    environmentLimits: ["dev": [.maxConcurrentRuns: 1, .maxSpawnRate: 1.5]])
            }, clusters: catalog.clusters)
        await rig.orchestrator.replaceCatalog(catalog)
        // The rig's runs start two users per second.
        let refused = await breaches { _ = try await rig.start("run-1") }
        #expect(refused.map(\.name) == [.maxSpawnRate])
        #expect(refused.map(\.owner.kind) == ["environment"])
    }

    @Test func `a target's ceiling sums over tenants`() async throws {
        let rig = Rig(clusters: clusters)
        let pattern = try #require(TargetPattern("127.0.0.1:9"))
        let sample = Catalog.sample(clusters: clusters)
        await rig.orchestrator.replaceCatalog(
            Catalog(
                tenants: sample.tenants, clusters: sample.clusters,
                targets: [Ceiling(.target(pattern), [.maxTotalUsers: 15])]))
        _ = try await rig.start("run-1", users: 10)
        let refused = await breaches {
            _ = try await rig.start("run-2", tenant: "tenant-2", users: 6)
        }
        #expect(refused.map(\.owner) == [.target(pattern)])
        #expect(await breaches { _ = try await rig.start("run-2", users: 16) }.first?.inUse == nil)
        _ = try await rig.start("run-2", tenant: "tenant-2", users: 5)
    }
}

extension Rig {
    /// Starts a run on one cluster of the fleet and waits until its load was seen.
    fileprivate func startRunning(_ id: String, on cluster: String) async throws -> RunID {
        let run = try await start(id, cluster: cluster)
        try #require(await eventually { fleet[cluster].orders.contains(.start(run)) })
        try #require(await reaches(.running, run))
        return run
    }
}
