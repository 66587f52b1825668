import Foundation
import TestSupport
import Testing

@testable import ControlPlane

/// What can happen to load that nobody asked to stop.
struct LossTests {
    @Test func `somebody else's load replaces the run and is not stopped`() async throws {
        let rig = Rig()
        try await rig.running {
            let run = try await rig.startRunning()
            rig.cluster.behave { $0.load = .foreign("run other") }
            #expect(await rig.reaches(.failed, run))
            #expect(rig.stored(run)?.endReason == .replaced)
            #expect(rig.stored(run)?.endDetail == "the cluster runs run other")
            await rig.pass(.seconds(30))
            #expect(!rig.has(.stop(run)))
        }
    }

    @Test func `somebody else's load seen while stopping ends the run without another stop`()
        async throws
    {
        let rig = Rig()
        try await rig.running {
            let run = try await rig.startRunning()
            rig.cluster.behave { $0.load = .foreign("run other") }
            _ = try await rig.stop(run)
            #expect(await rig.reaches(.finished, run))
            #expect(rig.count(.stop(run)) == 1)
            #expect(rig.stored(run)?.endReason == .stoppedByUser)
        }
    }

    @Test func `a cluster out of reach for too long is lost and the load is stopped`() async throws
    {
        let rig = Rig()
        try await rig.running {
            let run = try await rig.startRunning(duration: 3600)
            let seen = rig.time.uptime
            rig.cluster.behave { $0.lookError = DriverError("connection refused") }
            #expect(await eventually(moving: rig.time, by: .seconds(1)) { rig.has(.stop(run)) })
            #expect(rig.cluster.times(of: .stop(run))[0] >= seen + rig.settings.clusterLostAfter)
            #expect(rig.stored(run)?.endReason == .clusterLost)
            rig.cluster.behave { $0.lookError = nil }
            #expect(await rig.reaches(.failed, run))
            #expect(rig.stored(run)?.endReason == .clusterLost)
        }
    }

    @Test func `polls that fail for less than that only cost numbers`() async throws {
        let rig = Rig()
        try await rig.running {
            let run = try await rig.startRunning(duration: 3600)
            rig.cluster.behave { $0.lookError = DriverError("connection refused") }
            await rig.pass(rig.settings.clusterLostAfter - .seconds(15))
            rig.cluster.behave { $0.lookError = nil }
            await rig.pass(.seconds(120))
            #expect(rig.stored(run)?.state == .running)
            #expect(!rig.has(.stop(run)))
        }
    }

    @Test func `a callback is a sign of the cluster`() async throws {
        let rig = Rig()
        try await rig.running {
            let run = try await rig.startRunning(duration: 3600)
            rig.cluster.behave { $0.lookError = DriverError("connection refused") }
            for sequence in 1...20 {
                await rig.pass(.seconds(10), by: .seconds(5))
                _ = try await rig.orchestrator.receive(.sample(of: run, sequence: sequence))
            }
            #expect(rig.stored(run)?.state == .running)
        }
    }

    @Test func `polls never overlap and back off from a master that does not answer`() async throws
    {
        let rig = Rig()
        try await rig.running {
            let run = try await rig.startRunning(duration: 3600)
            rig.cluster.behave { $0.lookError = DriverError("connection refused") }
            let before = rig.cluster.looks
            await rig.pass(.seconds(58))
            let pauses = zip(
                rig.cluster.lookTimes.dropFirst(before + 1),
                rig.cluster.lookTimes.dropFirst(before)
            ).map { $0 - $1 }
            // 10 s after the last good one, then 20 s, then 30 s at the most.
            #expect(pauses.first == .seconds(20))
            #expect(pauses.allSatisfy { $0 <= .seconds(30) })
            rig.cluster.behave { ($0.lookError, $0.looksHang) = (nil, true) }
            await rig.pass(.seconds(60))
            #expect(rig.cluster.looksAtOnceMost == 1)
            rig.cluster.behave { $0.looksHang = false }
            #expect(rig.stored(run)?.state != .pending)
        }
    }

    @Test func `a restarted master loses the run and holds the cluster for its old workers`()
        async throws
    {
        let rig = Rig()
        try await rig.running {
            let run = try await rig.startRunning(duration: 3600)
            await rig.pass(.seconds(11))
            rig.cluster.behave { ($0.boot, $0.load) = ("boot-2", .absent) }
            #expect(await rig.reaches(.stopping, run))
            let noticed = rig.time.uptime
            #expect(rig.stored(run)?.endReason == .clusterLost)
            await rig.pass(rig.settings.orphanedWorkersLast - .seconds(2))
            #expect(rig.stored(run)?.state == .stopping)
            await #expect(throws: ControlPlaneError.isBusy([run])) {
                try await rig.start("run-2")
            }
            #expect(await rig.reaches(.failed, run))
            #expect(rig.time.uptime >= noticed + rig.settings.orphanedWorkersLast - .seconds(1))
        }
    }

    @Test func `load that ends early has vanished`() async throws {
        let rig = Rig()
        try await rig.running {
            let run = try await rig.startRunning(duration: 60)
            await rig.pass(.seconds(20))
            rig.cluster.behave { $0.load = .absent }
            #expect(await rig.reaches(.failed, run))
            #expect(rig.stored(run)?.endReason == .loadVanished)
            #expect(!rig.has(.stop(run)))
        }
    }

    @Test func `load that ends early and comes back is stopped`() async throws {
        let rig = Rig()
        try await rig.running {
            let run = try await rig.startRunning(duration: 600)
            rig.cluster.behave { $0.load = .absent }
            #expect(await eventually(moving: rig.time) { rig.isLoadGone(run) })
            rig.cluster.behave { $0.load = nil }
            #expect(await rig.reaches(.failed, run))
            #expect(!rig.cluster.isLoaded)
            #expect(rig.stored(run)?.endReason == .loadVanished)
        }
    }

    @Test func `a test that says why it is over ends with that reason`() async throws {
        let rig = Rig()
        try await rig.running {
            let run = try await rig.startRunning(duration: 60)
            rig.cluster.behave { $0.load = .over(.testEnded, "the load shape is over") }
            #expect(await rig.reaches(.finished, run))
            #expect(rig.stored(run)?.endReason == .testEnded)
            #expect(rig.stored(run)?.endDetail == "the load shape is over")
        }
    }

    @Test func `load that ends at the deadline ended because the time was over`() async throws {
        let rig = Rig()
        try await rig.running {
            let run = try await rig.startRunning(duration: 60)
            let deadline = rig.cluster.times(of: .start(run))[0] + .seconds(60)
            await rig.pass(deadline - rig.time.uptime - .seconds(1))
            _ = try await rig.orchestrator.receive(.sample(.testStop, of: run, sequence: 1))
            #expect(await rig.settles(.finished, run))
            #expect(rig.stored(run)?.endReason == .durationElapsed)
        }
    }

    @Test(
        arguments: [
            (.deadline, .durationElapsed), (.lease, .loadVanished), (.controlPlane, .loadVanished),
            (nil, .loadVanished),
        ] as [(Callback.StopReason?, EndReason)])
    func `the hook's reason to stop is the run's`(
        reason: Callback.StopReason?, expected: EndReason
    ) async throws {
        let rig = Rig()
        try await rig.running {
            let run = try await rig.startRunning(duration: 600)
            _ = try await rig.orchestrator.receive(
                .sample(.testStop, of: run, sequence: 1, reason: reason))
            #expect(await rig.settles(expected == .durationElapsed ? .finished : .failed, run))
            #expect(rig.stored(run)?.endReason == expected)
        }
    }
}
