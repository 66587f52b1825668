import Foundation
import JSON

/// A watched run as it stands, drawn anew each second.
struct WatchView {
    /// Lines of the timeline that are shown, and what a low terminal has room for.
    private static let timelineMax = 4
    private static let linesAroundTable = 14

    let size: Terminal.Size
    let now: Date
    /// What is told to whoever watches a run that goes on.
    var hint = "Ctrl-C ends the watching and leaves the run alone"

    func lines(_ run: WatchedRun) -> [StyledLine] {
        guard run.run != .null else {
            return [StyledLine(run.interruption.map { "! \($0)" } ?? "connecting", .faint)]
                .map { $0.clipped(to: size.columns) }
        }
        var lines = [title(run), subject(run), progress(run)]
        lines += counts(run) + latency(run) + charts(run) + endpoints(run) + timeline(run)
        if let cause = run.interruption {
            lines.append(StyledLine("! coming back: \(Self.plain(cause))", .warning))
        } else if !run.isOver {
            lines.append(StyledLine(hint, .faint))
        }
        return lines.map { $0.clipped(to: size.columns) }
    }

    private func title(_ run: WatchedRun) -> StyledLine {
        var line = StyledLine(Self.plain(run.name), .strong)
        line.append("  ")
        line.append(Self.plain(run.state), Self.style(of: run))
        if let reason = run.endReason { line.append(" (\(Self.plain(reason)))") }
        if let verdict = run.verdict {
            line.append("  \(Self.plain(verdict))", verdict == "passed" ? .good : .bad)
        }
        line.append("  \(Self.plain(run.run["id"]?.text ?? ""))", .faint)
        return line
    }

    private static func style(of run: WatchedRun) -> StyledLine.Style {
        switch run.state {
        case "Finished": .good
        case "Failed": .bad
        case "Running": .accent
        default: .warning
        }
    }

    private func subject(_ run: WatchedRun) -> StyledLine {
        let parts = [
            run.run["targetUrl"]?.text, run.run["locustClusterId"]?.text.map { "on \($0)" },
            run.run["problem"]?.text,
        ]
        return StyledLine(Self.plain(parts.compactMap { $0 }.joined(separator: "  ")), .faint)
    }

    private func progress(_ run: WatchedRun) -> StyledLine {
        guard let (passed, whole) = run.progress(at: now) else {
            return StyledLine("no load yet", .faint)
        }
        let share = run.isOver ? 1 : min(1, passed / max(whole, .milliseconds(1)))
        let words =
            run.isOver || passed >= whole
            ? Figures.clock(passed)
            : "\(Figures.clock(passed)), \(Figures.clock(whole - passed)) left"
        let columns = max(10, min(48, size.columns - DisplayWidth.of(words) - 12))
        var line = StyledLine(
            DisplayWidth.fitted(Chart.bar(share, columns: columns), columns: columns), .good)
        line.append("▏", .faint)
        line.append(DisplayWidth.rightAligned("\(Int(share * 100)) %", columns: 5), .strong)
        line.append("  \(words)")
        return line
    }

    private func counts(_ run: WatchedRun) -> [StyledLine] {
        let last = run.moments.last
        var line = StyledLine("rate ")
        line.append(cell("\(Figures.rate(run.isOver ? 0 : last?.rate ?? 0))/s", 12), .strong)
        line.append("users ")
        let users = run.isOver ? 0 : last?.users ?? 0
        line.append(
            cell("\(Figures.count(users)) of \(run.run["targetUsers"]?.integer ?? 0)", 14), .strong)
        line.append("requests ")
        line.append(cell(Figures.count(run.requests), 12), .strong)
        line.append("failed ")
        let (failures, requests) = (UInt64(max(0, run.failures)), UInt64(max(0, run.requests)))
        line.append(
            "\(Figures.count(failures)) (\(Figures.percent(failures, of: requests)))",
            failures > 0 ? .bad : .strong)
        return [line]
    }

