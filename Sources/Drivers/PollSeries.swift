import ControlPlane
import Foundation
import Locust

/// Makes observations of a master's statistics, one run's worth.
///
/// A master's counts restart when somebody resets its statistics; here they go on, because what
/// was counted before was counted.
struct PollSeries {
    private let epoch: String
    private var sequence = 0
    private var base: [Endpoint?: Counts] = [:]
    private var last: [Endpoint?: Counts] = [:]

    private struct Counts {
        var requests = 0
        var failures = 0
        var responseMsSum = 0.0
        var minMs: Double?
        var maxMs: Double?

        func adding(_ other: Self) -> Self {
            Self(
                requests: requests + other.requests, failures: failures + other.failures,
                responseMsSum: responseMsSum + other.responseMsSum,
                minMs: [minMs, other.minMs].compactMap(\.self).min(),
                maxMs: [maxMs, other.maxMs].compactMap(\.self).max())
        }
    }

    init(epoch: String) {
        self.epoch = epoch
    }

    mutating func observation(of report: StatsReport, at now: Date) -> Observation {
        sequence += 1
        if report.aggregated.requests < last[nil]?.requests ?? 0 { carryOver() }
        let totals = sample(of: report.aggregated, for: nil)
        let endpoints = report.rows.map { row in
            let endpoint = Endpoint(method: row.method, name: row.name)
            return EndpointSample(endpoint: endpoint, sample: sample(of: row, for: endpoint))
        }
        return Observation(
            key: .init(source: .poll, epoch: epoch, sequence: sequence), time: now,
            users: report.userCount, workers: report.workerCount, totals: totals,
            endpoints: endpoints, errors: report.errors.map(Self.error),
            generator: Self.generator(report))
    }

    /// How busy its busiest worker is.
    private static func generator(_ report: StatsReport) -> GeneratorInterval? {
        let shares = report.workers?.filter { $0.state != .missing }.compactMap(\.cpuPercent)
        return shares?.max().map { percent in
            var interval = GeneratorInterval()
            // A worker tells what it likes.
            interval.cpuShare = min(max(percent, 0), 100_000) / 100
            return interval
        }
    }

    /// The statistics were reset: what they said last becomes the base of what they say next.
    private mutating func carryOver() {
        for (endpoint, counts) in last {
            base[endpoint] = (base[endpoint] ?? Counts()).adding(counts)
        }
        last = [:]
    }

    private mutating func sample(of row: StatsRow, for endpoint: Endpoint?) -> Sample {
        let counts = Counts(
            requests: row.requests, failures: row.failures,
            responseMsSum: (row.averageMilliseconds ?? 0) * Double(row.requests),
            minMs: row.minMilliseconds, maxMs: row.maxMilliseconds)
        last[endpoint] = counts
        let all = (base[endpoint] ?? Counts()).adding(counts)
        return Sample(
            requests: all.requests, failures: all.failures,
            averageMs: all.requests > 0 ? all.responseMsSum / Double(all.requests) : nil,
            minMs: all.minMs, maxMs: all.maxMs, p50Ms: row.medianMilliseconds,
            p95Ms: row.percentiles[0.95], p99Ms: row.percentiles[0.99])
    }

    private static func error(_ row: ErrorRow) -> ErrorSample {
        ErrorSample(
            endpoint: Endpoint(method: row.method, name: row.name), message: row.message,
            occurrences: row.occurrences,
            firstSeen: row.firstSeen.map { Date(timeIntervalSince1970: $0) },
            lastSeen: row.lastSeen.map { Date(timeIntervalSince1970: $0) })
    }
}
