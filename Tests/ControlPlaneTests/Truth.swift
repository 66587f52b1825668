import Foundation
import Metrics
import TestSupport

@testable import ControlPlane

/// What really happened in a run, request by request, and what two sources told of it: polls that
/// are up to 5 s old, callbacks that are exact, repeated, and delivered late.
struct Truth {
    struct Request {
        let second: Double
        let isFailure: Bool
        let microseconds: UInt64
    }

    let seconds: Double
    let requests: [Request]
    /// In the order of arrival, with repetitions.
    let observations: [Observation]

    init(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let seconds = Double.random(in: 20...120, using: &random)
        self.seconds = seconds
        requests = (0..<Int.random(in: 0...500, using: &random)).map { _ in
            Request(
                second: Double.random(in: 0..<seconds, using: &random),
                isFailure: random.chance(15),
                microseconds: UInt64.random(in: 100...8_000, using: &random))
        }.sorted { $0.second < $1.second }
        var arrivals: [(at: Double, Observation)] = Self.polls(of: requests, seconds, &random)
        arrivals += Self.callbacks(of: requests, seconds, &random)
        observations = arrivals.sorted { $0.at < $1.at }.map(\.1)
    }

    var failures: Int { requests.count(where: \.isFailure) }

    var histogram: Histogram {
        requests.reduce(into: Histogram()) { $0.record($1.microseconds) }
    }

    private static func polls(
        of requests: [Request], _ seconds: Double, _ random: inout SeededGenerator
    ) -> [(at: Double, Observation)] {
        var found: [(at: Double, Observation)] = []
        var (at, seen) = (0.0, 0.0)
        while at < seconds {
            at += Double.random(in: 1...12, using: &random)
            seen = max(seen, min(at - Double.random(in: 0...5, using: &random), seconds))
            let sample = sample(of: requests, until: seen)
            let observation = observation(.poll, "p", found.count + 1, at: at, sample)
            found.append((at, observation))
        }
        return found
    }

    private static func callbacks(
        of requests: [Request], _ seconds: Double, _ random: inout SeededGenerator
    ) -> [(at: Double, Observation)] {
        var found: [(at: Double, Observation)] = []
        var (measured, before, arrived) = (0.0, 0.0, 0.0)
        var sequence = 0
        while measured < seconds {
            measured = min(seconds, measured + Double.random(in: 1...15, using: &random))
            sequence += 1
            var sample = sample(of: requests, until: measured)
            sample.histogramDelta = requests.filter {
                $0.second >= before && $0.second < measured
            }.reduce(into: Histogram()) { $0.record($1.microseconds) }
            before = measured
            // The next message is made when the fate of this one is known: they stay in order.
            arrived = max(arrived, measured) + Double.random(in: 0...4, using: &random)
            let epoch = sequence.isMultiple(of: 7) ? "hook-2" : "hook"
            let observation = observation(
                .callback, epoch, sequence, at: measured, sample, isFinal: measured == seconds)
            found.append((arrived, observation))
            while random.chance(25) {
                found.append((arrived + Double.random(in: 0...30, using: &random), observation))
            }
        }
        return found
    }

    private static func sample(of requests: [Request], until second: Double) -> Sample {
        let done = requests.prefix { $0.second < second }
        let sum = done.reduce(0.0) { $0 + Double($1.microseconds) / 1000 }
        return Sample(
            requests: done.count, failures: done.count(where: \.isFailure),
            averageMs: done.isEmpty ? nil : sum / Double(done.count))
    }

    private static func observation(
        _ source: Observation.Source, _ epoch: String, _ sequence: Int, at second: Double,
        _ sample: Sample, isFinal: Bool = false
    ) -> Observation {
        Observation(
            key: .init(source: source, epoch: epoch, sequence: sequence),
            time: Run.sampleStart.addingTimeInterval(second), users: 5, workers: nil,
            totals: sample, endpoints: [], errors: [], isFinal: isFinal)
    }

    /// The samples as a store gives them back: each key once, in the order of time.
    var samples: [TimedSample] {
        var keys: Set<Observation.Key> = []
        return observations.filter { keys.insert($0.key).inserted }
            .sorted { $0.time < $1.time }
            .map {
                TimedSample(
                    time: $0.time, source: $0.key.source, users: $0.users, workers: $0.workers,
                    sample: $0.totals)
            }
    }
}
