import Foundation
import TestSupport
import Testing

@testable import ControlPlane

/// The end of the service cuts off what is under way: that is no news of the cluster, and what was
/// promised is kept by the next process.
struct CutOffTests {
    let rig = Rig()

    @Test func `a run that is being prepared is started by the next process`() async throws {
        rig.cluster.behave {
            $0.prepareHangs = true
            $0.prepareError = DriverError("cancelled")
        }
        let run = try await rig.running {
            let run = try await rig.start()
            #expect(await eventually { rig.has(.prepare(run)) })
            return run
        }
        #expect(rig.stored(run)?.state == .pending)

        rig.cluster.behave { ($0.prepareHangs, $0.prepareError) = (false, nil) }
        let next = Rig(after: rig)
        try await next.orchestrator.adopt()
        try await next.running { #expect(await next.reaches(.running, run)) }
        #expect(rig.count(.start(run)) == 1)
    }

    @Test func `load that was being asked for is looked for by the next process`() async throws {
        rig.cluster.behave {
            $0.hangs = true
            $0.startError = DriverError("cancelled", outcomeIsUnknown: true)
        }
        let run = try await rig.running {
            let run = try await rig.start()
            #expect(await eventually { rig.has(.start(run)) })
            return run
        }
        #expect(rig.stored(run)?.state == .starting)

        rig.cluster.behave { ($0.hangs, $0.startError, $0.load) = (false, nil, .on) }
        let next = Rig(after: rig)
        try await next.orchestrator.adopt()
        try await next.running { #expect(await next.reaches(.running, run)) }
        #expect(rig.count(.start(run)) == 1)
    }

    @Test func `a poll that is cut off says nothing of the cluster`() async throws {
        let run = try await rig.running {
            let run = try await rig.startRunning(duration: 600)
            rig.cluster.behave {
                $0.looksHang = true
                $0.lookError = DriverError("cancelled")
            }
            let looks = rig.cluster.looks
            #expect(
                await eventually(moving: rig.time, by: .seconds(1)) { rig.cluster.looks > looks })
            return run
        }
        #expect(rig.stored(run)?.problem == nil)
        #expect(!rig.store.timeline(of: run).map(\.kind).contains(.clusterUnreachable))
    }

    @Test func `a stop that is cut off is no stop that failed`() async throws {
        let run = try await rig.running {
            let run = try await rig.startRunning(duration: 600)
            rig.cluster.behave {
                $0.hangs = true
                $0.stopError = DriverError("cancelled", outcomeIsUnknown: true)
            }
            _ = try await rig.stop(run)
            #expect(await eventually { rig.has(.stop(run)) })
            return run
        }
        #expect(rig.stored(run)?.state == .stopping)
        #expect(rig.stored(run)?.problem == nil)
    }

    /// Whose order to start was never stored.
    private func decided(duration: Double) async throws -> RunID {
        var run = Run(
            id: RunID("run-1"), loadTestID: nil, spec: .sample(),
            plan: RunPlan(targetUsers: 5, spawnRate: 5, durationSeconds: duration),
            clusterID: "c1", audit: Audit(at: rig.time.now, by: "ci"))
        try await rig.store.insert(run, liveRunsMax: nil)
        _ = try run.apply(.clusterReady(machine: rig.time.machine), at: rig.time.now)
        try await rig.store.save(run, numbers: nil)
        return run.id
    }

    @Test func `a start that is resumed is not given to a cluster that was taken meanwhile`()
        async throws
    {
        let run = try await decided(duration: 600)
        rig.cluster.behave { $0.prepareError = DriverError("the master is running a test") }
        try await rig.orchestrator.adopt()
        try await rig.running { #expect(await rig.reaches(.failed, run)) }
        #expect(!rig.has(.start(run)))
        #expect(rig.stored(run)?.endReason == .startFailed)
    }

    @Test func `a start whose time is over is not resumed`() async throws {
        let run = try await decided(duration: 5)
        rig.time.advance(by: .seconds(10))
        try await rig.orchestrator.adopt()
        try await rig.running { #expect(await rig.reaches(.failed, run)) }
        #expect(!rig.has(.start(run)) && !rig.has(.stop(run)))
    }
}
