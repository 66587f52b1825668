import Foundation
import Logging
import TestSupport
import Testing

@testable import ControlPlane

/// From the reason to stop to the end of the run.
struct StopTests {
    @Test func `the deadline stops the load within one watch interval`() async throws {
        let rig = Rig()
        try await rig.running {
            let run = try await rig.startRunning(duration: 60)
            let deadline = try rig.deadline(of: run)
            rig.time.advance(by: deadline - rig.time.uptime - .milliseconds(1))
            await rig.rest()
            rig.time.advance(by: rig.settings.watchInterval)
            #expect(await eventually { rig.has(.stop(run)) })
            #expect(rig.cluster.times(of: .stop(run))[0] >= deadline)
            #expect(await rig.reaches(.finished, run))
            #expect(rig.stored(run)?.endReason == .durationElapsed)
        }
    }

    @Test(arguments: [-86_400.0, -30, 30, 86_400])
    func `a jump of the calendar does not move a live deadline`(jump: Double) async throws {
        let rig = Rig()
        try await rig.running {
            let run = try await rig.startRunning(duration: 60)
            let deadline = try rig.deadline(of: run)
            rig.time.jumpCalendar(by: jump)
            rig.time.advance(by: deadline - rig.time.uptime - .milliseconds(1))
            await rig.rest()
            rig.time.advance(by: .milliseconds(1))
            #expect(await eventually { rig.has(.stop(run)) })
            #expect(rig.cluster.times(of: .stop(run)) == [deadline])
        }
    }

    @Test func `a hanging poll delays neither the deadline nor the stop`() async throws {
        let rig = Rig()
        try await rig.running {
            let run = try await rig.startRunning(duration: 60)
            rig.cluster.behave { $0.looksHang = true }
            let looks = rig.cluster.looks
            #expect(await eventually(moving: rig.time) { rig.cluster.looks > looks })
            rig.time.advance(by: .seconds(60))
            #expect(await eventually { rig.has(.stop(run)) })
            rig.cluster.behave { $0.looksHang = false }
            #expect(await rig.reaches(.finished, run))
            #expect(rig.stored(run)?.endReason == .durationElapsed)
        }
    }

    @Test func `a stop of a pending run ends it before anything is started`() async throws {
        let rig = Rig()
        rig.cluster.behave { $0.prepareHangs = true }
        try await rig.running {
            let run = try await rig.start()
            #expect(await eventually { rig.has(.prepare(run)) })
            #expect(try await rig.stop(run).state == .finished)
            #expect(rig.stored(run)?.endReason == .stoppedByUser)
            rig.cluster.behave { $0.prepareHangs = false }
            await rig.pass(.seconds(5))
            #expect(rig.cluster.orders == [.prepare(run)])
        }
    }

    @Test func `a stop during a hanging start is sent after it`() async throws {
        let rig = Rig()
        rig.cluster.behave { $0.hangs = true }
        try await rig.running {
            let run = try await rig.start()
            #expect(await eventually { rig.has(.start(run)) })
            #expect(try await rig.stop(run).state == .stopping)
            await rig.pass(.seconds(5))
            #expect(!rig.has(.stop(run)))
            rig.cluster.behave { $0.hangs = false }
            #expect(await rig.reaches(.finished, run))
            #expect(rig.cluster.orders == [.prepare(run), .start(run), .stop(run)])
            #expect(!rig.cluster.isLoaded)
        }
    }

    @Test func `a stop while the start is being stored prevents it`() async throws {
        let rig = Rig()
        rig.store.behave { $0.holdsSaves = true }
        try await rig.running {
            let run = try await rig.start()
            #expect(await eventually { rig.has(.prepare(run)) })
            #expect(await eventually { rig.store.heldSaves > 0 })
            async let stopped = rig.stop(run)
            #expect(await eventually { rig.log.mentions("\"to\":\"Stopping\"") })
            rig.store.behave { $0.holdsSaves = false }
            let state = try await stopped.state
            #expect(state == .stopping || state == .finished)
            #expect(await rig.reaches(.finished, run))
            #expect(rig.cluster.orders == [.prepare(run)])
        }
    }

    @Test func `a stop of a running run is stored when it is answered`() async throws {
        let rig = Rig()
        try await rig.running {
            let run = try await rig.startRunning()
            #expect(try await rig.stop(run).state == .stopping)
            #expect(rig.stored(run)?.state == .stopping)
            #expect(rig.stored(run)?.endReason == .stoppedByUser)
            #expect(rig.stored(run)?.audit.updatedBy == "anna")
            #expect(await rig.reaches(.finished, run))
            #expect(rig.count(.stop(run)) == 1)
        }
    }

    @Test func `a repeated stop changes nothing`() async throws {
        let rig = Rig()
        try await rig.running {
            let run = try await rig.startRunning()
            rig.cluster.behave { $0.hangs = true }
            let first = try await rig.stop(run)
            let second = try await rig.orchestrator.stop(run, in: .everything, by: "bert")
            #expect(first == second)
            rig.cluster.behave { $0.hangs = false }
            #expect(await rig.reaches(.finished, run))
            #expect(rig.count(.stop(run)) == 1)
            let third = try await rig.stop(run)
            let stored = rig.stored(run)
            #expect(third == stored)
        }
    }

