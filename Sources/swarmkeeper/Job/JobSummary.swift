/// The end of a job in the build's log.
enum JobSummary {
    /// - Parameter exitCode: see `JobResult.title`.
    static func lines(_ result: JobResult, exitCode: Int32?) -> [String] {
        var lines = result.findings.map(\.description)
        let checks = result.checks
        if result.isOver, !checks.isEmpty {
            var table = TextTable([.left, .left, .right, .left])
            for check in checks {
                table.add([
                    word(check.outcome), check.expression, check.actual ?? "-",
                    check.reason ?? "",
                ])
            }
            lines += ["thresholds:"] + table.lines.map { "  " + $0 }
        }
        if result.isOver { lines.append(numbers(result)) }
        let said = result.reason.split(separator: "\n").map(String.init)
        let title = result.title(exitCode: exitCode)
        lines.append("\(title): \(said.first ?? result.end.meaning)")
        lines += said.dropFirst()
        if result.isLeftAlone, let id = result.runID {
            let isKnown = result.end == .passed
            let what = isKnown ? "the run goes on to its own end" : "what becomes of the run"
            lines.append("\(what): swarmkeeper watch \(id)")
        }
        return lines + place(result)
    }

    /// Where the run is to be found; first and last in the log.
    static func place(_ result: JobResult) -> [String] {
        [result.runID.map { "run     \($0)" }, result.url.map { "report  \($0)" }]
            .compactMap(\.self)
    }

    static func word(_ outcome: JobCheck.Outcome) -> String {
        switch outcome {
        case .held: "ok"
        case .broken: "FAILED"
        case .warned: "warning"
        case .unknown: "unknown"
        }
    }

    private static func numbers(_ result: JobResult) -> String {
        let numbers = result.run["lastMetrics"] ?? .null
        let parts = [
            result.run["state"]?.text, result.run["endReason"]?.text.map { "(\($0))" },
            "\(Figures.count(numbers["totalRequests"]?.integer ?? 0)) requests",
            "\(Figures.count(numbers["totalFailures"]?.integer ?? 0)) failed",
            "\(Figures.rate(numbers["totalRps"]?.number ?? 0))/s",
            "p50 \(WatchView.time(numbers["p50ResponseMs"]?.number))",
            "p95 \(WatchView.time(numbers["p95ResponseMs"]?.number))",
            "p99 \(WatchView.time(numbers["p99ResponseMs"]?.number))",
        ]
        return parts.compactMap(\.self).joined(separator: "  ")
    }
}
