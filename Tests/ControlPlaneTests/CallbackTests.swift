import Foundation
import TestSupport
import Testing

@testable import ControlPlane

/// What a hook's message does and what it is told.
struct CallbackTests {
    @Test func `numbers are stored once and the lease is renewed`() async throws {
        let rig = Rig()
        try await rig.running {
            let run = try await rig.startRunning()
            let message = Callback.sample(of: run, sequence: 1, requests: 100, responseMs: [20])
            for isDuplicate in [false, true] {
                let answer = try await rig.orchestrator.receive(message)
                #expect(
                    answer
                        == CallbackAnswer(
                            runID: run, lease: rig.settings.lease, stop: false,
                            isDuplicate: isDuplicate))
            }
            #expect(rig.store.record(run)?.lastMetrics?.totalRequests == 100)
            #expect(rig.store.state.withLock { $0.observations[run]?.count } == 1)
        }
    }

    @Test func `an unknown run is refused`() async throws {
        let rig = Rig()
        try await rig.running {
            await #expect(throws: ControlPlaneError.unknownRun(RunID("x"))) {
                try await rig.orchestrator.receive(.sample(of: RunID("x"), sequence: 1))
            }
        }
    }

    @Test(
        arguments: [("tenant-2", nil), (nil, "prod"), ("tenant-1", "prod")] as [(String?, String?)])
    func `another tenant's or environment's message is refused and changes nothing`(
        tenant: String?, env: String?
    ) async throws {
        let rig = Rig()
        try await rig.running {
            let run = try await rig.startRunning()
            let message = Callback.sample(
                .testStop, of: run, sequence: 1, requests: 5, tenant: tenant, env: env)
            for _ in 0..<2 {
                await #expect(throws: ControlPlaneError.unknownRun(run)) {
                    try await rig.orchestrator.receive(message)
                }
            }
            #expect(rig.stored(run)?.state == .running)
            #expect(rig.store.record(run)?.lastMetrics == nil)
            // After the end it must not even be told that there was such a run.
            _ = try await rig.stop(run)
            #expect(await rig.reaches(.finished, run))
            await #expect(throws: ControlPlaneError.unknownRun(run)) {
                try await rig.orchestrator.receive(message)
            }
        }
    }

    @Test func `a run that is over takes no numbers`() async throws {
        let rig = Rig()
        try await rig.running {
            let run = try await rig.startRunning()
            _ = try await rig.stop(run)
            #expect(await rig.reaches(.finished, run))
            let before = rig.store.record(run)
            await #expect(throws: ControlPlaneError.runIsOver(run, .finished)) {
                try await rig.orchestrator.receive(.sample(of: run, sequence: 1, requests: 9))
            }
            #expect(rig.store.record(run) == before)
        }
    }

    @Test func `a run that is pending has no load to report of`() async throws {
        let rig = Rig()
        rig.cluster.behave { $0.prepareHangs = true }
        try await rig.running {
            let run = try await rig.start()
            await #expect(throws: ControlPlaneError.unknownRun(run)) {
                try await rig.orchestrator.receive(.sample(of: run, sequence: 1, requests: 9))
            }
            rig.cluster.behave { $0.prepareHangs = false }
        }
    }

    @Test func `a live run that nobody supervises yet is not said to be over`() async throws {
        let rig = Rig()
        let run = Run.sample(.running)
        try await rig.store.insert(run, liveRunsMax: nil)
        await #expect(throws: ControlPlaneError.shuttingDown) {
            try await rig.orchestrator.receive(.sample(of: run.id, sequence: 1))
        }
    }

    @Test func `the answer says stop while the run is stopping`() async throws {
        let rig = Rig()
        try await rig.running {
            let run = try await rig.startRunning()
            rig.cluster.behave { $0.hangs = true }
            _ = try await rig.stop(run)
            let answer = try await rig.orchestrator.receive(.sample(of: run, sequence: 1))
            #expect(answer.stop)
            rig.cluster.behave { $0.hangs = false }
        }
    }

    @Test func `a message that could not be stored counts when it is sent again`() async throws {
        let rig = Rig()
        try await rig.running {
            let run = try await rig.startRunning()
            rig.store.behave { $0.appendsToFail = 1 }
            let message = Callback.sample(of: run, sequence: 1, requests: 70, responseMs: [20])
            await #expect(throws: ControlPlaneError.store("the disk is full")) {
                try await rig.orchestrator.receive(message)
            }
            #expect(rig.store.record(run)?.lastMetrics == nil)
            #expect(try await rig.orchestrator.receive(message).isDuplicate == false)
            #expect(rig.store.record(run)?.lastMetrics?.totalRequests == 70)
            #expect(try await rig.orchestrator.receive(message).isDuplicate)
        }
    }

    @Test func `a stop message that could not be stored ends the run when it is sent again`()
        async throws
    {
        let rig = Rig()
        try await rig.running {
            let run = try await rig.startRunning(duration: 600)
            rig.store.behave { $0.appendsToFail = 1 }
            let message = Callback.sample(.testStop, of: run, sequence: 1, requests: 70)
            await #expect(throws: ControlPlaneError.self) {
                try await rig.orchestrator.receive(message)
            }
            _ = try await rig.orchestrator.receive(message)
            #expect(await rig.settles(.failed, run))
            #expect(rig.store.record(run)?.lastMetrics?.totalRequests == 70)
        }
    }

    @Test func `the same message twice at once counts once`() async throws {
        let rig = Rig()
        try await rig.running {
            let run = try await rig.startRunning()
            rig.store.behave { $0.holdsAppends = true }
            let message = Callback.sample(of: run, sequence: 1, requests: 2, responseMs: [10, 10])
            async let first = rig.orchestrator.receive(message)
            async let second = rig.orchestrator.receive(message)
            #expect(await eventually { rig.store.heldAppends == 2 })
            rig.store.behave { $0.holdsAppends = false }
            _ = try await (first, second)
            // One more value above: the median shows whether the first two counted four times.
            _ = try await rig.orchestrator.receive(
                .sample(of: run, sequence: 2, requests: 5, responseMs: [90, 90, 90]))
            let median = try #require(rig.store.record(run)?.lastMetrics?.p50ResponseMs)
            #expect(median > 80)
        }
    }

    @Test func `an old epoch's repeated message is known although a new epoch has begun`()
        async throws
    {
        let rig = Rig()
        try await rig.running {
            let run = try await rig.startRunning()
            let old = Callback.sample(
                of: run, sequence: 1, epoch: "a", requests: 2, responseMs: [10, 10])
            _ = try await rig.orchestrator.receive(old)
            _ = try await rig.orchestrator.receive(
                .sample(of: run, sequence: 1, epoch: "b", requests: 5, responseMs: [90, 90, 90]))
            #expect(try await rig.orchestrator.receive(old).isDuplicate)
            _ = try await rig.orchestrator.receive(
                .sample(of: run, sequence: 2, epoch: "b", requests: 5))
            let median = try #require(rig.store.record(run)?.lastMetrics?.p50ResponseMs)
            #expect(median > 80)
        }
    }

    @Test func `messages of both sources at once leave the higher count behind`() async throws {
        let rig = Rig()
        try await rig.running {
            let run = try await rig.startRunning()
            rig.store.behave { $0.holdsAppends = true }
            async let first = rig.orchestrator.receive(
                .sample(of: run, sequence: 1, epoch: "a", requests: 100))
            #expect(await eventually { rig.store.heldAppends == 1 })
            async let second = rig.orchestrator.receive(
                .sample(of: run, sequence: 1, epoch: "b", requests: 40))
            #expect(await eventually { rig.store.heldAppends == 2 })
            rig.store.behave { $0.holdsAppends = false }
            _ = try await (first, second)
            #expect(rig.store.record(run)?.lastMetrics?.totalRequests == 100)
        }
    }

    @Test(arguments: [-1e300, -5, 1e300])
    func `a time outside the run is taken as its nearest moment`(elapsed: Double) async throws {
        let run = Run.sample(.running)
        let now = Run.sampleStart.addingTimeInterval(20)
        let time = Callback.sample(of: run.id, sequence: 1, elapsed: elapsed)
            .observation(of: run, receivedAt: now).time
        #expect(time == (elapsed < 0 ? Run.sampleStart : now))
    }
}
