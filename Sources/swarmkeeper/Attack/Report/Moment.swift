import LoadEngine

/// A report with the sums over its endpoints. They are made once: with hundreds of endpoints they
/// cost milliseconds, which the generating threads may need.
struct Moment: Sendable {
    let report: LoadReport
    /// Since the report before.
    let interval: EndpointStatistics
    /// Since the start.
    let total: EndpointStatistics

    init(_ report: LoadReport) {
        self.report = report
        interval = report.interval.total
        total = report.total.total
    }
}
