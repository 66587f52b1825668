import Foundation
import LoadEngine
import Metrics

/// Every second as a row of comma-separated values (RFC 4180).
enum SecondsTable {
    static let header =
        "elapsedSeconds,intervalSeconds,users,connections,inFlight,requests,failures,rps,"
        + "bytesIn,bytesOut,dropped,latencyMeanMs,latencyP50Ms,latencyP95Ms,latencyP99Ms,"
        + "latencyP999Ms,latencyMaxMs,serviceTimeP50Ms,serviceTimeP99Ms,cpuShare\n"

    /// What a row tells.
    struct Row {
        /// Since the start, the wait for the last answers included.
        private(set) var elapsed: Duration
        /// Since the row before.
        private(set) var interval: Duration
        private(set) var users: Int
        private(set) var connections: Int
        private(set) var inFlight: Int
        private(set) var statistics: EndpointStatistics
        private(set) var transport: TransportStatistics

        init(_ moment: Moment, at elapsed: Duration, interval: Duration) {
            (self.elapsed, self.interval) = (elapsed, interval)
            users = moment.report.users
            connections = moment.report.connections
            inFlight = moment.report.inFlight
            statistics = moment.interval
            transport = moment.report.interval.transport
        }

        /// Takes in what came right behind it.
        mutating func append(_ next: Row) {
            elapsed = next.elapsed
            interval += next.interval
            (users, connections, inFlight) = (next.users, next.connections, next.inFlight)
            statistics.merge(next.statistics)
            transport.merge(next.transport)
        }
    }

    static func text(_ row: Row) -> String {
        let (statistics, transport) = (row.statistics, row.transport)
        let seconds = row.interval / .seconds(1)
        let rate = seconds > 0 ? Double(statistics.requests) / seconds : 0
        let latency = statistics.latency
        let cells = [
            decimal(row.elapsed / .seconds(1)), decimal(seconds), "\(row.users)",
            "\(row.connections)", "\(row.inFlight)", "\(statistics.requests)",
            "\(statistics.failures)", decimal(rate), "\(statistics.bytesIn)",
            "\(statistics.bytesOut)", "\(transport.dropped)",
            latency.isEmpty ? "" : decimal(latency.mean / 1000),
            percentile(50, of: latency), percentile(95, of: latency), percentile(99, of: latency),
            percentile(99.9, of: latency), percentile(100, of: latency),
            percentile(50, of: statistics.serviceTime), percentile(99, of: statistics.serviceTime),
            decimal(transport.cpuShare),
        ]
        return cells.joined(separator: ",") + "\n"
    }

    /// Empty where nothing was measured.
    private static func percentile(_ share: Double, of histogram: Histogram) -> String {
        histogram.isEmpty ? "" : decimal(Double(histogram.percentile(share)) / 1000)
    }

    private static func decimal(_ value: Double) -> String {
        String(format: "%.3f", value)
    }
}
