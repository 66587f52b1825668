import Foundation
import JSON
import TestSupport
import Testing

@testable import ControlPlane

/// Workers that are lost and come back, as the run's story and its rule see them.
struct WorkerTests {
    private func entries(_ rig: Rig, _ run: RunID, _ kinds: TimelineEntry.Kind...)
        -> [TimelineEntry]
    {
        rig.store.timeline(of: run).filter { kinds.contains($0.kind) }
    }

    private func startRunning(_ rig: Rig, share: Double? = nil, workers: String...) async throws
        -> RunID
    {
        rig.cluster.behave { $0.workers = WorkersSeen(count: workers.count, ids: Set(workers)) }
        let run = try await rig.start(duration: 600, minWorkersShare: share)
        try #require(await rig.reaches(.running, run))
        return run
    }

    private func leave(_ rig: Rig, _ workers: String...) {
        rig.cluster.behave { $0.workers = WorkersSeen(count: workers.count, ids: Set(workers)) }
    }

    @Test func `a loss and a return are in the story, with the seconds between`() async throws {
        let rig = Rig()
        try await rig.running {
            let run = try await startRunning(rig, workers: "a", "b", "c")
            await rig.pass(.seconds(11))
            leave(rig, "a")
            #expect(
                await eventually(moving: rig.time) { !entries(rig, run, .workersLost).isEmpty })
            leave(rig, "a", "d", "e")
            #expect(
                await eventually(moving: rig.time) { !entries(rig, run, .workersReturned).isEmpty })
            let story = entries(rig, run, .workersLost, .workersReturned)
            #expect(story.count == 2)
            #expect(story[0].facts["before"]?.integer == 3 && story[0].facts["now"]?.integer == 1)
            #expect(story[0].facts["lost"]?.items?.compactMap(\.text) == ["b", "c"])
            #expect(story[1].facts["before"]?.integer == 1 && story[1].facts["now"]?.integer == 3)
            let away = try #require(story[1].facts["secondsAffected"]?.number)
            // Since they were last seen, which is a poll before the loss was.
            let known = story[1].at.timeIntervalSince(story[0].at)
            #expect(away > known && away < known + 11)
            #expect(rig.stored(run)?.state == .running)
        }
    }

    @Test func `too few workers for longer than the grace stop the run`() async throws {
        let rig = Rig()
        try await rig.running {
            let run = try await startRunning(rig, share: 0.6, workers: "a", "b")
            leave(rig, "a")
            #expect(
                await eventually(moving: rig.time) { !entries(rig, run, .workersLost).isEmpty })
            let lost = rig.time.uptime
            #expect(await rig.reaches(.failed, run))
            #expect(rig.stored(run)?.endReason == .workersLost)
            #expect(rig.stored(run)?.endDetail?.hasPrefix("1 of 2 workers were left") == true)
            let stopped = try #require(rig.cluster.times(of: .stop(run)).first)
            #expect(stopped >= lost + .seconds(9) && stopped < lost + .seconds(13))
            let last = try #require(entries(rig, run, .workersLost).last)
            #expect((last.facts["secondsAffected"]?.number ?? 0) >= 9)
        }
    }

    @Test func `a pod that is started anew within the grace stops nothing`() async throws {
        let rig = Rig()
        try await rig.running {
            let run = try await startRunning(rig, share: 1, workers: "a", "b")
            leave(rig, "a")
            #expect(
                await eventually(moving: rig.time) { !entries(rig, run, .workersLost).isEmpty })
            await rig.pass(.seconds(7))
            leave(rig, "a", "c")
            await rig.pass(.seconds(60))
            #expect(rig.stored(run)?.state == .running)
            let returns = entries(rig, run, .workersReturned)
            #expect(returns.count == 1)
            #expect(returns.first?.detail.hasPrefix("1 worker is there again; 2 of 2") == true)
        }
    }

    @Test func `without a rule a run goes on with what is left`() async throws {
        let rig = Rig()
        try await rig.running {
            let run = try await startRunning(rig, workers: "a", "b")
            leave(rig)
            await rig.pass(.seconds(120), by: .seconds(1))
            #expect(rig.stored(run)?.state == .running)
            #expect(entries(rig, run, .workersLost).count == 1)
        }
    }

    @Test func `a hook's message tells of a loss before the next poll does`() async throws {
        let rig = Rig()
        try await rig.running {
            let run = try await startRunning(rig, workers: "a", "b")
            let start = try #require(rig.stored(run)?.startRequestedAt)
            await rig.pass(.seconds(6))
            leave(rig, "a")
            func message(_ sequence: Int, age: Double = 0, workers: Int) -> Callback {
                .sample(
                    of: run, sequence: sequence,
                    elapsed: rig.time.now.timeIntervalSince(start) - age, workers: workers)
            }
            // What was on its way for long is not about now.
            _ = try await rig.orchestrator.receive(message(1, age: 5, workers: 0))
            #expect(entries(rig, run, .workersLost).isEmpty)
            _ = try await rig.orchestrator.receive(message(2, workers: 1))
            #expect(await eventually { !entries(rig, run, .workersLost).isEmpty })
            let loss = try #require(entries(rig, run, .workersLost).first)
            #expect(loss.facts["now"]?.integer == 1)
            #expect(loss.facts["lost"]?.items?.compactMap(\.text) == ["b"])
            #expect(loss.detail.hasPrefix("1 of 2 workers was lost; what it counted"))
            #expect(rig.log.lines.contains { $0.contains("workers lost") && $0.contains("\"b\"") })
            // Repeated, it is known.
            _ = try await rig.orchestrator.receive(message(2, workers: 1))
            #expect(entries(rig, run, .workersLost).count == 1)
        }
    }

    @Test func `the loss of all workers is what ended the run`() async throws {
        let rig = Rig()
        try await rig.running {
            let run = try await startRunning(rig, workers: "a")
            _ = try await rig.orchestrator.receive(
                .sample(.testStop, of: run, sequence: 1, workers: 0, reason: .workersLost))
            #expect(rig.stored(run)?.endReason == .workersLost)
            rig.cluster.behave { $0.load = .absent }
            #expect(await rig.reaches(.failed, run))
        }
    }

    @Test func `workers that go with an intended stop are not lost`() async throws {
        let rig = Rig()
        try await rig.running {
            let run = try await startRunning(rig, share: 1, workers: "a", "b")
            rig.cluster.behave { $0.load = .on }
            _ = try await rig.stop(run)
            leave(rig)
            await rig.pass(.seconds(20))
            rig.cluster.behave { $0.load = .absent }
            #expect(await rig.reaches(.finished, run))
            #expect(rig.stored(run)?.endReason == .stoppedByUser)
            #expect(entries(rig, run, .workersLost).isEmpty)
        }
    }

    @Test func `the next process knows how many workers there were`() async throws {
        let first = Rig()
        let run = try await first.running {
            let run = try await startRunning(first, share: 0.6, workers: "a", "b")
            _ = try await first.orchestrator.receive(
                .sample(of: run, sequence: 1, elapsed: 1, workers: 2))
            return run
        }
        leave(first, "a")
        let second = Rig(after: first)
        try await second.orchestrator.adopt()
        try await second.running {
            #expect(await second.reaches(.failed, run))
            #expect(second.stored(run)?.endReason == .workersLost)
        }
    }
}
