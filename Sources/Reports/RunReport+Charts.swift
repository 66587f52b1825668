import ControlPlane
import Foundation

/// The pictures of a report's page, and the same as a table for those who do not see them.
extension RunReport {
    /// Rows of the table.
    private static let rowsMax = 24

    var chartsHTML: HTML? {
        guard hasNumbers, points.count > 1 else { return nil }
        return """
            <section><h2>Over time</h2>
            <div class="charts">
            \(throughput.html)\(responses.html)\(users.html)\(errors.html)\(spread)
            </div>
            \(key)
            \(table)
            </section>
            """
    }

    private func chart(
        _ id: String, _ title: String, _ unit: String, _ description: String, _ lines: [Chart.Line]
    ) -> Chart {
        let seconds = seriesSeconds
        return Chart(
            id: id, title: title, unit: unit, description: description, lines: lines,
            step: series.resolutionSeconds, seconds: seconds,
            gaps: measurement.gaps.map { second($0.from)...max(second($0.from), second($0.to)) },
            marks: moments)
    }

    private var seriesSeconds: Double {
        max(series.resolutionSeconds, second(seriesEnd), summary.loadSeconds)
    }

    /// Without a last step that is far shorter than the others: its few requests make no rate.
    private var points: ArraySlice<TimeSeries.Point> {
        guard let last = series.points.last, series.points.count > 2 else {
            return series.points[...]
        }
        let seconds = seriesEnd.timeIntervalSince(last.time)
        return series.points.dropLast(seconds < series.resolutionSeconds / 2 ? 1 : 0)
    }

    private func second(_ date: Date) -> Double { max(0, date.timeIntervalSince(start)) }

    /// What explains a bend in a curve.
    private var moments: [Double] {
        timeline.filter { entry in
            switch entry.kind {
            case .stop, .changeUsers, .workersLost, .clusterUnreachable, .masterRestarted,
                .adopted:
                true
            default: false
            }
        }
        // What happens at the edges bends no curve.
        .map { second($0.at) }.filter { $0 > 0.02 * seriesSeconds && $0 < 0.98 * seriesSeconds }
    }

    private var throughput: Chart {
        let rates = points.map { Optional($0.rps) }
        let most = rates.compactMap(\.self).max() ?? 0
        let mean = ReportText.rate(summary.totals.rps)
        return chart(
            "throughput", "Throughput", "requests/s",
            "Requests per second: \(mean) on average, \(ReportText.rate(most)) at most.",
            [
                .init(
                    values: rates, name: "requests/s, on average", figure: mean, look: 1,
                    isArea: true)
            ])
    }

    private var responses: Chart {
        let totals = summary.totals
        let hasPercentiles = points.contains { $0.p95ResponseMs != nil }
        guard hasPercentiles else {
            let mean = ReportText.milliseconds(totals.avgResponseMs)
            return chart(
                "responses", "Response times", "ms",
                "Mean response time: \(mean) over all. The cluster tells no percentiles over time.",
                [
                    .init(
                        values: points.map(\.avgResponseMs), name: "mean", figure: mean, look: 1)
                ])
        }
        let figures = [totals.p50ResponseMs, totals.p95ResponseMs, totals.p99ResponseMs]
            .map(ReportText.milliseconds)
        return chart(
            "responses", "Response times", "ms",
            "Percentiles of response times, over all: half within \(figures[0]), 95% within "
                + "\(figures[1]), 99% within \(figures[2]).",
            [
                .init(
                    values: points.map(\.p99ResponseMs), name: "99%", figure: figures[2], look: 4),
                .init(
                    values: points.map(\.p95ResponseMs), name: "95%", figure: figures[1], look: 3),
                .init(
                    values: points.map(\.p50ResponseMs), name: "median", figure: figures[0], look: 2
                ),
            ])
    }

    private var users: Chart {
        // Where nothing was told, nothing has changed.
        var last: Double?
        let counts = points.map { point -> Double? in
            if let users = point.users { last = Double(users) }
            return last
        }
        let most = ReportText.count(usersMost ?? 0)
        return chart(
            "users", "Users", "users", "Users at once: \(most) at most.",
            [.init(values: counts, name: "at most", figure: most, look: 5, isArea: true)])
    }

    private var errors: Chart {
        let share = ReportText.percent(summary.totals.errorRate)
        guard summary.totals.failures > 0 else {
            return chart("errors", "Errors", "failures/s", "No request has failed.", [])
        }
        return chart(
            "errors", "Errors", "failures/s", "Failed requests per second; \(share) of all in all.",
            [
                .init(
                    values: points.map { Optional($0.failuresPerSecond) },
                    name: "failures/s, of all requests", figure: share, look: 6, isArea: true)
            ])
    }

    private var spread: HTML? {
        guard !responseTimes.isEmpty else { return nil }
        let totals = summary.totals
        let marks = [
            ("median", totals.p50ResponseMs), ("95%", totals.p95ResponseMs),
            ("99%", totals.p99ResponseMs),
        ]
        return DistributionChart(responseTimes).html(
            marks.compactMap { name, value in value.map { (name: name, milliseconds: $0) } })
    }

    private var key: HTML? {
        let parts = [
            moments.isEmpty ? "" : "Thin upright lines: see the timeline.",
            measurement.gaps.isEmpty ? "" : "Hatched: nobody told of the run.",
        ]
        let text = parts.filter { !$0.isEmpty }.joined(separator: " ")
        return text.isEmpty ? nil : "<p class=\"key-note\">\(text)</p>"
    }

    /// Every so many steps of the series, as they are: percentiles of several cannot be one.
    private var table: HTML {
        let stride = max(1, (points.count + Self.rowsMax - 1) / Self.rowsMax)
        let rows = Swift.stride(from: 0, to: points.count, by: stride).map { index -> HTML in
            let point = points[index]
            return """
                <tr><th scope="row">\(ReportText.elapsed(second(point.time)))</th>\
                <td>\(point.users.map(ReportText.count) ?? "–")</td>\
                <td>\(ReportText.number(point.rps))</td>\
                <td>\(ReportText.number(point.failuresPerSecond))</td>\
                <td>\(ReportText.milliseconds(point.p50ResponseMs))</td>\
                <td>\(ReportText.milliseconds(point.p95ResponseMs))</td>\
                <td>\(ReportText.milliseconds(point.p99ResponseMs))</td></tr>
                """
        }
        let step = ReportText.duration(series.resolutionSeconds)
        return """
            <details><summary>The same as a table</summary>
            <div class="scroll" role="region" aria-label="Numbers over time" tabindex="0"><table>
            <caption>Steps of \(step), one of every \(stride)</caption>
            <thead><tr><th scope="col">At</th><th scope="col">Users</th>\
            <th scope="col">Requests/s</th><th scope="col">Failures/s</th>\
            <th scope="col">Median</th><th scope="col">95%</th><th scope="col">99%</th></tr></thead>
            <tbody>\(rows)</tbody></table></div></details>
            """
    }
}
