import Foundation
import LoadEngine
import Metrics

/// Every second as a row of comma-separated values (RFC 4180).
enum SecondsTable {
    static let header =
        "elapsedSeconds,intervalSeconds,users,connections,inFlight,requests,failures,rps,"
        + "bytesIn,bytesOut,dropped,latencyMeanMs,latencyP50Ms,latencyP95Ms,latencyP99Ms,"
        + "latencyP999Ms,latencyMaxMs,serviceTimeP50Ms,serviceTimeP99Ms,cpuShare\n"

    /// - Parameters:
    ///   - elapsed: since the start.
    ///   - interval: since the report before.
    static func row(_ moment: Moment, at elapsed: Duration, interval: Duration) -> String {
        let (report, statistics) = (moment.report, moment.interval)
        let transport = report.interval.transport
        let seconds = interval / .seconds(1)
        let rate = seconds > 0 ? Double(statistics.requests) / seconds : 0
        let latency = statistics.latency
        let cells = [
            decimal(elapsed / .seconds(1)), decimal(seconds), "\(report.users)",
            "\(report.connections)", "\(report.inFlight)", "\(statistics.requests)",
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
