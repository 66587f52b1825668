import Foundation
import Metrics
import TestSupport
import Testing

@testable import ControlPlane

struct LiveStepsTests {
    private static let start = Date(timeIntervalSince1970: 1_800_000_000)

    private static func observation(
        _ sequence: Int, at seconds: Double, requests: Int, failures: Int = 0,
        from source: Observation.Source = .engine, epoch: String = "e", isFinal: Bool = false,
        milliseconds: [UInt64] = []
    ) -> Observation {
        var histogram: Histogram?
        for value in milliseconds {
            histogram = histogram ?? Histogram()
            histogram?.record(value * 1000)
        }
        return Observation(
            key: .init(source: source, epoch: epoch, sequence: sequence),
            time: start.addingTimeInterval(seconds), users: 5, workers: nil,
            totals: Sample(
                requests: requests, failures: failures, averageMs: 10, histogramDelta: histogram),
            endpoints: [], errors: [], isFinal: isFinal)
    }

    @Test func `each observation makes the step since the one before`() throws {
        let steps = Steps(start: Self.start)
        let first = try #require(
            steps.step(Self.observation(1, at: 1, requests: 100, failures: 10, milliseconds: [7])))
        #expect(first.time == Self.start)
        #expect(first.requests == 100)
        #expect(first.failures == 10)
        #expect(first.rps == 100)
        #expect(first.errorRate == 10)
        #expect(first.users == 5)
        #expect(first.p50ResponseMs.map { abs($0 - 7) < 0.1 } == true)
        let second = try #require(steps.step(Self.observation(2, at: 3, requests: 300)))
        #expect(second.time == Self.start.addingTimeInterval(1))
        #expect(second.requests == 200)
        #expect(second.rps == 100)
        #expect(second.p50ResponseMs == nil)
    }

    @Test func `what was seen before, or is older, makes no step`() {
        let steps = Steps(start: Self.start)
        #expect(steps.step(Self.observation(2, at: 2, requests: 100)) != nil)
        #expect(steps.step(Self.observation(2, at: 2, requests: 100)) == nil)
        #expect(steps.step(Self.observation(1, at: 1, requests: 50)) == nil)
        // Of another reporter that is behind.
        #expect(steps.step(Self.observation(1, at: 3, requests: 90, from: .poll)) == nil)
        // The engine's silence is one, a master's may be its cache.
        #expect(steps.step(Self.observation(2, at: 4, requests: 100, from: .poll)) == nil)
        #expect(steps.step(Self.observation(3, at: 4, requests: 100))?.requests == 0)
        #expect(steps.step(Self.observation(3, at: 11, requests: 100, from: .poll))?.rps == 0)
    }

    @Test func `observations that are close together become one step, the last of all one too`() {
        let steps = Steps(start: Self.start)
        #expect(steps.step(Self.observation(1, at: 1, requests: 10)) != nil)
        #expect(steps.step(Self.observation(2, at: 1.05, requests: 20)) == nil)
        #expect(steps.step(Self.observation(3, at: 2, requests: 30))?.requests == 20)
        #expect(
            steps.step(Self.observation(4, at: 2.01, requests: 31, isFinal: true))?.requests == 1)
        #expect(steps.step(Self.observation(5, at: 2.02, requests: 33)) == nil)
        #expect(steps.finish()?.requests == 2)
        #expect(steps.finish() == nil)
    }

    @Test func `steps go on behind what an earlier process has counted`() {
        let history = [10, 60, 100].enumerated().map { index, requests in
            TimedSample(
                time: Self.start.addingTimeInterval(Double(index + 1)), source: .engine, users: 1,
                workers: nil, sample: Sample(requests: requests))
        }
        let steps = Steps(start: Self.start, history: history)
        let step = steps.step(Self.observation(1, at: 5, requests: 120))
        #expect(step?.requests == 20)
        #expect(step?.time == Self.start.addingTimeInterval(3))
    }

    @Test func `at the end nothing is left that the run's numbers have`() {
        let steps = Steps(start: Self.start)
        #expect(steps.step(Self.observation(1, at: 1, requests: 100, failures: 3)) != nil)
        let numbers = LastMetrics(
            timestamp: Self.start.addingTimeInterval(3), totalRps: 1, totalRequests: 130,
            totalFailures: 5, errorRate: 1, currentUsers: 0)
        let step = steps.finish(with: numbers)
        #expect(step?.requests == 30)
        #expect(step?.failures == 2)
        #expect(steps.finish(with: numbers) == nil)
    }

    @Test func `whatever comes, the steps add up to the highest count and never overlap`() {
        var random = SeededGenerator(seed: 20_261_121)
        for _ in 0..<300 {
            let steps = Steps(start: Self.start)
            var (clock, count, sum, end) = (0.0, 0, 0, Self.start)
            for sequence in 1...40 {
                clock += Double.random(in: 0...8, using: &random)
                count += Int.random(in: 0...3, using: &random) * 10
                let seen = max(0, count - Int.random(in: 0...1, using: &random) * 20)
                let source =
                    [Observation.Source.poll, .callback, .engine]
                    .randomElement(using: &random) ?? .poll
                let late = clock - Double(Int.random(in: 0...1, using: &random)) * 3
                guard
                    let step = steps.step(
                        Self.observation(sequence, at: late, requests: seen, from: source))
                else { continue }
                sum += step.requests
                #expect(step.requests >= 0)
                #expect(step.time >= end)
                end = step.time
            }
            let last = Self.observation(41, at: clock + 20, requests: count + 1)
            sum += steps.step(last)?.requests ?? 0
            #expect(sum == count + 1)
            #expect(steps.finish() == nil)
        }
    }
}

/// Steps as an object: what changes by being asked cannot stand in an expectation.
private final class Steps {
    private var steps: LiveSteps

    init(start: Date, history: [TimedSample] = []) {
        steps = LiveSteps(start: start, history: history)
    }

    func step(_ observation: Observation) -> TimeSeries.Point? { steps.step(observation) }
    func finish(with numbers: LastMetrics? = nil) -> TimeSeries.Point? {
        steps.finish(with: numbers)
    }
}
