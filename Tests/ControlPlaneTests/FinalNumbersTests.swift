import Foundation
import TestSupport
import Testing

@testable import ControlPlane

/// The numbers that a run ends with.
struct FinalNumbersTests {
    @Test func `the final callback ends the wait and its numbers are the last`() async throws {
        let rig = Rig()
        try await rig.running {
            let run = try await rig.startRunning()
            _ = try await rig.orchestrator.receive(.sample(of: run, sequence: 1, requests: 181))
            _ = try await rig.stop(run)
            #expect(await eventually(moving: rig.time) { rig.isLoadGone(run) })
            #expect(rig.stored(run)?.state == .stopping)
            let answer = try await rig.orchestrator.receive(
                .sample(.testStop, of: run, sequence: 2, requests: 241, users: 3))
            #expect(answer.stop)
            #expect(await rig.reaches(.finished, run))
            #expect(await eventually { rig.store.record(run)?.lastMetrics?.currentUsers == 0 })
            let metrics = try #require(rig.store.record(run)?.lastMetrics)
            #expect(metrics.totalRequests == 241)
        }
    }

    @Test func `a run whose load only its numbers show has ended by its duration`() async throws {
        let rig = Rig()
        rig.cluster.behave { $0.load = .unclear }
        try await rig.running {
            let run = try await rig.start(duration: 2)
            #expect(await eventually(moving: rig.time) { rig.has(.stop(run)) })
            rig.cluster.behave {
                ($0.load, $0.observations) = (.absent, [.sample(.poll, 1, requests: 12)])
            }
            #expect(await rig.reaches(.finished, run))
            #expect(rig.stored(run)?.endReason == .durationElapsed)
            #expect(rig.stored(run)?.startedAt == rig.stored(run)?.startRequestedAt)
        }
    }

    @Test func `polls that no longer change end the wait`() async throws {
        let rig = Rig()
        try await rig.running {
            let run = try await rig.startRunning()
            _ = try await rig.stop(run)
            #expect(await eventually(moving: rig.time) { rig.isLoadGone(run) })
            let gone = rig.time.uptime
            await rig.pass(.seconds(3))
            // The workers' last report, up to 3 s after the stop.
            rig.cluster.behave { $0.observations = [.sample(.poll, 1, requests: 261)] }
            await rig.pass(.seconds(4))
            #expect(rig.stored(run)?.state == .stopping)
            #expect(await rig.reaches(.finished, run))
            #expect(rig.time.uptime >= gone + .seconds(8))
            #expect(await eventually { rig.store.record(run)?.lastMetrics?.currentUsers == 0 })
            #expect(rig.store.record(run)?.lastMetrics?.totalRequests == 261)
        }
    }

    @Test func `numbers that never rest are waited for only so long`() async throws {
        let rig = Rig()
        try await rig.running {
            let run = try await rig.startRunning()
            _ = try await rig.stop(run)
            #expect(await eventually(moving: rig.time) { rig.isLoadGone(run) })
            let gone = rig.time.uptime
            for count in 1...200 where rig.stored(run)?.state == .stopping {
                rig.cluster.behave {
                    $0.observations = [.sample(.poll, count, requests: count * 10)]
                }
                await rig.pass(.milliseconds(500))
            }
            #expect(rig.stored(run)?.state == .finished)
            #expect(rig.time.uptime >= gone + rig.settings.numbersFinalTimeout - .seconds(1))
        }
    }

    @Test func `a hook that has reported is waited for longer than polls are`() async throws {
        let rig = Rig()
        try await rig.running {
            let run = try await rig.startRunning()
            _ = try await rig.orchestrator.receive(.sample(of: run, sequence: 1, requests: 10))
            _ = try await rig.stop(run)
            #expect(await eventually(moving: rig.time) { rig.isLoadGone(run) })
            await rig.pass(rig.settings.numbersSettleAfter + .seconds(4))
            #expect(rig.stored(run)?.state == .stopping)
            _ = try await rig.orchestrator.receive(
                .sample(.testStop, of: run, sequence: 2, requests: 50, responseMs: [80]))
            #expect(await rig.reaches(.finished, run))
            #expect(await eventually { rig.store.record(run)?.lastMetrics?.currentUsers == 0 })
            #expect(rig.store.record(run)?.lastMetrics?.totalRequests == 50)
        }
    }

    @Test func `the final rate is that of the whole run`() async throws {
        let rig = Rig()
        try await rig.running {
            let run = try await rig.startRunning(duration: 60)
            let ordered = rig.cluster.times(of: .start(run))[0]
            await rig.pass(ordered + .seconds(40) - rig.time.uptime)
            _ = try await rig.stop(run)
            _ = try await rig.orchestrator.receive(
                .sample(
                    .testStop, of: run, sequence: 1, requests: 800, failures: 200, elapsed: 40))
            #expect(await rig.reaches(.finished, run))
            #expect(await eventually { rig.store.record(run)?.lastMetrics?.currentUsers == 0 })
            let metrics = try #require(rig.store.record(run)?.lastMetrics)
            #expect(abs(metrics.totalRps - 20) < 0.01)
            #expect(metrics.errorRate == 25)
        }
    }

    @Test func `numbers that are being stored when the run ends do not undo the final ones`()
        async throws
    {
        let rig = Rig()
        try await rig.running {
            let run = try await rig.startRunning()
            _ = try await rig.stop(run)
            #expect(await eventually(moving: rig.time) { rig.isLoadGone(run) })
            rig.store.behave { $0.holdsAppends = true }
            async let late = rig.orchestrator.receive(
                .sample(of: run, sequence: 1, requests: 30, users: 7))
            #expect(await eventually { rig.store.heldAppends == 1 })
            #expect(await rig.reaches(.finished, run))
            rig.store.behave { $0.holdsAppends = false }
            _ = try await late
            let metrics = try #require(rig.store.record(run)?.lastMetrics)
            #expect(metrics.totalRequests == 30)
            #expect(metrics.currentUsers == 0)
        }
    }

    @Test func `the end is stored however long the store fails`() async throws {
        let rig = Rig()
        try await rig.running {
            let run = try await rig.startRunning()
            _ = try await rig.orchestrator.receive(.sample(of: run, sequence: 1, requests: 10))
            _ = try await rig.stop(run)
            #expect(await eventually(moving: rig.time) { rig.isLoadGone(run) })
            rig.store.behave { $0.savesToFail = .max }
            await rig.pass(.seconds(120), by: .seconds(1))
            #expect(rig.stored(run)?.state == .stopping)
            rig.store.behave { $0.savesToFail = 0 }
            #expect(await rig.reaches(.finished, run))
            #expect(await eventually { rig.store.record(run)?.lastMetrics?.currentUsers == 0 })
        }
    }
}
