import LoadEngine
import Metrics

/// What was measured, for a person: the end of every attack.
struct AttackSummary {
    /// Endpoints that are listed; a list of targets may have thousands.
    static let endpointsMax = 30
    /// Kinds of failures that are listed, each with its example.
    static let failuresMax = 20
    private static let barColumns = 36

    let result: AttackResult
    /// Of the terminal, or what a file is read at.
    let columns: Int

    var lines: [StyledLine] {
        let blocks = [
            head, totals, latency, distribution, phases, statuses, failures, endpoints, warnings,
        ]
        return Array(blocks.filter { !$0.isEmpty }.joined(separator: [StyledLine()]))
    }

    private var subject: AttackSubject { result.subject }
    private var report: LoadReport { result.report }

    private var head: [StyledLine] {
        [
            StyledLine(subject.title, .strong),
            StyledLine("\(subject.modelText); seed \(subject.seed)", .faint),
        ]
    }

    private var totals: [StyledLine] {
        let total = result.total
        let seconds = result.duration / .seconds(1)
        func bytes(_ count: UInt64) -> String {
            let rate = seconds > 0 ? Double(count) / seconds : 0
            return "\(Figures.bytes(Double(count))), \(Figures.bytes(rate))/s"
        }
        let share = Figures.percent(total.failures, of: total.requests)
        let failed =
            total.failures == 0 ? "0" : "\(Figures.count(total.failures)) (\(share))"
        let opened = "\(Figures.count(result.transport.connectionsOpened)) opened"
        var rows = [
            ("Requests", Figures.count(total.requests)),
            ("Rate", "\(Figures.rate(result.rate(total.requests)))/s"),
            ("Failed", failed),
            ("Duration", "\(Figures.clock(result.duration)), ended \(endText)"),
            ("Received", bytes(total.bytesIn)), ("Sent", bytes(total.bytesOut)),
            ("Connections", opened),
        ]
        if result.transport.dropped > 0 || subject.isOpen {
            rows.append(("Dropped", Figures.count(result.transport.dropped)))
        }
        if report.inFlight > 0 { rows.append(("In flight", "\(report.inFlight) at the end")) }
        return rows.map { name, value in
            var line = StyledLine(DisplayWidth.fitted(name, columns: 14))
            let isBad = name == "Failed" && total.failures > 0 || name == "Dropped" && value != "0"
            line.append(value, isBad ? .bad : .strong)
            return line
        }
    }

    private var endText: String {
        switch result.signal {
        case nil: report.end?.text ?? "without a word"
        case .some(let signal): "early by \(SignalName.of(signal))"
        }
    }

    /// Both clocks of an open model side by side.
    private var latency: [StyledLine] {
        let total = result.total
        guard !total.latency.isEmpty else { return [] }
        var table = TextTable(subject.isOpen ? [.left, .right, .right] : [.left, .right])
        table.add(
            subject.isOpen
                ? ["Response time", "from intended start", "from real start"]
                : ["Response time", ""])
        for figure in LatencyFigures.all {
            let latency = Figures.time(microseconds: figure.value(total.latency))
            let service = Figures.time(microseconds: figure.value(total.serviceTime))
            table.add(["  \(figure.title)", latency] + (subject.isOpen ? [service] : []))
        }
        return titled(table.lines)
    }

    private var distribution: [StyledLine] {
        let histogram = result.total.latency
        let rows = LatencyDistribution.rows(histogram)
        guard let most = rows.map(\.count).max(), rows.count > 1 else { return [] }
        let labels = rows.map { "≤ \(Figures.time(microseconds: Double($0.bound)))" }
        let width = labels.map(DisplayWidth.of).max() ?? 0
        let lines = zip(rows, labels).map { row, label in
            let share = Figures.percent(row.count, of: histogram.count)
            var line = StyledLine(
                "  \(DisplayWidth.rightAligned(label, columns: width))  "
                    + DisplayWidth.rightAligned(share, columns: 8))
            let bar = Chart.bar(Double(row.count) / Double(most), columns: Self.barColumns)
            line.append(bar.isEmpty ? "" : "  \(bar)", .accent)
            return line
        }
        return [StyledLine("Distribution", .strong)] + lines
    }

