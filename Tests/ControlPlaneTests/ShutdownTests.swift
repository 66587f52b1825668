import Foundation
import TestSupport
import Testing

@testable import ControlPlane

/// The way down, and the moment on the way up before earlier runs are adopted.
struct ShutdownTests {
    @Test func `all runs are stopped, and are over with their reason when the wait is`()
        async throws
    {
        let rig = Rig(clusters: ["c1", "c2"])
        try await rig.running {
            let running = try await rig.startRunning("run-1", duration: 3600)
            rig.cluster.behave { $0.prepareHangs = true }
            let pending = try await rig.start("run-2")
            #expect(await eventually { rig.has(.prepare(pending)) })
            async let left = rig.stopAll()
            #expect(await eventually { rig.stored(pending)?.state == .failed })
            rig.cluster.behave { $0.prepareHangs = false }
            #expect(await left == [])
            for run in [running, pending] {
                #expect(rig.stored(run)?.state == .failed)
                #expect(rig.stored(run)?.endReason == .shutdown)
            }
            #expect(rig.has(.stop(running)))
            #expect(!rig.has(.start(pending)))
            #expect(await rig.orchestrator.liveCount == 0)
        }
    }

    @Test func `a run that somebody has stopped before keeps that reason`() async throws {
        let rig = Rig()
        try await rig.running {
            let run = try await rig.startRunning()
            rig.cluster.behave { $0.hangs = true }
            _ = try await rig.stop(run)
            async let left = rig.stopAll()
            rig.cluster.behave { $0.hangs = false }
            #expect(await left == [])
            #expect(rig.stored(run)?.state == .finished)
            #expect(rig.stored(run)?.endReason == .stoppedByUser)
        }
    }

    @Test func `a cluster that cannot be stopped is left with the stop stored, and told of`()
        async throws
    {
        let rig = Rig()
        let run = try await rig.running {
            let run = try await rig.startRunning(duration: 3600)
            rig.cluster.behave {
                $0.stopError = DriverError("connection refused")
                $0.lookError = DriverError("connection refused")
            }
            let began = rig.time.uptime
            #expect(await rig.stopAll(within: .seconds(20)) == [run])
            #expect((.seconds(20) ... .seconds(60)).contains(rig.time.uptime - began))
            return run
        }
        #expect(rig.stored(run)?.state == .stopping)
        #expect(rig.stored(run)?.endReason == .shutdown)
        let lines = rig.log.lines.filter { $0.contains("waiting for runs to end") }
        #expect((4...5).contains(lines.count))
        #expect(lines.allSatisfy { $0.contains("\"runs\":1") })

        // The next process goes on with it.
        let next = Rig(after: rig)
        rig.cluster.behave { ($0.stopError, $0.lookError) = (nil, nil) }
        try await next.orchestrator.adopt()
        try await next.running {
            #expect(await next.reaches(.failed, run))
            #expect(next.stored(run)?.endReason == .shutdown)
        }
    }

    @Test func `a start that was under way when the shutdown began is stopped, too`()
        async throws
    {
        let rig = Rig()
        rig.store.behave { $0.holdsInsertAnswers = true }
        try await rig.running {
            async let started = rig.start()
            #expect(await eventually { rig.stored(RunID("run-1")) != nil })
            async let left = rig.stopAll()
            #expect(await eventually { rig.log.mentions("waiting for runs to end") })
            rig.store.behave { $0.holdsInsertAnswers = false }
            let run = try await started
            #expect(await left == [])
            #expect(rig.stored(run)?.state == .failed)
            #expect(rig.stored(run)?.endReason == .shutdown)
        }
    }

    @Test func `while it waits, a stop and a callback are served and a start is not`()
        async throws
    {
        let rig = Rig(clusters: ["c1", "c2"])
        try await rig.running {
            let run = try await rig.startRunning()
            rig.cluster.behave { $0.hangs = true }
            async let left = rig.stopAll()
            #expect(await eventually { rig.stored(run)?.state == .stopping })
            await #expect(throws: ControlPlaneError.shuttingDown) { try await rig.start("run-2") }
            await #expect(throws: ControlPlaneError.shuttingDown) {
                try await rig.orchestrator.checkReady()
            }
            #expect(try await rig.stop(run).endReason == .shutdown)
            let answer = try await rig.orchestrator.receive(.sample(of: run, sequence: 1))
            #expect(answer.stop)
            rig.cluster.behave { $0.hangs = false }
            #expect(await left == [])
        }
    }

    @Test func `each run that is left is told of with its deadline, and no other`() async throws {
        let rig = Rig(clusters: ["c1", "c2", "c3"])
        try await rig.running {
            let over = try await rig.startRunning("run-0")
            _ = try await rig.stop(over)
            #expect(await rig.reaches(.finished, over))
            let runs = [
                try await rig.startRunning("run-1", duration: 3600),
                try await rig.startRunning("run-2", duration: 1800),
            ]
            await rig.orchestrator.beginShutdown()
            #expect(await rig.orchestrator.tellLeftRuns() == 2)
            let lines = rig.log.lines.filter { $0.contains("\"event\":\"run left\"") }
            #expect(lines.count == 2)
            for (line, run) in zip(lines, runs) {
                let stored = try #require(rig.stored(run))
                let left = try #require(stored.deadline).timeIntervalSince(rig.time.now)
                let fields = [
                    "\"secondsLeft\":\(Int(left.rounded()))", "\"runId\":\"\(run)\"",
                    "\"clusterId\":\"\(stored.clusterID)\"", "\"deadline\":\"2",
                ]
                for field in fields { #expect(line.contains(field)) }
            }
        }
    }

    @Test func `before the adoption a run of the earlier process is not unknown`() async throws {
        let run = Run.sample(.running)
        let rig = Rig(clusters: ["c1", "c2"], awaitsAdoption: true)
        try await rig.store.insert(run, liveRunsMax: nil)
        try await rig.store.note(TimelineNote(.start, at: rig.time.now), of: run.id)
        let callback = Callback.sample(of: run.id, sequence: 1)
        await #expect(throws: ControlPlaneError.startingUp) {
            try await rig.orchestrator.checkReady()
        }
        await #expect(throws: ControlPlaneError.startingUp) {
            try await rig.orchestrator.receive(callback)
        }
        await #expect(throws: ControlPlaneError.startingUp) { try await rig.stop(run.id) }
        await #expect(throws: ControlPlaneError.startingUp) { try await rig.start("run-2") }
        try await rig.orchestrator.adopt()
        try await rig.orchestrator.checkReady()
        #expect(try await rig.orchestrator.receive(callback).runID == run.id)
        _ = try await rig.start("run-2")
    }
}
