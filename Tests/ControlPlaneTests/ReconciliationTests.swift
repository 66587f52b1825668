import Foundation
import TestSupport
import Testing

@testable import ControlPlane

/// Load on clusters where no run of ours should be.
struct ReconciliationTests {
    private func health(_ claim: ClusterLoad.Claim?, users: Int = 7) -> ClusterHealth {
        ClusterHealth(
            version: "2.47.0", state: claim == nil ? "stopped" : "running", workers: 2,
            users: users,
            loads: claim.map { [ClusterLoad(claim: $0, users: users, state: "running")] } ?? [])
    }

    private func rig(withOver run: Run, clusters: [String] = ["c1"]) async throws -> Rig {
        let rig = Rig(clusters: clusters)
        try await rig.store.insert(run, liveRunsMax: nil)
        return rig
    }

    private func busy(_ rig: Rig, cluster: String? = nil) async throws -> [FullCluster]? {
        do throws(ControlPlaneError) {
            _ = try await rig.orchestrator.start(
                RunRequest(
                    id: RunID("next"), loadTestID: nil, spec: .sample(cluster: cluster),
                    plan: RunPlan(targetUsers: 1, spawnRate: 1, durationSeconds: 60)), by: "ci")
            return nil
        } catch {
            guard case .clusterBusy(let clusters) = error else { throw error }
            return clusters
        }
    }

    private func isAccepted(_ rig: Rig) async throws -> Bool {
        let refusal = try await busy(rig)
        return refusal == nil
    }

    @Test func `load of a run that is over is stopped until it is gone`() async throws {
        let run = Run.sample(.failed, endReason: .clusterLost)
        let rig = try await rig(withOver: run)
        rig.cluster.behave {
            $0.health = health(.run(run.id))
            $0.stopError = DriverError("connection refused")
        }
        try await rig.running {
            try #require(await eventually(moving: rig.time) { rig.count(.stop(run.id)) >= 5 })
            let stops = rig.cluster.times(of: .stop(run.id))
            let pauses = zip(stops, stops.dropFirst()).map { $1 - $0 }
            #expect(pauses[0] < .seconds(20) && pauses.allSatisfy { $0 < .seconds(60) })
            #expect(pauses[3] > pauses[0])
            let story = rig.store.timeline(of: run.id)
            #expect(story.map(\.kind) == [.loadReturned, .stop])
            #expect(story.last?.outcome?.result == .retrying)
            let status = await rig.orchestrator.clusters(in: .everything)[0]
            #expect(status.foreignLoad == nil)
            #expect(status.problem?.contains("load of a run that is over") == true)

            rig.cluster.behave { $0.stopError = nil }
            let isDone = await eventually(moving: rig.time) {
                rig.store.timeline(of: run.id).last?.outcome?.result == .done
            }
            #expect(isDone)
            rig.cluster.behave { $0.health = health(nil) }
            let isFree = await eventually(moving: rig.time) {
                await rig.orchestrator.clusters(in: .everything)[0].problem == nil
            }
            #expect(isFree)
            let count = rig.count(.stop(run.id))
            await rig.pass(.seconds(30), by: .seconds(1))
            #expect(rig.count(.stop(run.id)) == count)
        }
    }

    @Test func `a store that fails does not hold up the stop`() async throws {
        let run = Run.sample(.failed, endReason: .clusterLost)
        let rig = try await rig(withOver: run)
        rig.store.behave { $0.ordersToFail = .max }
        rig.cluster.behave { $0.health = health(.run(run.id)) }
        try await rig.running {
            #expect(await eventually { rig.has(.stop(run.id)) })
        }
    }

    @Test func `nothing is started while load of a run that is over is being stopped`()
        async throws
    {
        let run = Run.sample(.failed, endReason: .clusterLost)
        let rig = try await rig(withOver: run)
        rig.cluster.behave {
            $0.health = health(.run(run.id))
            $0.hangs = true
        }
        try await rig.running {
            #expect(await eventually { rig.has(.stop(run.id)) })
            let refusal = try #require(try await busy(rig))
            #expect(refusal.map(\.limit) == [.returnedLoad])
            rig.cluster.behave {
                $0.health = health(nil)
                $0.hangs = false
            }
            #expect(try await eventually { try await isAccepted(rig) })
        }
    }

    @Test func `load of a run that is over is left alone while another run is live there`()
        async throws
    {
        let over = Run.sample(.failed, id: "over", endReason: .clusterLost)
        let rig = try await rig(withOver: over)
        try await rig.running {
            let run = try await rig.startRunning("run-2", duration: 600)
            rig.cluster.behave { $0.health = health(.run(over.id)) }
            await rig.pass(.seconds(90), by: .seconds(1))
            #expect(!rig.has(.stop(over.id)))
            rig.cluster.behave { $0.load = .foreign("another run") }
            #expect(await rig.reaches(.failed, run))
            #expect(await eventually(moving: rig.time) { rig.has(.stop(over.id)) })
        }
    }

    @Test func `a run's own load is never foreign, and never stopped`() async throws {
        let rig = Rig()
        try await rig.running {
            let run = try await rig.startRunning(duration: 600)
            for claim in [ClusterLoad.Claim.run(run), .untold] {
                rig.cluster.behave { $0.health = health(claim) }
                await rig.pass(.seconds(60), by: .seconds(1))
                let status = await rig.orchestrator.clusters(in: .everything, fresh: true)[0]
                #expect(status.foreignLoad == nil && status.problem == nil)
                #expect(status.runs == [run])
            }
            #expect(!rig.has(.stop(run)))
        }
    }

    @Test(arguments: [
        (ClusterLoad.Claim.nobodys, "somebody else"), (.untold, "no run of this service"),
        (.run(RunID("elsewhere")), "the run id elsewhere"),
    ])
    func `foreign load is told of, keeps starts away and is not touched`(
        claim: ClusterLoad.Claim, words: String
    ) async throws {
        let rig = Rig()
        rig.cluster.behave { $0.health = health(claim) }
        try await rig.running {
            let first = rig.time.now
            let status = await rig.orchestrator.clusters(in: .everything)[0]
            #expect(status.foreignLoad?.users == 7)
            #expect(status.foreignLoad?.detail.contains(words) == true)
            await rig.pass(.seconds(45), by: .seconds(1))
            let later = await rig.orchestrator.clusters(in: .everything)[0]
            #expect(try #require(later.foreignLoad).since.timeIntervalSince(first) < 1)
            let refusal = try #require(try await busy(rig))
            #expect(refusal[0].description.contains(words))
            #expect(rig.cluster.orders.isEmpty && rig.store.record(RunID("next")) == nil)
            #expect(rig.log.lines.count { $0.contains("\"foreign load\"") } == 1)

            // Gone, it is in nobody's way any more: not only after the next look.
            rig.cluster.behave { $0.health = health(nil) }
            #expect(try await isAccepted(rig))
        }
    }

    @Test func `a run goes to another cluster when the first has foreign load`() async throws {
        let rig = Rig(clusters: ["c1", "c2"], isFleet: true)
        rig.fleet["c1"].behave { $0.health = health(.nobodys) }
        try await rig.running {
            _ = await rig.orchestrator.clusters(in: .everything)
            let isAccepted = try await isAccepted(rig)
            #expect(isAccepted)
            #expect(rig.store.record(RunID("next"))?.run.clusterID == "c2")
        }
    }
}
