import Foundation
import Metrics
import TestSupport
import Testing

@testable import ControlPlane

/// Observations while the store fails.
struct HoldingTests {
    private let full = StoreFailure(.diskFull, "no room")

    @Test func `polls that cannot be stored are stored in order when the store works again`()
        async throws
    {
        let rig = Rig()
        try await rig.running {
            let run = try await rig.startRunning()
            rig.store.behave { ($0.failure, $0.appendsToFail) = (full, .max) }
            for count in 1...5 {
                let looks = rig.cluster.looks
                rig.cluster.behave {
                    $0.observations = [
                        .sample(.engine, count, requests: count, responseMs: [UInt64(count)])
                    ]
                }
                #expect(await eventually(moving: rig.time) { rig.cluster.looks >= looks + 2 })
            }
            #expect(rig.store.observations(of: run).isEmpty)
            rig.store.behave { $0.appendsToFail = 0 }
            #expect(
                await eventually(moving: rig.time) { rig.store.observations(of: run).count == 5 })
            #expect(rig.store.observations(of: run).map(\.key.sequence) == [1, 2, 3, 4, 5])
            let histograms = rig.store.observations(of: run).map { $0.totals.histogramDelta?.count }
            #expect(histograms == [1, 1, 1, 1, 1])
            #expect(rig.store.record(run)?.lastMetrics?.totalRequests == 5)
        }
    }

    @Test func `a run is stopped on time while nothing can be stored, and closed afterwards`()
        async throws
    {
        let rig = Rig()
        try await rig.running {
            let run = try await rig.startRunning(duration: 30)
            let started = rig.cluster.times(of: .start(run))[0]
            rig.cluster.behave { $0.observations = [.sample(.poll, 1, requests: 40)] }
            rig.store.behave {
                ($0.failure, $0.appendsToFail, $0.savesToFail) = (full, .max, .max)
            }
            #expect(await eventually(moving: rig.time) { rig.has(.stop(run)) })
            #expect(rig.cluster.times(of: .stop(run))[0] <= started + .seconds(31))
            await rig.pass(.seconds(60), by: .seconds(1))
            #expect(rig.stored(run)?.state == .running)
            rig.store.behave { ($0.appendsToFail, $0.savesToFail) = (0, 0) }
            #expect(await rig.reaches(.finished, run))
            #expect(await eventually { rig.store.record(run)?.lastMetrics?.currentUsers == 0 })
            #expect(rig.store.record(run)?.lastMetrics?.totalRequests == 40)
            #expect(rig.store.observations(of: run).count == 1)
        }
    }

    @Test func `what a poll and a stop's look have seen is stored, whichever the store fails at`()
        async throws
    {
        let rig = Rig()
        func show(_ numbers: ClosedRange<Int>) {
            rig.cluster.behave {
                $0.observations = numbers.map {
                    .sample(.engine, $0, requests: $0, responseMs: [UInt64($0)])
                }
            }
        }
        try await rig.running {
            let run = try await rig.startRunning()
            rig.store.behave { ($0.failure, $0.holdsAppends) = (full, true) }
            show(1...3)
            #expect(await eventually(moving: rig.time) { rig.store.heldAppends == 1 })
            show(4...4)
            _ = try await rig.stop(run)
            #expect(await eventually(moving: rig.time) { rig.store.heldAppends == 2 })
            rig.store.behave { ($0.appendsToFail, $0.holdsAppends) = (1, false) }
            #expect(await rig.reaches(.finished, run))
            let stored = rig.store.observations(of: run)
            #expect(stored.map(\.key.sequence).sorted() == [1, 2, 3, 4])
            #expect(stored.allSatisfy { $0.totals.histogramDelta?.count == 1 })
        }
    }

    @Test func `a callback that cannot be stored is refused, for the hook to repeat`() async throws
    {
        let rig = Rig()
        try await rig.running {
            let run = try await rig.startRunning()
            rig.store.behave { ($0.failure, $0.appendsToFail) = (full, 1) }
            let callback = Callback.sample(of: run, sequence: 1, requests: 7)
            await #expect(throws: ControlPlaneError.store(full)) {
                try await rig.orchestrator.receive(callback)
            }
            #expect(try await rig.orchestrator.receive(callback).isDuplicate == false)
            #expect(rig.store.observations(of: run).count == 1)
        }
    }

    @Test func `an observation that the store refuses for ever holds up nothing`() async throws {
        let rig = Rig()
        try await rig.running {
            let run = try await rig.startRunning()
            rig.store.behave { ($0.failure, $0.appendsToFail) = ("no number", 1) }
            rig.cluster.behave { $0.observations = [.sample(.poll, 1, requests: 1)] }
            #expect(
                await eventually(moving: rig.time) { rig.log.mentions("observation not stored") })
            rig.cluster.behave { $0.observations = [.sample(.poll, 2, requests: 2)] }
            #expect(
                await eventually(moving: rig.time) { !rig.store.observations(of: run).isEmpty })
            #expect(rig.store.observations(of: run).map(\.key.sequence).last == 2)
        }
    }

    @Test func `without room observations merge, and no request and no time is lost`() {
        var held = HeldObservations()
        let count = HeldObservations.countMax + 50
        for number in 1...count {
            held.append(
                .sample(.engine, number, requests: number, responseMs: [UInt64(number)]))
        }
        #expect(held.count == HeldObservations.countMax)
        #expect(held.mergedCount == 50 && held.droppedCount == 0)
        var (histogram, sequences) = (Histogram(), [Int]())
        while let observation = held.takeFirst() {
            sequences.append(observation.key.sequence)
            #expect(observation.totals.requests == observation.key.sequence)
            if let delta = observation.totals.histogramDelta { histogram.merge(delta) }
        }
        #expect(sequences == Array(51...count))
        #expect(histogram.count == UInt64(count))
        #expect(histogram.min == 1000 && histogram.max == UInt64(count) * 1000)
    }

    @Test func `large observations have a limit, too, and keep every endpoint and error`() {
        var held = HeldObservations()
        let endpoint = Endpoint(method: "GET", name: "/early")
        let error = ErrorSample(
            endpoint: endpoint, message: String(repeating: "x", count: 400_000), occurrences: 3,
            firstSeen: nil, lastSeen: nil)
        for number in 1...4 {
            held.append(
                Observation(
                    key: .init(source: .poll, epoch: "e", sequence: number), time: Run.sampleStart,
                    users: 1, workers: nil, totals: Sample(requests: number),
                    endpoints: number == 1
                        ? [.init(endpoint: endpoint, sample: Sample(requests: 1))] : [],
                    errors: [error]))
        }
        #expect(held.count == 2 && held.mergedCount == 2)
        let first = held.takeFirst()
        #expect(first?.key.sequence == 3)
        #expect(first?.endpoints.map(\.endpoint) == [endpoint])
        #expect(first?.errors == [error])
    }

    @Test func `reporters that never meet are dropped, and counted`() {
        var held = HeldObservations()
        for number in 0...HeldObservations.countMax {
            held.append(.sample(.poll, 1, epoch: "e\(number)", requests: 1))
        }
        #expect(held.count == HeldObservations.countMax)
        #expect(held.droppedCount == 1)
        #expect(held.takeFirst()?.key.epoch == "e1")
    }
}

extension MemoryRunStore {
    fileprivate func observations(of run: RunID) -> [Observation] {
        state.withLock { $0.observations[run] ?? [] }
    }
}
