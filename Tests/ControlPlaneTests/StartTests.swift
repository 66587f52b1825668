import ControlPlane
import Foundation
import TestSupport
import Testing

/// From the acceptance of a run to the first sight of its load.
struct StartTests {
    @Test func `a run is prepared, started and then seen`() async throws {
        let rig = Rig()
        try await rig.running {
            let run = try await rig.start()
            try #require(await rig.reaches(.running, run))
            #expect(rig.cluster.orders == [.prepare(run), .start(run)])
            // Once more in between: which process of the master has the load.
            #expect(rig.store.savedStates == [.starting, .starting, .running])
        }
    }

    @Test func `nothing is asked of a cluster before the run is stored as starting`() async throws {
        let rig = Rig()
        rig.store.behave { $0.savesToFail = .max }
        try await rig.running {
            let run = try await rig.start()
            #expect(await eventually { rig.log.mentions("\"to\":\"Failed\"") })
            rig.store.behave { $0.savesToFail = 0 }
            #expect(await rig.reaches(.failed, run))
            #expect(!rig.has(.start(run)))
            #expect(rig.stored(run)?.endReason == .startFailed)
        }
    }

    @Test func `a run that was stored although the store failed is ended, and its cluster free`()
        async throws
    {
        let rig = Rig()
        rig.store.behave {
            ($0.failure, $0.insertAnswersToFail) = (StoreFailure(.ioError, "fsync"), 1)
        }
        try await rig.running {
            await #expect(throws: ControlPlaneError.self) { try await rig.start("run-1") }
            #expect(await rig.settles(.failed, RunID("run-1")))
            #expect(await eventually { await rig.orchestrator.liveCount == 0 })
            #expect(!rig.has(.prepare(RunID("run-1"))))
            _ = try await rig.startRunning("run-2")
        }
    }

    @Test func `a run that cannot be stored is not accepted`() async throws {
        let rig = Rig()
        rig.store.behave { $0.insertsToFail = 1 }
        try await rig.running {
            await #expect(throws: ControlPlaneError.store("the disk is full")) {
                try await rig.start()
            }
            await rig.rest()
            #expect(rig.cluster.orders.isEmpty)
            // Nothing of it is left behind.
            await #expect(throws: ControlPlaneError.unknownRun(RunID("run-1"))) {
                try await rig.stop(RunID("run-1"))
            }
        }
    }

    @Test func `a cluster that is not ready fails the run and gets no order`() async throws {
        let rig = Rig()
        rig.cluster.behave { $0.prepareError = DriverError("no workers") }
        try await rig.running {
            let run = try await rig.start()
            #expect(await rig.settles(.failed, run))
            #expect(rig.cluster.orders == [.prepare(run)])
            #expect(rig.stored(run)?.endReason == .startFailed)
            #expect(rig.stored(run)?.endDetail == "no workers")
        }
    }

    @Test func `a refused start fails the run and needs no stop`() async throws {
        let rig = Rig()
        rig.cluster.behave { $0.startError = DriverError("invalid user_count") }
        try await rig.running {
            let run = try await rig.start()
            #expect(await rig.settles(.failed, run))
            #expect(rig.cluster.orders == [.prepare(run), .start(run)])
            #expect(rig.stored(run)?.endReason == .startFailed)
        }
    }

    @Test func `a start whose outcome is unknown is followed by a stop`() async throws {
        let rig = Rig()
        rig.cluster.behave { $0.startError = DriverError("timed out", outcomeIsUnknown: true) }
        try await rig.running {
            let run = try await rig.start()
            #expect(await rig.reaches(.failed, run))
            #expect(rig.cluster.orders == [.prepare(run), .start(run), .stop(run)])
            #expect(rig.stored(run)?.endReason == .startFailed)
        }
    }

    @Test func `load that appears after an uncertain start is stopped`() async throws {
        let rig = Rig()
        rig.cluster.behave { $0.startError = DriverError("timed out", outcomeIsUnknown: true) }
        try await rig.running {
            let run = try await rig.start()
            // The first stop found nothing, and the load is taken as gone.
            #expect(await eventually(moving: rig.time) { rig.isLoadGone(run) })
            let stops = rig.count(.stop(run))
            rig.cluster.behave { $0.load = .on }
            #expect(await eventually(moving: rig.time) { rig.count(.stop(run)) > stops })
            rig.cluster.behave { $0.load = nil }
            #expect(await rig.reaches(.failed, run))
            #expect(rig.stored(run)?.endReason == .startFailed)
        }
    }

    @Test func `load that is not seen in time fails the run and is stopped`() async throws {
        let rig = Rig()
        rig.cluster.behave { $0.load = .absent }
        try await rig.running {
            let run = try await rig.start()
            #expect(await eventually { rig.has(.start(run)) })
            let ordered = rig.cluster.times(of: .start(run))[0]
            #expect(await eventually(moving: rig.time) { rig.has(.stop(run)) })
            #expect(rig.cluster.times(of: .stop(run))[0] >= ordered + rig.settings.startTimeout)
            #expect(await rig.reaches(.failed, run))
            #expect(rig.stored(run)?.endReason == .startFailed)
        }
    }

    @Test func `a callback is a sight of the load, too`() async throws {
        let rig = Rig()
        rig.cluster.behave { $0.load = .unclear }
        try await rig.running {
            let run = try await rig.start()
            #expect(await eventually { rig.has(.start(run)) })
            _ = try await rig.orchestrator.receive(.sample(.testStart, of: run, sequence: 1))
            #expect(await rig.settles(.running, run))
        }
    }

    @Test func `a look that began before the load was seen does not tell that it is gone`()
        async throws
    {
        let rig = Rig()
        rig.cluster.behave { $0.load = .absent }
        try await rig.running {
            let run = try await rig.start()
            #expect(await eventually { rig.has(.start(run)) })
            rig.cluster.behave { $0.looksHang = true }
            let looks = rig.cluster.looks
            #expect(await eventually(moving: rig.time) { rig.cluster.looks > looks })
            _ = try await rig.orchestrator.receive(.sample(.testStart, of: run, sequence: 1))
            #expect(await rig.settles(.running, run))
            rig.cluster.behave { ($0.looksHang, $0.load) = (false, .on) }
            await rig.pass(.seconds(30))
            #expect(rig.stored(run)?.state == .running)
        }
    }

    @Test func `foreign load that is seen while the order is on its way decides nothing`()
        async throws
    {
        let rig = Rig()
        rig.cluster.behave { ($0.hangs, $0.load) = (true, .foreign("run other")) }
        try await rig.running {
            let run = try await rig.start()
            #expect(await eventually(moving: rig.time) { rig.cluster.looks > 2 })
            #expect(rig.stored(run)?.state == .starting)
            rig.cluster.behave { ($0.hangs, $0.load) = (false, nil) }
            #expect(await rig.reaches(.running, run))
        }
    }

    @Test func `no look at the cluster is taken before the order is sent`() async throws {
        let rig = Rig()
        rig.cluster.behave { ($0.prepareHangs, $0.load) = (true, .on) }
        try await rig.running {
            let run = try await rig.start()
            await rig.pass(.seconds(5))
            #expect(rig.cluster.looks == 0)
            rig.cluster.behave { $0.prepareHangs = false }
            #expect(await rig.reaches(.running, run))
            #expect(rig.cluster.orders == [.prepare(run), .start(run)])
        }
    }
}

extension Rig {
    func isLoadGone(_ run: RunID) -> Bool { store.record(run)?.run.loadGoneAt != nil }
}
