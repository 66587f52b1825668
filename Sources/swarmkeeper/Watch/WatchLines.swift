/// A watched run as plain lines, for a file or a pipe: what happens at once, numbers often at first
/// and seldom later.
struct WatchLines {
    /// Between two lines of numbers, for the first minute and after it.
    private static let intervals = (often: Duration.seconds(5), seldom: Duration.seconds(60))
    private static let oftenCount = 12

    private var toldCount = 0
    private var toldAt: Duration?
    private var toldLines: [Int: WatchedRun.Line] = [:]
    private var toldInterruption: String?

    /// - Parameter now: on a clock that never jumps.
    /// - Returns: what there is to say now.
    mutating func text(_ run: WatchedRun, at now: Duration) -> String {
        var text = ""
        for line in run.lines where toldLines[line.number] != line {
            toldLines[line.number] = line
            text += "\(WatchView.clock(line.at))  \(WatchView.plain(line.text))\n"
        }
        if run.interruption != toldInterruption {
            toldInterruption = run.interruption
            if let cause = run.interruption { text += "coming back: \(WatchView.plain(cause))\n" }
        }
        let interval =
            toldCount < Self.oftenCount ? Self.intervals.often : Self.intervals.seldom
        guard let last = run.moments.last, !run.isOver,
            toldAt.map({ now >= $0 + interval }) ?? true
        else { return text }
        (toldAt, toldCount) = (now, toldCount + 1)
        return text + Self.numbers(run, last)
    }

    private static func numbers(_ run: WatchedRun, _ last: WatchedRun.Moment) -> String {
        let parts = [
            run.state, "\(Figures.rate(last.rate))/s", "\(Figures.count(last.users ?? 0)) users",
            "\(Figures.count(run.requests)) requests", "\(Figures.count(run.failures)) failed",
            "p50 \(WatchView.time(last.p50))", "p95 \(WatchView.time(last.p95))",
            "p99 \(WatchView.time(last.p99))",
        ]
        return parts.joined(separator: "  ") + "\n"
    }

    /// The last line.
    static func end(_ run: WatchedRun) -> String {
        let all = run.run["lastMetrics"] ?? .null
        let parts = [
            run.state, run.endReason.map { "(\($0))" }, run.verdict,
            "\(Figures.count(run.requests)) requests", "\(Figures.count(run.failures)) failed",
            "\(Figures.rate(all["totalRps"]?.number ?? 0))/s",
            "p50 \(WatchView.time(all["p50ResponseMs"]?.number))",
            "p95 \(WatchView.time(all["p95ResponseMs"]?.number))",
            "p99 \(WatchView.time(all["p99ResponseMs"]?.number))",
        ]
        return WatchView.plain(parts.compactMap { $0 }.joined(separator: "  ")) + "\n"
    }
}
