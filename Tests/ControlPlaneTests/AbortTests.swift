import Foundation
import TestSupport
import Testing
import Thresholds

@testable import ControlPlane

/// Thresholds that stop a run.
struct AbortTests {
    private func watch(_ text: String, after seconds: Double, ignoring: Double = 0) throws
        -> AbortWatch
    {
        var threshold = try Dialects.read(text)
        threshold.abortAfterSeconds = seconds
        threshold.ignoredSeconds = ignoring
        return AbortWatch([threshold])
    }

    /// The second in which the watch says stop.
    private func stop(_ watch: AbortWatch, _ test: MeasuredTest) -> Int? {
        var watch = watch
        return test.observations.firstIndex {
            watch.take($0, since: MeasuredTest.start) != nil
        }
    }

    @Test func `what is broken for long enough says stop, once it is`() throws {
        let test = MeasuredTest(30) { if $0 >= 10 { $1.ms = 500 } }
        #expect(stop(try watch("max < 100ms", after: 0), test) == 10)
        #expect(stop(try watch("max < 100ms", after: 5), test) == 15)
        #expect(stop(try watch("max < 100ms for 3s", after: 2), test) == 12)
        #expect(stop(try watch("max < 1s", after: 0), test) == nil)
        #expect(stop(try watch("max of /cart < 100ms", after: 0), test) == 10)
        #expect(stop(try watch("max of /other < 100ms", after: 0), test) == nil)
        #expect(stop(try watch("max < 100ms", after: 0, ignoring: 40), test) == nil)
    }

    @Test func `a break that heals in time says nothing`() throws {
        let test = MeasuredTest(40) { if $0 % 10 < 3 { $1.failures = 10 } }
        #expect(stop(try watch("errorRate < 50% for 1s", after: 3), test) == nil)
        #expect(stop(try watch("errorRate < 50% for 1s", after: 2), test) == 2)
    }

    @Test func `a hook takes over from polls, which know less`() throws {
        var polls = MeasuredTest(3) { $1.failures = 10 }
        (polls.source, polls.hasHistograms) = (.poll, false)
        var calls = MeasuredTest(10)
        calls.source = .callback
        var watch = try watch("errorRate < 50%", after: 5)
        for observation in polls.observations {
            #expect(watch.take(observation, since: MeasuredTest.start) == nil)
        }
        for observation in calls.observations {
            #expect(watch.take(observation, since: MeasuredTest.start) == nil)
        }
        for observation in polls.observations {
            #expect(watch.take(observation, since: MeasuredTest.start) == nil)
        }
    }

