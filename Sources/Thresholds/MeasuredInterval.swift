import Metrics

/// What came between two reports on a run's load, of the requests that a threshold is about.
package struct MeasuredInterval: Equatable, Sendable {
    /// Seconds since load was asked for.
    package let from: Double
    package internal(set) var to: Double
    package internal(set) var requests: Int
    package internal(set) var failures: Int
    /// Arrivals that could not be sent.
    package internal(set) var dropped: Int
    /// Of all requests, in milliseconds; nil where the response times tell it.
    package internal(set) var responseMsSum: Double?
    /// In microseconds, as `Histogram.encoded()` gives them; nil where there are none.
    package internal(set) var responseTimes: [UInt8]?
    /// Whether `responseTimes` are those of all responses.
    package internal(set) var hasAllTimes: Bool
    package var quality = MeasuredQuality.clean

    package init(
        from: Double, to: Double, requests: Int, failures: Int = 0, dropped: Int = 0,
        responseMsSum: Double? = nil, responseTimes: [UInt8]? = nil, hasAllTimes: Bool = true,
        quality: MeasuredQuality = .clean
    ) {
        self.from = from
        self.to = to
        self.requests = requests
        self.failures = failures
        self.dropped = dropped
        self.responseMsSum = responseMsSum
        self.responseTimes = responseTimes
        self.hasAllTimes = hasAllTimes
        self.quality = quality
    }

    package var seconds: Double { to - from }

    /// Takes in the one that follows it.
    package mutating func extend(by next: MeasuredInterval) {
        to = next.to
        requests += next.requests
        failures += next.failures
        dropped += next.dropped
        responseMsSum = responseMsSum.flatMap { sum in next.responseMsSum.map { sum + $0 } }
        quality = max(quality, next.quality)
        hasAllTimes = hasAllTimes && next.hasAllTimes
        do {
            responseTimes = try Self.sum(responseTimes, next.responseTimes)
        } catch {
            hasAllTimes = false  // Of a damaged store.
        }
    }

    /// Of two encoded histograms.
    package static func sum(_ one: [UInt8]?, _ other: [UInt8]?) throws(HistogramError) -> [UInt8]? {
        guard let one, let other else { return one ?? other }
        var sum = try Histogram(decoding: one)
        sum.merge(try Histogram(decoding: other))
        return sum.encoded()
    }
}

/// Whose doing a measured number is.
package enum MeasuredQuality: Int, Comparable, Sendable {
    /// The target's.
    case clean
    /// The target's, of less load than was asked for: a better target may have got more of it, so
    /// what is bad is bad, and what is good proves nothing.
    case shortOfLoad
    /// It may be the generator's.
    case generator

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// A run as far as it was measured, for one scope.
package struct MeasuredRun: Sendable {
    /// In order, without gaps and overlaps.
    package var intervals: [MeasuredInterval]
    /// How long the load was on.
    package var seconds: Double
    /// What the source itself tells of the whole run, in milliseconds; used for nothing less.
    package var summary: [Measure: Double]
    /// So many seconds a request may be counted too late: what Locust's workers report every few
    /// seconds. Totals are right all the same, and shares of what is counted together.
    package var lateness: Double

    package init(
        intervals: [MeasuredInterval], seconds: Double, summary: [Measure: Double] = [:],
        lateness: Double = 0
    ) {
        self.intervals = intervals
        self.seconds = seconds
        self.summary = summary
        self.lateness = lateness
    }
}