    private func latency(_ run: WatchedRun) -> [StyledLine] {
        func row(_ name: String, _ values: [(String, Double?)]) -> StyledLine {
            var line = StyledLine(cell(name, 8))
            for (title, value) in values {
                line.append("\(title) ", .faint)
                line.append(cell(Self.time(value), 10), .strong)
            }
            return line
        }
        let (last, all) = (run.moments.last, run.run["lastMetrics"] ?? .null)
        let totals = run.summary["totals"] ?? all
        return [
            row("now", [("p50", last?.p50), ("p95", last?.p95), ("p99", last?.p99)]),
            row(
                "in all",
                [
                    ("p50", totals["p50ResponseMs"]?.number),
                    ("p95", totals["p95ResponseMs"]?.number),
                    ("p99", totals["p99ResponseMs"]?.number),
                    ("max", totals["maxResponseMs"]?.number),
                ]),
        ]
    }

    private func charts(_ run: WatchedRun) -> [StyledLine] {
        [
            chart("rate", run.moments.map { $0.rate }, .accent) { "\(Figures.rate($0))/s" },
            chart("p95", run.moments.map(\.p95), .warning) { Self.time($0) },
        ]
    }

    private func chart(
        _ name: String, _ values: [Double?], _ style: StyledLine.Style,
        _ text: (Double) -> String
    ) -> StyledLine {
        let room = max(1, min(60, size.columns - 24))
        let top = values.suffix(room).compactMap(\.self).max() ?? 0
        var line = StyledLine(cell(name, 5))
        line.append(
            DisplayWidth.rightAligned(
                Chart.columns(values, columns: room, top: top), columns: room), style)
        if top > 0 { line.append("  top \(text(top))", .faint) }
        return line
    }

    /// The endpoints with the most requests, as many as there is room for.
    private func endpoints(_ run: WatchedRun) -> [StyledLine] {
        let rows = (run.summary["endpoints"]?.items ?? []).sorted {
            $0["requests"]?.integer ?? 0 > $1["requests"]?.integer ?? 0
        }
        let room = max(0, size.rows - Self.linesAroundTable - Self.timelineMax)
        guard !rows.isEmpty, room > 0 else { return [] }
        var table = TextTable([.left, .right, .right, .right, .right, .right])
        table.add(["endpoint", "requests", "failed", "rate", "p50", "p95"])
        for row in rows.prefix(room) {
            let name = "\(row["method"]?.text ?? "") \(row["name"]?.text ?? "")"
            table.add([
                DisplayWidth.fitted(Self.plain(name), columns: max(12, min(40, size.columns - 48))),
                Figures.count(row["requests"]?.integer ?? 0),
                Figures.count(row["failures"]?.integer ?? 0),
                "\(Figures.rate(row["rps"]?.number ?? 0))/s",
                Self.time(row["p50ResponseMs"]?.number), Self.time(row["p95ResponseMs"]?.number),
            ])
        }
        var lines = table.lines.enumerated().map { index, text in
            StyledLine(text, index == 0 ? .faint : .plain)
        }
        if rows.count > room { lines.append(StyledLine("and \(rows.count - room) more", .faint)) }
        return lines
    }

    private func timeline(_ run: WatchedRun) -> [StyledLine] {
        run.lines.suffix(Self.timelineMax).map { line in
            var styled = StyledLine("\(Self.clock(line.at))  ", .faint)
            styled.append(Self.plain(line.text))
            return styled
        }
    }

    private func cell(_ text: String, _ columns: Int) -> String {
        DisplayWidth.fitted(text, columns: columns)
    }

    static func time(_ milliseconds: Double?) -> String {
        milliseconds.map { Figures.time(microseconds: $0 * 1000) } ?? "-"
    }

    /// The time of day here.
    static func clock(_ date: Date?) -> String {
        date?.formatted(
            Date.ISO8601FormatStyle(timeZone: .current).time(includingFractionalSeconds: false))
            ?? "--:--:--"
    }

    /// Names and details come from others, and must not move the cursor.
    static func plain(_ text: String) -> String { DisplayWidth.printable(text) }
}
