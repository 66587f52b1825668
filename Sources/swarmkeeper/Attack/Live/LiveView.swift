import LoadEngine
import Metrics

/// How an attack stands, drawn anew each second.
struct LiveView {
    /// Kinds of failures that are told while it runs; the summary tells all.
    private static let failureKindsMax = 3
    /// Of the charts: a second each.
    private static let chartColumnsMax = RecentSeconds.secondsMax

    let subject: AttackSubject
    let columns: Int

    /// - Parameters:
    ///   - moment: nil before the first.
    ///   - patience: whether an early end was asked for.
    func lines(_ moment: Moment?, recent: RecentSeconds, patience: Patience = .plan)
        -> [StyledLine]
    {
        var lines = [StyledLine(subject.title, .strong), StyledLine(subject.modelText, .faint)]
        lines.append(progress(moment, recent: recent, patience: patience))
        if let moment {
            lines += counts(moment, recent: recent) + latency(moment)
            lines += charts(recent) + failures(moment)
        }
        return lines.map { $0.clipped(to: columns) }
    }

    private func progress(_ moment: Moment?, recent: RecentSeconds, patience: Patience)
        -> StyledLine
    {
        let share = moment.map { Progress.share(of: $0, subject: subject) } ?? 0
        let words =
            moment.map {
                Progress.words(for: $0, subject: subject, rate: recent.rate, patience: patience)
            } ?? patience.text ?? "starting"
        let barColumns = max(10, min(48, columns - DisplayWidth.of(words) - 12))
        var line = StyledLine(
            DisplayWidth.fitted(Chart.bar(share, columns: barColumns), columns: barColumns), .good)
        line.append("▏", .faint)
        line.append(DisplayWidth.rightAligned("\(Int(share * 100)) %", columns: 5), .strong)
        line.append("  \(words)")
        return line
    }

    private func counts(_ moment: Moment, recent: RecentSeconds) -> [StyledLine] {
        let (report, total) = (moment.report, moment.total)
        var first = StyledLine("rate ")
        first.append(cell("\(Figures.rate(recent.rate))/s", 12), .strong)
        first.append("requests ")
        first.append(cell(Figures.count(total.requests), 14), .strong)
        first.append("failed ")
        first.append(
            "\(Figures.count(total.failures)) "
                + "(\(Figures.percent(total.failures, of: total.requests)))",
            total.failures > 0 ? .bad : .strong)
        var second = StyledLine("users ")
        second.append(cell(Figures.count(report.users), 11), .strong)
        second.append("connections ")
        second.append(cell(Figures.count(report.connections), 11), .strong)
        second.append("in flight ")
        second.append(Figures.count(report.inFlight), .strong)
        if subject.isOpen {
            let dropped = report.total.transport.dropped
            second.append("  dropped ")
            second.append(Figures.count(dropped), dropped > 0 ? .bad : .strong)
        }
        return [first, second]
    }

    private func latency(_ moment: Moment) -> [StyledLine] {
        func row(_ name: String, _ histogram: Histogram) -> StyledLine {
            var line = StyledLine(cell(name, 10))
            for (title, share) in [("p50", 50.0), ("p95", 95), ("p99", 99), ("max", 100)] {
                line.append("\(title) ", .faint)
                line.append(cell(LatencyFigures.text(histogram, percentile: share), 9), .strong)
            }
            return line
        }
        return [
            row("now", moment.interval.latency), row("in all", moment.total.latency),
        ]
    }

    private func charts(_ recent: RecentSeconds) -> [StyledLine] {
        let rates = recent.seconds.map { Optional($0.rate) }
        let times = recent.seconds.map(\.p99)
        return [
            chart("rate", rates, style: .accent) { "\(Figures.rate($0))/s" },
            chart("p99", times, style: .warning) { Figures.time(microseconds: $0) },
        ]
    }

    private func chart(
        _ name: String, _ values: [Double?], style: StyledLine.Style, text: (Double) -> String
    ) -> StyledLine {
        let top = values.compactMap(\.self).max() ?? 0
        let room = max(1, min(Self.chartColumnsMax, columns - 24))
        var line = StyledLine(cell(name, 5))
        let bars = Chart.columns(values, columns: room, top: top)
        line.append(DisplayWidth.rightAligned(bars, columns: room), style)
        if top > 0 { line.append("  top \(text(top))", .faint) }
        return line
    }

    private func failures(_ moment: Moment) -> [StyledLine] {
        let kinds = moment.total.failuresByKind.sorted { $0.count > $1.count }
        var lines: [StyledLine] = []
        if !kinds.isEmpty {
            let shown = kinds.prefix(Self.failureKindsMax).map { kind, count in
                "\(kind.text) \(Figures.count(count))"
            }
            let rest = kinds.count > shown.count ? ", ..." : ""
            lines.append(StyledLine(shown.joined(separator: ", ") + rest, .bad))
        }
        if let warning = moment.report.warnings.first {
            lines.append(StyledLine("! \(warning.text(for: subject))", .warning))
        }
        return lines
    }

    private func cell(_ text: String, _ columns: Int) -> String {
        DisplayWidth.fitted(text, columns: columns)
    }
}
