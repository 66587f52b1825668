import Foundation
import TestSupport
import Testing

@testable import ControlPlane

/// The queue over restarts, and over a store that fails.
struct QueueTroubleTests {
    @Test func `queued runs wait on at their places after a restart`() async throws {
        let before = Rig()
        let first = try await before.running {
            let first = try await before.startRunning("run-0", duration: 6000)
            for id in ["a1", "a2"] { _ = try await before.queue(id) }
            _ = try await before.queue("b1", tenant: "tenant-2")
            return first
        }
        let rig = Rig(after: before, awaitsAdoption: true)
        try await rig.orchestrator.adopt()
        try await rig.running {
            #expect(
                await rig.orchestrator.queuedRuns.map(\.id.text).sorted() == ["a1", "a2", "b1"])
            #expect(
                await rig.orchestrator.queuePlaces(of: [RunID("a2")]).values.first?.position == 2)
            var live = first
            for id in ["a1", "b1", "a2"] {
                _ = try await rig.stop(live)
                live = RunID(id)
                #expect(await rig.reaches(.running, live), "\(id)")
                #expect(rig.count(.start(live)) == 1)
            }
        }
    }

    @Test func `the time in the queue goes on while the service is away`() async throws {
        let before = Rig()
        try await before.running {
            _ = try await before.startRunning("run-0", duration: 6000)
            _ = try await before.queue("run-1", timeout: .seconds(60))
        }
        before.time.advance(by: .seconds(61))
        let rig = Rig(after: before, awaitsAdoption: true)
        try await rig.orchestrator.adopt()
        try await rig.running {
            #expect(await rig.settles(.failed, RunID("run-1")))
            #expect(rig.stored(RunID("run-1"))?.endReason == .queueTimedOut)
        }
    }

    @Test func `a run that had just left the queue is started by the next process`() async throws {
        let before = Rig()
        let run = RunID("run-1")
        try await before.running {
            let first = try await before.startRunning("run-0", duration: 6000)
            _ = try await before.queue("run-1")
            before.time.advance(by: .seconds(600))
            before.cluster.behave { $0.prepareHangs = true }
            _ = try await before.stop(first)
            #expect(await before.reaches(.pending, run))
        }
        before.cluster.behave { $0.prepareHangs = false }
        let rig = Rig(after: before, awaitsAdoption: true)
        try await rig.orchestrator.adopt()
        try await rig.running {
            #expect(await rig.reaches(.running, run))
            #expect(rig.count(.start(run)) == 1)
        }
    }

    @Test func `a shutdown leaves queued runs to the next process`() async throws {
        let rig = Rig()
        try await rig.running {
            let first = try await rig.startRunning("run-0", duration: 6000)
            let waiting = try await rig.queue("run-1")
            #expect(await rig.stopAll().isEmpty)
            #expect(rig.stored(first)?.state == .failed)
            await rig.pass(.seconds(5))
            #expect(rig.stored(waiting)?.state == .queued)
        }
    }

    @Test func `a run that the store did not take is not queued`() async throws {
        let rig = Rig()
        try await rig.running {
            let first = try await rig.startRunning("run-0", duration: 6000)
            rig.store.behave { $0.enqueuesToFail = 1 }
            await #expect(throws: ControlPlaneError.self) { try await rig.queue("run-1") }
            #expect(await rig.orchestrator.queuedRuns.isEmpty)
            _ = try await rig.stop(first)
            #expect(await rig.reaches(.finished, first))
            await rig.pass(.seconds(5))
            #expect(!rig.has(.prepare(RunID("run-1"))))
        }
    }

    @Test(arguments: [false, true])
    func `a store that fails when a run leaves the queue starts it later, and once`(
        isStored: Bool
    ) async throws {
        let rig = Rig()
        try await rig.running {
            let first = try await rig.startRunning("run-0", duration: 6000)
            let run = try await rig.queue("run-1")
            rig.store.behave {
                $0.failure = StoreFailure(.ioError, "no")
                if isStored { $0.admitAnswersToFail = 1 } else { $0.admitsToFail = 2 }
            }
            _ = try await rig.stop(first)
            #expect(await rig.reaches(.running, run))
            #expect(rig.count(.start(run)) == 1)
        }
    }

    @Test func `a run that the store knows to be over holds up no other`() async throws {
        let rig = Rig()
        try await rig.running {
            let first = try await rig.startRunning("run-0", duration: 6000)
            let ended = try await rig.queue("run-1")
            let next = try await rig.queue("run-2")
            var over = try #require(rig.stored(ended))
            _ = try over.apply(.stopRequested(by: "another process"), at: rig.time.now)
            try await rig.store.save(over)
            _ = try await rig.stop(first)
            #expect(await rig.reaches(.running, next))
            #expect(rig.stored(ended)?.state == .finished)
            #expect(!rig.has(.prepare(ended)))
        }
    }

    @Test func `a stop that meets a run on its way out of the queue holds`() async throws {
        let rig = Rig()
        try await rig.running {
            let first = try await rig.startRunning("run-0", duration: 6000)
            let run = try await rig.queue("run-1")
            rig.store.behave { $0.holdsAdmits = true }
            _ = try await rig.stop(first)
            #expect(await eventually(moving: rig.time) { rig.store.heldAdmits == 1 })
            async let stopped = rig.stop(run)
            await rig.rest()
            rig.store.behave { $0.holdsAdmits = false }
            #expect(try await stopped.endReason == .stoppedByUser)
            #expect(await rig.reaches(.finished, run))
            #expect(rig.count(.start(run)) == rig.count(.stop(run)))
        }
    }

    @Test func `a stop that cannot be stored is told, and holds in this process`() async throws {
        let rig = Rig()
        try await rig.running {
            let first = try await rig.startRunning("run-0", duration: 6000)
            let run = try await rig.queue("run-1")
            rig.store.behave { $0.savesToFail = 3 }
            await #expect(throws: ControlPlaneError.self) { try await rig.stop(run) }
            #expect(await rig.reaches(.finished, run))
            _ = try await rig.stop(first)
            #expect(await rig.reaches(.finished, first))
            await rig.pass(.seconds(5))
            #expect(!rig.has(.prepare(run)))
        }
    }
}