    private var phases: [StyledLine] {
        let transport = result.transport
        let phases = [
            ("connect", transport.connect), ("TLS handshake", transport.handshake),
            ("first byte", result.total.firstByte),
        ].filter { !$0.1.isEmpty }
        guard !phases.isEmpty else { return [] }
        var table = TextTable([.left, .right, .right, .right, .right])
        table.add(["Phases", "times", "p50", "p99", "max"])
        for (name, histogram) in phases {
            table.add([
                "  \(name)", Figures.count(histogram.count),
                LatencyFigures.text(histogram, percentile: 50),
                LatencyFigures.text(histogram, percentile: 99),
                LatencyFigures.text(histogram, percentile: 100),
            ])
        }
        return titled(table.lines)
    }

    private var statuses: [StyledLine] {
        let statuses = result.total.statuses
        guard !statuses.isEmpty else { return [] }
        let responses = statuses.reduce(0) { $0 + $1.count }
        var table = TextTable([.left, .right, .right])
        table.add(["Status", "", ""])
        for (status, count) in statuses {
            table.add([
                "  \(status)", Figures.count(count), Figures.percent(count, of: responses),
            ])
        }
        return titled(table.lines)
    }

    private var failures: [StyledLine] {
        let rows = FailureRow.all(of: result)
        guard !rows.isEmpty else { return [] }
        var table = TextTable([.left, .right, .left])
        table.add(["Failures", "", ""])
        for row in rows.prefix(Self.failuresMax) {
            let place = row.endpoint.map { "\($0): " } ?? ""
            table.add([
                "  \(row.kind.text)", Figures.count(row.count),
                place + DisplayWidth.printable(row.example),
            ])
        }
        return titled(table.lines, style: .bad) + more(rows.count, than: Self.failuresMax)
    }

    private var endpoints: [StyledLine] {
        guard subject.hasManyEndpoints else { return [] }
        let all = subject.endpoints.indices.map { ($0, report.total.endpoints[$0]) }
            .sorted { ($1.1.requests, $0.0) < ($0.1.requests, $1.0) }
        var table = TextTable([.left, .right, .right, .right, .right, .right, .right])
        table.add(["Endpoints", "requests", "rate/s", "failed", "p50", "p95", "p99"])
        for (index, endpoint) in all.prefix(Self.endpointsMax) {
            let name = subject.name(ofEndpoint: index)
            let room = max(16, columns - 64)
            table.add([
                "  " + DisplayWidth.fitted(name, columns: min(room, DisplayWidth.of(name))),
                Figures.count(endpoint.requests), Figures.rate(result.rate(endpoint.requests)),
                Figures.percent(endpoint.failures, of: endpoint.requests),
                LatencyFigures.text(endpoint.latency, percentile: 50),
                LatencyFigures.text(endpoint.latency, percentile: 95),
                LatencyFigures.text(endpoint.latency, percentile: 99),
            ])
        }
        return titled(table.lines) + more(all.count, than: Self.endpointsMax)
    }

    private var warnings: [StyledLine] {
        let verdict =
            result.hasSuccess ? [] : [StyledLine("! No request succeeded.", .bad)]
        return verdict
            + report.warnings.flatMap { warning in
                TextWrap.lines(warning.text(for: subject), columns: columns - 2).enumerated().map {
                    StyledLine(($0.offset == 0 ? "! " : "  ") + $0.element, .warning)
                }
            }
    }

    private func more(_ count: Int, than shown: Int) -> [StyledLine] {
        count > shown ? [StyledLine("  and \(Figures.count(count - shown)) more", .faint)] : []
    }

    private func titled(_ lines: [String], style: StyledLine.Style = .strong) -> [StyledLine] {
        lines.enumerated().map { StyledLine($0.element, $0.offset == 0 ? style : .plain) }
    }
}