    @Test func `a hook that is silent for long leaves the watch to the polls`() throws {
        var calls = MeasuredTest(5)
        calls.source = .callback
        var polls = MeasuredTest(60) { if $0 >= 5 { $1.failures = 10 } }
        (polls.source, polls.hasHistograms) = (.poll, false)
        var watch = try watch("errorRate < 20% for 2s", after: 2)
        for observation in calls.observations {
            #expect(watch.take(observation, since: MeasuredTest.start) == nil)
        }
        let stop = try #require(
            polls.observations.firstIndex {
                watch.take($0, since: MeasuredTest.start) != nil
            })
        #expect(stop > 34 && stop < 42)
    }

    @Test func `a verdict waits for what is on its way into the store`() async throws {
        let rig = Rig()
        try await rig.running {
            let id = try await rig.startJudged(["count >= 10"])
            rig.store.behave { $0.holdsAppends = true }
            let callback = Task {
                try await rig.orchestrator.receive(
                    .sample(
                        of: id, sequence: 1, requests: 10, elapsed: 1,
                        responseMs: [UInt64](repeating: 9, count: 10)))
            }
            #expect(await eventually { rig.store.heldAppends == 1 })
            _ = try await rig.stop(id)
            #expect(await eventually(moving: rig.time) { rig.has(.stop(id)) })
            await rig.pass(.seconds(30))
            #expect(rig.stored(id)?.state.isOver == false)
            rig.store.behave { $0.holdsAppends = false }
            _ = try await callback.value
            #expect(await rig.reaches(.finished, id))
            #expect(rig.stored(id)?.verdict?.thresholds.first?.actual == 10)
        }
    }

    @Test func `a run that breaks it is stopped and fails, with the reason`() async throws {
        let rig = Rig()
        try await rig.running {
            let id = try await rig.startJudged(["errorRate < 10%"], abortAfter: 2)
            for second in 1...4 {
                await rig.pass(.seconds(1))
                let callback = Callback.sample(
                    of: id, sequence: second, requests: second * 10, failures: second * 5,
                    elapsed: Double(second), responseMs: [UInt64](repeating: 9, count: 10))
                // The last ones may find the run stopped already.
                _ = try? await rig.orchestrator.receive(callback)
            }
            #expect(await rig.reaches(.failed, id))
            let run = try #require(rig.stored(id))
            #expect(run.endReason == .thresholdBroken)
            #expect(
                run.endDetail?.contains("errorRate < 10% was broken from second 1 to 3") == true)
            #expect(run.verdict?.result == .failed)
        }
    }

    @Test func `a verdict is stored with the end, and waits for a store that fails`()
        async throws
    {
        let rig = Rig()
        try await rig.running {
            let id = try await rig.startJudged(["count < 5"])
            _ = try await rig.orchestrator.receive(
                .sample(
                    of: id, sequence: 1, requests: 10, elapsed: 1,
                    responseMs: [UInt64](repeating: 9, count: 10)))
            rig.store.behave {
                ($0.measurementsToFail, $0.failure) = (3, StoreFailure(.overloaded, "too much"))
            }
            _ = try await rig.stop(id)
            #expect(await rig.reaches(.finished, id))
            let run = try #require(rig.stored(id))
            #expect(run.verdict?.result == .failed)
            #expect(run.verdict?.thresholds.first?.actual == 10)
        }
    }

    @Test func `a run that was taken over is watched and judged with what was before`()
        async throws
    {
        let first = Rig()
        let id = try await first.running {
            let id = try await first.startJudged(["errorRate < 10%"], abortAfter: 3)
            for second in 1...2 {
                await first.pass(.seconds(1))
                _ = try await first.orchestrator.receive(
                    .sample(
                        of: id, sequence: second, requests: second * 10, failures: second * 5,
                        elapsed: Double(second), responseMs: [UInt64](repeating: 9, count: 10)))
            }
            return id
        }
        let second = Rig(after: first, awaitsAdoption: true)
        try await second.running {
            try await second.orchestrator.adopt()
            await second.pass(.seconds(3))
            _ = try await second.orchestrator.receive(
                .sample(
                    of: id, sequence: 3, requests: 30, failures: 15, elapsed: 4.5,
                    responseMs: [UInt64](repeating: 9, count: 10)))
            #expect(await second.reaches(.failed, id))
            let run = try #require(second.stored(id))
            #expect(run.endReason == .thresholdBroken)
            #expect(run.endDetail?.contains("from second 1 to") == true)
            #expect(run.verdict?.result == .failed)
            #expect(run.verdict?.thresholds.first?.actual == 50)
        }
    }
}

extension Rig {
    /// A run whose load was seen.
    fileprivate func startJudged(_ texts: [String], abortAfter: Double? = nil) async throws
        -> RunID
    {
        let thresholds = try texts.map { text in
            var threshold = try Dialects.read(text)
            threshold.abortAfterSeconds = abortAfter
            return threshold
        }
        let run = try await orchestrator.start(
            RunRequest(
                id: RunID("run-1"), loadTestID: nil, spec: .sample(),
                plan: RunPlan(
                    targetUsers: 10, spawnRate: 2, durationSeconds: 60, thresholds: thresholds)),
            by: "ci")
        try #require(await eventually { has(.start(run.id)) })
        try #require(await reaches(.running, run.id))
        return run.id
    }
}
