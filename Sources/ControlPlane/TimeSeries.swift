import Foundation
import Metrics

/// The course of a run in equal steps of time, made from samples of all sources.
///
/// The counts of a step are differences of one rising curve: the highest cumulative count known at
/// each time, taken as straight between two samples. So sources together count nothing twice,
/// and the steps add up to the total. Percentiles come from histograms alone, and are absent in a
/// step that has none: percentiles of other windows are never averaged.
package struct TimeSeries: Equatable, Sendable {
    package struct Point: Equatable, Sendable {
        /// Start of the step.
        package let time: Date
        package var users: Int?
        package var workers: Int?
        package var requests: Int
        package var failures: Int
        /// Requests and failures per second of the step.
        package var rps: Double
        package var failuresPerSecond: Double
        /// Failed requests in per cent; nil without requests.
        package var errorRate: Double?
        package var avgResponseMs: Double?
        package var p50ResponseMs: Double?
        package var p95ResponseMs: Double?
        package var p99ResponseMs: Double?
    }

    /// Points beyond this are not computed: the caller asks for a coarser resolution.
    package static let pointsMax = 2_000

    package let resolutionSeconds: Double
    package let points: [Point]

    /// - Parameters:
    ///   - samples: of one endpoint or of the totals, in the order of time.
    ///   - start: where the counts are 0.
    ///   - window: what to show of it, at most `pointsMax` steps long.
    package init(
        samples: [TimedSample], start: Date, window: ClosedRange<Date>, resolutionSeconds: Double
    ) {
        self.resolutionSeconds = resolutionSeconds
        let curve = Curve(samples: samples, start: start)
        let seconds = window.upperBound.timeIntervalSince(window.lowerBound)
        let count = Int(
            min(Double(Self.pointsMax), max(1, (seconds / resolutionSeconds).rounded(.up))))
        let moments = Self.moments(of: samples, start: start)
        var next = samples.startIndex
        while next < samples.endIndex, moments[next] < window.lowerBound { next += 1 }
        var points: [Point] = []
        points.reserveCapacity(count)
        for index in 0..<count {
            let from = window.lowerBound.addingTimeInterval(Double(index) * resolutionSeconds)
            let to = min(from.addingTimeInterval(resolutionSeconds), window.upperBound)
            let isLast = index == count - 1
            var inside: [TimedSample] = []
            while next < samples.endIndex,
                moments[next] < to || (isLast && moments[next] == to)
            {
                inside.append(samples[next])
                next += 1
            }
            points.append(Self.point(from: from, to: to, curve: curve, samples: inside))
        }
        self.points = points
    }

    /// The time that each sample tells of. The engine reports at the end of each second: taken at
    /// its own time, such a report would show in the step after the one that it measured, so it
    /// stands in the middle between the report before and itself.
    private static func moments(of samples: [TimedSample], start: Date) -> [Date] {
        var before = start
        return samples.map { timed in
            guard timed.source == .engine else { return timed.time }
            defer { before = timed.time }
            return before.addingTimeInterval(timed.time.timeIntervalSince(before) / 2)
        }
    }

    private static func point(
        from: Date, to: Date, curve: Curve, samples: [TimedSample]
    ) -> Point {
        let (before, after) = (curve.value(at: from), curve.value(at: to))
        let seconds = max(to.timeIntervalSince(from), 0.001)
        let requests = after.requests - before.requests
        let failures = after.failures - before.failures
        var point = Point(
            time: from, users: samples.last?.users,
            workers: samples.last { $0.workers != nil }?.workers, requests: requests,
            failures: failures, rps: Double(requests) / seconds,
            failuresPerSecond: Double(failures) / seconds)
        if requests > 0 {
            point.errorRate = RunNumbers.errorRate(requests: requests, failures: failures)
            point.avgResponseMs =
                max(0, after.responseMsSum - before.responseMsSum) / Double(requests)
        }
        var histogram = Histogram()
        for timed in samples {
            if let delta = timed.sample.histogramDelta { histogram.merge(delta) }
        }
        if histogram.count > 0 {
            point.p50ResponseMs = histogram.percentileMilliseconds(50, atMost: nil)
            point.p95ResponseMs = histogram.percentileMilliseconds(95, atMost: nil)
            point.p99ResponseMs = histogram.percentileMilliseconds(99, atMost: nil)
        }
        return point
    }
}

/// The rising curve of cumulative counts.
private struct Curve {
    struct Value {
        var requests: Int
        var failures: Int
        var responseMsSum: Double
    }

    private var times: [Date]
    private var values: [Value]

    init(samples: [TimedSample], start: Date) {
        times = [start]
        values = [Value(requests: 0, failures: 0, responseMsSum: 0)]
        for timed in samples {
            guard let last = values.last, let lastTime = times.last,
                timed.sample.requests >= last.requests
            else { continue }
            // The same count again may only be an old look at it, but not from the engine.
            if timed.source != .engine, timed.sample.requests == last.requests,
                timed.time < lastTime + RunNumbers.countAgeMax
            {
                continue
            }
            let sum = (timed.sample.averageMs ?? 0) * Double(timed.sample.requests)
            let value = Value(
                requests: timed.sample.requests,
                failures: max(last.failures, timed.sample.failures),
                responseMsSum: max(last.responseMsSum, sum))
            times.append(max(timed.time, lastTime))
            values.append(value)
        }
    }

    func value(at time: Date) -> Value {
        // The first mark after `time`, by halving.
        var (low, high) = (0, times.count)
        while low < high {
            let middle = (low + high) / 2
            if times[middle] <= time { low = middle + 1 } else { high = middle }
        }
        guard low > 0 else { return values[0] }
        guard low < times.count else { return values[times.count - 1] }
        let (a, b) = (values[low - 1], values[low])
        let span = times[low].timeIntervalSince(times[low - 1])
        let share = span > 0 ? time.timeIntervalSince(times[low - 1]) / span : 1
        let growth = b.requests - a.requests
        let requests = Int((Double(growth) * share).rounded())
        // Failures and response times go with whole requests: a step in which none falls has
        // neither, and no step has more failures than requests.
        let part = growth > 0 ? Double(requests) / Double(growth) : 0
        return Value(
            requests: a.requests + requests,
            failures: a.failures + Int((Double(b.failures - a.failures) * part).rounded()),
            responseMsSum: a.responseMsSum + (b.responseMsSum - a.responseMsSum) * part)
    }
}
