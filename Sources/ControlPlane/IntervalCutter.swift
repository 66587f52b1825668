import Foundation
import Metrics
import Thresholds

/// Cuts the rising counts of a run, or of some of its endpoints, into what came between two
/// reports.
struct IntervalCutter: Sendable {
    private var end = 0.0
    private var requests = 0
    private var failures = 0
    private var responseMsSum = 0.0

    /// - Parameters:
    ///   - moment: of the report, in seconds since load was asked for.
    ///   - dropped: arrivals that were not sent since the report before.
    /// - Returns: nil for an older look at the same requests.
    mutating func cut(
        _ sample: Sample, at moment: Double, from source: Observation.Source, dropped: Int = 0
    ) -> MeasuredInterval? {
        guard sample.requests >= requests else { return nil }
        let grown = sample.requests - requests
        // Of a master that may only be the statistics of before.
        if source == .poll, grown == 0, moment < end + RunNumbers.countAgeMax { return nil }
        let sum = (sample.averageMs ?? 0) * Double(sample.requests)
        let bytes = sample.encodedHistogramDelta
        let interval = MeasuredInterval(
            from: end, to: max(end, moment), requests: grown,
            failures: max(0, sample.failures - failures), dropped: dropped,
            // The engine also counts requests that had no response, and so no time.
            responseMsSum: source == .engine ? nil : max(0, sum - responseMsSum),
            responseTimes: bytes,
            hasAllTimes: source == .engine || grown == 0
                || sample.histogramDelta?.isEmpty == false)
        (end, requests) = (max(end, moment), sample.requests)
        failures = max(failures, sample.failures)
        responseMsSum = max(responseMsSum, sum)
        return interval
    }
}

extension Observation.Source {
    /// So many seconds a request may be counted too late: Locust's workers report every 3 s, and a
    /// master that is polled keeps its answer for 2 s more (locust.md, section 1.6).
    var lateness: Double {
        switch self {
        case .engine: 0
        case .callback: 3
        case .poll: 5
        }
    }
}

extension ThresholdScope {
    func contains(_ endpoint: Endpoint) -> Bool {
        switch self {
        case .all: true
        case .endpoint(let name):
            endpoint.name == name || "\(endpoint.method) \(endpoint.name)" == name
        }
    }
}

extension Sample {
    /// Several endpoints as one: what they had since the start, and since the report before.
    static func sum(_ samples: some Collection<Sample>) -> Sample? {
        guard var sum = samples.first else { return nil }
        for other in samples.dropFirst() {
            let requests = sum.requests.addingOrMax(other.requests)
            let time =
                (sum.averageMs ?? 0) * Double(sum.requests)
                + (other.averageMs ?? 0) * Double(other.requests)
            sum.averageMs = requests > 0 ? time / Double(requests) : nil
            sum.requests = requests
            sum.failures = sum.failures.addingOrMax(other.failures)
            sum.minMs = [sum.minMs, other.minMs].compactMap(\.self).min()
            sum.maxMs = [sum.maxMs, other.maxMs].compactMap(\.self).max()
            // Percentiles that only a source knows do not add up.
            (sum.p50Ms, sum.p95Ms, sum.p99Ms) = (nil, nil, nil)
            guard let delta = other.histogramDelta else { continue }
            var merged = sum.histogramDelta ?? Histogram()
            merged.merge(delta)
            sum.encodedHistogramDelta = merged.encoded()
        }
        return sum
    }

    /// Of one endpoint, one sample for each moment: two reports can tell of the same.
    static func byTime(_ samples: [TimedSample]) -> [Date: Sample] {
        var found: [Date: Sample] = [:]
        for timed in samples {
            found[timed.time] = found[timed.time].map { timed.sample.including($0) } ?? timed.sample
        }
        return found
    }

    /// The same counts, with nothing since the report before.
    var withoutNews: Sample {
        var sample = self
        sample.encodedHistogramDelta = nil
        return sample
    }
}

extension Int {
    /// The sum, or the maximum where that would overflow: hooks and masters tell any number.
    func addingOrMax(_ other: Int) -> Int {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
