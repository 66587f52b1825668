import Metrics

/// Adds up what was stored of one run: the same figures as its summary, by the same rules, in a
/// few numbers instead of all samples.
package struct RunMeter: Sendable {
    /// Counts of one endpoint, or of the totals, since the start of the run.
    package struct Figures: Equatable, Sendable {
        package internal(set) var requests = 0
        package internal(set) var failures = 0
        /// Response times under `RunMeter.boundsMicroseconds`, and above the last; nil without any.
        package internal(set) var counts: [UInt64]?
        package internal(set) var sumMicroseconds: UInt128 = 0

        package init() {}
    }

    /// From a millisecond to half a minute, at the places where service levels are usually set.
    package static let boundsMicroseconds: [UInt64] = [
        1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000,
        2_500_000, 5_000_000, 10_000_000, 30_000_000,
    ]

    package private(set) var totals = Figures()
    package private(set) var endpoints: [Endpoint: Figures] = [:]
    package private(set) var workers: Int?
    /// Endpoints of the run, those that are not told apart included.
    package private(set) var endpointCount = 0
    /// Where the next piece begins.
    package private(set) var mark = 0

    package init() {}

    package mutating func absorb(_ piece: MeasurementPiece) {
        mark = piece.mark
        endpointCount = max(endpointCount, piece.endpointCount)
        for row in piece.rows {
            if let endpoint = row.endpoint {
                endpoints[endpoint, default: Figures()].absorb(row.sample)
            } else {
                totals.absorb(row.sample)
                workers = row.workers ?? workers
            }
        }
    }

    /// What the endpoints that are not told apart have together; nil when there are none.
    package var rest: Figures? {
        guard endpointCount > endpoints.count else { return nil }
        return endpoints.values.reduce(into: totals) { $0.subtract($1) }
    }
}

extension RunMeter.Figures {
    mutating func absorb(_ sample: Sample) {
        if sample.requests >= requests { (requests, failures) = (sample.requests, sample.failures) }
        guard let delta = sample.histogramDelta, !delta.isEmpty else { return }
        var own = counts ?? [UInt64](repeating: 0, count: RunMeter.boundsMicroseconds.count + 1)
        var below: UInt64 = 0
        for (index, bound) in RunMeter.boundsMicroseconds.enumerated() {
            let upTo = delta.count(atMost: bound)
            own[index] &+= upTo &- below
            below = upTo
        }
        own[own.count - 1] &+= delta.count &- below
        counts = own
        sumMicroseconds &+= delta.sum
    }

    fileprivate mutating func subtract(_ other: Self) {
        requests = max(0, requests - other.requests)
        failures = max(0, failures - other.failures)
        guard let own = counts, let others = other.counts else { return }
        counts = zip(own, others).map { $0 > $1 ? $0 - $1 : 0 }
        sumMicroseconds -= min(sumMicroseconds, other.sumMicroseconds)
    }
}
