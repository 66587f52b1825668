import Foundation
import Metrics

/// Makes the steps of a run's series while its observations come in: from each that tells something
/// new back to the one before. By the rules of `TimeSeries`, so that the steps add up to the total
/// and no request is in two of them.
package struct LiveSteps: Sendable {
    /// Observations that are closer together than this become one step: a rate over less says
    /// nothing.
    static let stepSecondsMin = 0.2

    private struct Mark {
        var time: Date
        var requests = 0
        var failures = 0
        var responseMsSum = 0.0
    }

    private var last: Mark
    /// The newest count that is in no step yet.
    private var next: Mark?
    private var histogram = Histogram()
    private var users: (time: Date, count: Int)?
    private var workers: Int?
    /// The highest sequence of each reporting process.
    private var seen: [Reporter: Int] = [:]

    private struct Reporter: Hashable {
        let source: Observation.Source
        let epoch: String
    }

    /// - Parameters:
    ///   - start: where the counts are 0.
    ///   - history: what was counted before the observations that will come, in the order of time.
    package init(start: Date, history: [TimedSample] = []) {
        last = Mark(time: start)
        for timed in history where timed.sample.requests >= last.requests {
            last = Self.mark(timed.time, timed.sample, after: last)
        }
    }

    /// The step that ends with this observation; nil where it tells nothing new, or will be part of
    /// a later step.
    package mutating func step(_ observation: Observation) -> TimeSeries.Point? {
        let reporter = Reporter(source: observation.key.source, epoch: observation.key.epoch)
        guard observation.key.sequence > seen[reporter] ?? 0 else { return nil }
        seen[reporter] = observation.key.sequence
        if let delta = observation.totals.histogramDelta { histogram.merge(delta) }
        if observation.time >= users?.time ?? .distantPast {
            users = (observation.time, observation.users)
        }
        workers = observation.workers ?? workers
        let known = next ?? last
        guard observation.totals.requests >= known.requests else { return nil }
        // The same count again may only be an old look at it, but not from the engine.
        if observation.key.source != .engine, observation.totals.requests == known.requests,
            observation.time < known.time + RunNumbers.countAgeMax
        {
            return nil
        }
        let mark = Self.mark(observation.time, observation.totals, after: known)
        next = mark
        let seconds = mark.time.timeIntervalSince(last.time)
        guard seconds >= Self.stepSecondsMin || observation.isFinal else { return nil }
        return finish()
    }

    /// The step that was still waiting for more, at the end of the run.
    ///
    /// - Parameter numbers: of the run; what they have more than the steps goes into this one.
    package mutating func finish(with numbers: LastMetrics? = nil) -> TimeSeries.Point? {
        if let numbers, numbers.totalRequests > (next ?? last).requests {
            let sample = Sample(
                requests: numbers.totalRequests, failures: numbers.totalFailures,
                averageMs: numbers.avgResponseMs)
            next = Self.mark(numbers.timestamp, sample, after: next ?? last)
        }
        guard let mark = next else { return nil }
        defer { (last, next, histogram) = (mark, nil, Histogram()) }
        // What came right behind another observation would look like a burst.
        let seconds = max(mark.time.timeIntervalSince(last.time), Self.stepSecondsMin)
        let requests = mark.requests - last.requests
        let failures = mark.failures - last.failures
        var point = TimeSeries.Point(
            time: last.time, users: users?.count, workers: workers, requests: requests,
            failures: failures, rps: Double(requests) / seconds,
            failuresPerSecond: Double(failures) / seconds)
        if requests > 0 {
            point.errorRate = RunNumbers.errorRate(requests: requests, failures: failures)
            point.avgResponseMs =
                max(0, mark.responseMsSum - last.responseMsSum) / Double(requests)
        }
        if histogram.count > 0 {
            point.p50ResponseMs = histogram.percentileMilliseconds(50, atMost: nil)
            point.p95ResponseMs = histogram.percentileMilliseconds(95, atMost: nil)
            point.p99ResponseMs = histogram.percentileMilliseconds(99, atMost: nil)
        }
        return point
    }

    private static func mark(_ time: Date, _ sample: Sample, after last: Mark) -> Mark {
        Mark(
            time: max(time, last.time), requests: sample.requests,
            failures: max(last.failures, sample.failures),
            responseMsSum: max(
                last.responseMsSum, (sample.averageMs ?? 0) * Double(sample.requests)))
    }
}