    @Test func `another tenant's run cannot be stopped and does not exist`() async throws {
        let rig = Rig()
        try await rig.running {
            let run = try await rig.startRunning()
            await #expect(throws: ControlPlaneError.unknownRun(run)) {
                try await rig.orchestrator.stop(run, in: .tenant("tenant-2"), by: "eve")
            }
            #expect(rig.stored(run)?.state == .running)
        }
    }

    @Test func `a stop that fails is repeated with growing pauses until the load is gone`()
        async throws
    {
        let rig = Rig()
        try await rig.running {
            let run = try await rig.startRunning(duration: 3600)
            rig.cluster.behave {
                $0.stopError = DriverError("connection refused")
                $0.lookError = DriverError("connection refused")
            }
            _ = try await rig.stop(run)
            #expect(
                await eventually(moving: rig.time) { rig.cluster.times(of: .stop(run)).count >= 8 })
            let times = rig.cluster.times(of: .stop(run))
            let pauses = zip(times.dropFirst(), times).map { $0 - $1 }
            #expect(pauses[0] >= rig.settings.stopRetryMin)
            #expect(pauses[0] < .seconds(3) && pauses[5] >= rig.settings.stopRetryMax)
            #expect(rig.stored(run)?.state == .stopping)
            rig.cluster.behave { ($0.stopError, $0.lookError) = (nil, nil) }
            #expect(await rig.reaches(.finished, run))
        }
    }

    @Test func `a stop that cannot be confirmed is given up when no load can be left`()
        async throws
    {
        let rig = Rig()
        try await rig.running {
            let run = try await rig.startRunning(duration: 60)
            let deadline = try rig.deadline(of: run)
            rig.cluster.behave {
                $0.stopError = DriverError("connection refused")
                $0.lookError = DriverError("connection refused")
            }
            _ = try await rig.stop(run)
            #expect(await rig.reaches(.failed, run, by: .seconds(2)))
            #expect(rig.time.uptime >= deadline + rig.settings.stopUnconfirmedAfter)
            #expect(rig.stored(run)?.endReason == .clusterLost)
        }
    }

    @Test func `load that is still seen is never given up`() async throws {
        let rig = Rig()
        try await rig.running {
            let run = try await rig.startRunning(duration: 60)
            rig.cluster.behave { $0.load = .on }
            _ = try await rig.stop(run)
            await rig.pass(.seconds(600), by: .seconds(2))
            #expect(rig.stored(run)?.state == .stopping)
            #expect(
                rig.time.uptime - (rig.cluster.times(of: .stop(run)).last ?? .zero) < .seconds(30))
            rig.cluster.behave { $0.load = nil }
            #expect(await rig.reaches(.finished, run))
            #expect(rig.stored(run)?.endReason == .stoppedByUser)
        }
    }

    @Test func `a store that fails does not hold up a stop`() async throws {
        let rig = Rig()
        try await rig.running {
            let run = try await rig.startRunning(duration: 60)
            rig.store.behave { $0.savesToFail = .max }
            await #expect(throws: ControlPlaneError.self) { try await rig.stop(run) }
            #expect(await eventually { rig.has(.stop(run)) })
            await rig.pass(.seconds(30))
            #expect(rig.stored(run)?.state == .running)
            rig.store.behave { $0.savesToFail = 0 }
            #expect(await rig.reaches(.finished, run))
        }
    }

    @Test func `a store that fails does not hold up the deadline`() async throws {
        let rig = Rig()
        try await rig.running {
            let run = try await rig.startRunning(duration: 60)
            rig.store.behave { ($0.savesToFail, $0.appendsToFail) = (.max, .max) }
            rig.time.advance(by: .seconds(60))
            #expect(await eventually { rig.has(.stop(run)) })
            rig.store.behave { ($0.savesToFail, $0.appendsToFail) = (0, 0) }
            #expect(await rig.reaches(.finished, run))
            #expect(rig.stored(run)?.endReason == .durationElapsed)
        }
    }

    @Test func `load that comes back after it was seen gone is stopped again`() async throws {
        let rig = Rig()
        try await rig.running {
            let run = try await rig.startRunning()
            _ = try await rig.stop(run)
            #expect(await eventually(moving: rig.time) { rig.isLoadGone(run) })
            rig.cluster.behave { $0.load = .on }
            #expect(await eventually(moving: rig.time) { rig.count(.stop(run)) == 2 })
            rig.cluster.behave { $0.load = nil }
            #expect(await rig.reaches(.finished, run))
            #expect(rig.stored(run)?.endReason == .stoppedByUser)
        }
    }

    @Test func `a stop finds the run that is just being accepted`() async throws {
        let rig = Rig()
        rig.store.behave { $0.holdsInsertAnswers = true }
        try await rig.running {
            async let started = rig.start()
            let run = RunID("run-1")
            #expect(await eventually { rig.store.record(run) != nil })
            #expect(try await rig.stop(run).state == .finished)
            rig.store.behave { $0.holdsInsertAnswers = false }
            _ = try await started
            await rig.pass(.seconds(5))
            #expect(rig.cluster.orders.isEmpty)
            #expect(rig.stored(run)?.state == .finished)
        }
    }

    @Test func `a live run that nobody supervises is not said to be stopped`() async throws {
        let rig = Rig()
        try await rig.store.insert(.sample(.running), liveRunsMax: nil)
        await #expect(throws: ControlPlaneError.shuttingDown) {
            try await rig.stop(RunID("run-1"))
        }
    }
}

extension MemorySink {
    func mentions(_ text: String) -> Bool { lines.contains { $0.contains(text) } }

    @Test func `a store that cannot be read stops no stop, and whose run it is still counts`()
        async throws
    {
        let rig = Rig()
        try await rig.running {
            let run = try await rig.startRunning(duration: 3600)
            rig.store.behave { $0.readsToFail = .max }
            await #expect(throws: ControlPlaneError.unknownRun(run)) {
                try await rig.orchestrator.stop(run, in: .tenant("tenant-2"), by: "eve")
            }
            #expect(try await rig.stop(run).state == .stopping)
            #expect(await rig.reaches(.finished, run))
        }
    }
}
