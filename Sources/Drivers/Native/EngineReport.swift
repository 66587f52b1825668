import ControlPlane
import Metrics

/// How an engine's load stands. Counts and times are cumulative since the start of the load;
/// histograms hold only what came since the report before.
package struct EngineReport: Equatable, Sendable {
    /// From 1; where reports were merged, of the newest.
    package var sequence: Int
    /// Since the start of the load.
    package var elapsed: Duration
    package var users: Int
    package var totals: Sample
    /// Those that had a request.
    package var endpoints: [EndpointSample]
    package var errors: [ErrorSample]
    package var evidence: EngineEvidence
    /// The same since the report before.
    package var interval = GeneratorInterval()
    /// Why it ended; the report with it is the last one.
    package var end: EngineEnd?

    package init(
        sequence: Int, elapsed: Duration, users: Int, totals: Sample,
        endpoints: [EndpointSample] = [], errors: [ErrorSample] = [],
        evidence: EngineEvidence = EngineEvidence(), end: EngineEnd? = nil
    ) {
        self.sequence = sequence
        self.elapsed = elapsed
        self.users = users
        self.totals = totals
        self.endpoints = endpoints
        self.errors = errors
        self.evidence = evidence
        self.end = end
    }

    /// This report as if the one before it had never been made: nothing is lost but resolution.
    func absorbing(_ earlier: EngineReport) -> EngineReport {
        var merged = self
        merged.totals.addDelta(of: earlier.totals)
        merged.interval = interval.including(earlier.interval)
        var places: [Endpoint: Int] = [:]
        for (index, row) in endpoints.enumerated() { places[row.endpoint] = index }
        for row in earlier.endpoints {
            if let index = places[row.endpoint] {
                merged.endpoints[index].sample.addDelta(of: row.sample)
            } else {
                merged.endpoints.append(row)
            }
        }
        return merged
    }
}

extension Sample {
    fileprivate mutating func addDelta(of earlier: Sample) {
        guard let old = earlier.histogramDelta else { return }
        guard var sum = histogramDelta else {
            encodedHistogramDelta = earlier.encodedHistogramDelta
            return
        }
        sum.merge(old)
        encodedHistogramDelta = sum.encoded()
    }
}
