/// The numbers that one looks for first.
extension RunReport {
    struct HeadlineNumber {
        let name: String
        let value: String
        var note = ""
        var isBad = false
    }

    var headline: [HeadlineNumber] {
        let totals = summary.totals
        return [
            HeadlineNumber(
                name: "Requests", value: ReportText.count(totals.requests),
                note: "in \(ReportText.duration(summary.loadSeconds))"),
            HeadlineNumber(
                name: "Failed", value: ReportText.count(totals.failures),
                note: "\(ReportText.percent(totals.errorRate)) of requests",
                isBad: totals.failures > 0),
            HeadlineNumber(
                name: "Throughput", value: ReportText.rate(totals.rps), note: "on average"),
            HeadlineNumber(
                name: "Median", value: ReportText.milliseconds(totals.p50ResponseMs),
                note: "response time"),
            HeadlineNumber(
                name: "95th percentile", value: ReportText.milliseconds(totals.p95ResponseMs),
                note: "response time"),
            HeadlineNumber(
                name: "99th percentile", value: ReportText.milliseconds(totals.p99ResponseMs),
                note: "response time"),
            HeadlineNumber(
                name: "Slowest", value: ReportText.milliseconds(totals.maxResponseMs),
                note: "of all responses"),
            HeadlineNumber(
                name: "Users", value: usersMost.map(ReportText.count) ?? "–",
                note: "at most; \(ReportText.count(run.targetUsers)) asked for"),
        ]
    }
}
