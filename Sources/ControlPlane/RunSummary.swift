import Foundation
import Metrics

/// The result of a run, or of what is known of it so far.
package struct RunSummary: Equatable, Sendable {
    package struct Row: Equatable, Sendable {
        /// Nil for the totals.
        package let endpoint: Endpoint?
        package let requests: Int
        package let failures: Int
        package let errorRate: Double
        package let rps: Double
        package let avgResponseMs: Double?
        package let minResponseMs: Double?
        package let maxResponseMs: Double?
        package let p50ResponseMs: Double?
        package let p95ResponseMs: Double?
        package let p99ResponseMs: Double?
        package let percentileSource: PercentileSource?
    }

    /// Where percentiles come from, which decides what they are worth.
    package enum PercentileSource: String, Sendable, CaseIterable {
        /// Merged from all response times of the run. Locust rounds them to two digits: within
        /// 5 per cent. The native engine keeps three: within 0.1 per cent.
        case histogram
        /// As the master last told them, since the start of its statistics.
        case master
    }

    package let loadSeconds: Double
    package let totals: Row
    package let endpoints: [Row]
    package let errors: [ErrorSample]
    /// Nil for a run on a Locust cluster.
    package let engine: EngineEvidence?

    package init(
        loadSeconds: Double, totals: Row, endpoints: [Row], errors: [ErrorSample],
        engine: EngineEvidence? = nil
    ) {
        self.loadSeconds = loadSeconds
        self.totals = totals
        self.endpoints = endpoints
        self.errors = errors
        self.engine = engine
    }
}

extension RunSummary.Row {
    /// - Parameter loadSeconds: how long load was on; 0 gives a rate of 0.
    package init(endpoint: Endpoint?, samples: [TimedSample], loadSeconds: Double) {
        var best = Sample()
        var histogram = Histogram()
        for timed in samples {
            if timed.sample.requests >= best.requests { best = timed.sample }
            if let delta = timed.sample.histogramDelta { histogram.merge(delta) }
        }
        let hasHistogram = histogram.count > 0
        func percentile(_ share: Double, or summary: Double?) -> Double? {
            hasHistogram
                ? histogram.percentileMilliseconds(share, atMost: best.maxMs) : summary
        }
        self.init(
            endpoint: endpoint, requests: best.requests, failures: best.failures,
            errorRate: RunNumbers.errorRate(requests: best.requests, failures: best.failures),
            rps: loadSeconds > 0 ? Double(best.requests) / loadSeconds : 0,
            avgResponseMs: best.averageMs, minResponseMs: best.minMs, maxResponseMs: best.maxMs,
            p50ResponseMs: percentile(50, or: best.p50Ms),
            p95ResponseMs: percentile(95, or: best.p95Ms),
            p99ResponseMs: percentile(99, or: best.p99Ms),
            percentileSource: hasHistogram ? .histogram : best.p95Ms == nil ? nil : .master)
    }
}
