import LoadEngine
import Metrics

/// How an attack stands as one plain line each second, for a file or a pipe.
enum ProgressTable {
    private static let widths = [9, 11, 12, 9, 9, 9, 9, 7, 7]

    static let header = line([
        "time", "rate/s", "requests", "failed", "p50", "p95", "p99", "users", "dropped",
    ])

    /// - Parameter rate: since the report before.
    static func row(_ moment: Moment, rate: Double) -> String {
        let (report, total) = (moment.report, moment.total)
        let latency = moment.interval.latency
        return line([
            Figures.clock(report.elapsed), Figures.rate(rate), Figures.count(total.requests),
            Figures.count(total.failures), LatencyFigures.text(latency, percentile: 50),
            LatencyFigures.text(latency, percentile: 95),
            LatencyFigures.text(latency, percentile: 99), Figures.count(report.users),
            Figures.count(report.total.transport.dropped),
        ])
    }

    private static func line(_ cells: [String]) -> String {
        zip(cells, widths).map { DisplayWidth.rightAligned($0, columns: $1) }
            .joined(separator: " ")
    }
}
