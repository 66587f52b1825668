import Foundation
import TestSupport
import Testing

@testable import ControlPlane

/// Which runs are accepted, and on which cluster.
struct AdmissionTests {
    @Test func `of parallel starts on one cluster exactly one wins and is named to the others`()
        async throws
    {
        let rig = Rig()
        try await rig.running {
            let outcomes = await withTaskGroup(of: Result<RunID, any Error>.self) { group in
                for number in 0..<50 {
                    group.addTask {
                        do { return .success(try await rig.start("run-\(number)")) } catch {
                            return .failure(error)
                        }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            let winners = outcomes.compactMap { try? $0.get() }
            #expect(winners.count == 1)
            for case .failure(let error) in outcomes {
                #expect(error as? ControlPlaneError == .isBusy(winners))
            }
            #expect(await rig.reaches(.running, winners[0]))
            #expect(rig.cluster.orders == [.prepare(winners[0]), .start(winners[0])])
        }
    }

    @Test func `the next free cluster is taken, and all runs in the way are named`() async throws {
        let rig = Rig(clusters: ["c1", "c2"])
        try await rig.running {
            for id in ["run-1", "run-2"] { _ = try await rig.start(id) }
            #expect(rig.store.record(RunID("run-1"))?.run.clusterID == "c1")
            #expect(rig.store.record(RunID("run-2"))?.run.clusterID == "c2")
            await #expect(
                throws: ControlPlaneError.clusterBusy([
                    FullCluster("c1", .oneRun, [RunID("run-1")]),
                    FullCluster("c2", .oneRun, [RunID("run-2")]),
                ])
            ) { try await rig.start("run-3") }
            await #expect(throws: ControlPlaneError.isBusy([RunID("run-2")], "c2")) {
                try await rig.start("run-3", cluster: "c2")
            }
        }
    }

    @Test func `a tenant's limit of concurrent runs holds at it and not below`() async throws {
        let rig = Rig(limits: [.maxConcurrentRuns: 2], clusters: ["c1", "c2", "c3", "c4"])
        try await rig.running {
            let first = try await rig.start("run-1")
            _ = try await rig.start("run-2")
            await #expect(throws: ControlPlaneError.hasRuns(2, [first, RunID("run-2")])) {
                try await rig.start("run-3")
            }
            _ = try await rig.start("run-4", tenant: "tenant-2")
            #expect(await rig.reaches(.running, first))
            _ = try await rig.stop(first)
            #expect(await rig.reaches(.finished, first))
            _ = try await rig.start("run-3")
        }
    }

    @Test func `an environment without a cluster is refused`() async throws {
        let rig = Rig()
        await #expect(
            throws: ControlPlaneError.noCluster(.init(tenantID: "nobody", envID: "dev"))
        ) { try await rig.start(tenant: "nobody") }
        await #expect(
            throws: ControlPlaneError.noCluster(.init(tenantID: "tenant-1", envID: "dev"))
        ) { try await rig.start(cluster: "elsewhere") }
    }

    @Test func `nothing starts during a shutdown`() async throws {
        let rig = Rig()
        await rig.orchestrator.beginShutdown()
        await #expect(throws: ControlPlaneError.shuttingDown) { try await rig.start() }
    }

    @Test func `a cluster is free again when its run is over`() async throws {
        let rig = Rig()
        try await rig.running {
            for number in 1...3 {
                let run = try await rig.startRunning("run-\(number)")
                _ = try await rig.stop(run)
                #expect(await rig.reaches(.finished, run))
            }
        }
    }

    @Test func `a new catalog holds for what starts from now on`() async throws {
        let rig = Rig()
        try await rig.running {
            let run = try await rig.startRunning(duration: 60)
            await rig.orchestrator.replaceCatalog(.sample(clusters: ["c9"]))
            _ = try await rig.start("run-2")
            #expect(rig.store.record(RunID("run-2"))?.run.clusterID == "c9")
            #expect(await rig.reaches(.finished, run))
            #expect(rig.has(.stop(run)))
        }
    }

    @Test func `a caller sees the clusters that serve its tenant`() async throws {
        let rig = Rig(clusters: ["c1", "c2"])
        let seen = await rig.orchestrator.clusters(in: .tenant("tenant-1"))
        #expect(seen.map(\.cluster.id) == ["c1", "c2"])
        #expect(await rig.orchestrator.clusters(in: .tenant("tenant-3")).isEmpty)
        rig.cluster.behave { $0.lookError = DriverError("connection refused") }
        let down = await rig.orchestrator.clusters(in: .everything, fresh: true)
        #expect(down.allSatisfy { $0.health == nil && $0.problem == "connection refused" })
    }
}
