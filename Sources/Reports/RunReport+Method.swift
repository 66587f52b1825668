import ControlPlane
import Foundation

/// How the numbers came about, in words.
extension RunReport {
    var method: [(name: String, value: String)] {
        [
            ("Source", sourceText), ("Resolution", resolutionText),
            ("Percentiles", percentileText), ("Gaps", gapText), ("Workers", workerText),
        ].filter { !$0.1.isEmpty } + evidence
    }

    private var sourceText: String {
        let parts = [
            (Observation.Source.engine, "the native engine, which counts each request exactly"),
            (.callback, "the hook in the locustfile"), (.poll, "the Locust master, polled"),
        ]
        let texts = parts.compactMap { source, words -> String? in
            guard let count = measurement.observations[source] else { return nil }
            return "\(words) (\(ReportText.count(count)) observations)"
        }
        return texts.isEmpty ? "nobody has told of this run yet" : texts.joined(separator: "; ")
    }

    private var resolutionText: String {
        guard let spacing = measurement.spacingSeconds else { return "" }
        let step = ReportText.duration(series.resolutionSeconds)
        return "observed every \(ReportText.duration((spacing * 10).rounded() / 10)) as a rule; "
            + "charts have steps of \(step)"
    }

    private var percentileText: String {
        switch summary.totals.percentileSource {
        case .histogram:
            let bound = summary.percentileErrorPercent.map { ReportText.number($0) } ?? "–"
            return "from all response times, never averaged; at most \(bound)% above the time "
                + "that they stand for"
        case .master: return "as the Locust master last told them, since it began to count"
        case nil: return ""
        }
    }

    private var gapText: String {
        guard !measurement.observations.isEmpty else { return "" }
        let gaps = measurement.gaps
        guard let longest = gaps.max(by: { $0.seconds < $1.seconds }) else { return "none" }
        let from = ReportText.elapsed(max(0, longest.from.timeIntervalSince(start)))
        return "\(ReportText.count(gaps.count)); the longest of "
            + "\(ReportText.duration(longest.seconds)) from \(from). Counts are complete all the "
            + "same: they are totals, and the next observation has them"
    }

    private var workerText: String {
        guard let workers = measurement.workers else { return "" }
        let lost = timeline.count { $0.kind == .workersLost }
        let count =
            workers.lowerBound == workers.upperBound
            ? "\(workers.lowerBound)" : "\(workers.lowerBound) to \(workers.upperBound)"
        return lost == 0 ? count : "\(count); lost \(lost == 1 ? "once" : "\(lost) times")"
    }

    /// What the native engine tells of itself.
    private var evidence: [(name: String, value: String)] {
        guard let engine = summary.engine else { return [] }
        let statuses = engine.statusCodes.sorted { $0.key < $1.key }
            .map { "\($0.key): \(ReportText.count($0.value))" }.joined(separator: ", ")
        let kinds = engine.failuresByKind.sorted { $0.value > $1.value }
            .map { "\($0.key): \(ReportText.count($0.value))" }.joined(separator: ", ")
        var rows: [(String, String)] = [
            ("Responses by status", statuses), ("Failures by kind", kinds),
            (
                "Sent late by",
                "median \(ReportText.milliseconds(engine.latenessP50Ms)), 99% "
                    + "\(ReportText.milliseconds(engine.latenessP99Ms)), at most "
                    + ReportText.milliseconds(engine.latenessMaxMs)
            ),
            (
                "Generator",
                "threads \(ReportText.percent((engine.cpuShare * 100).rounded())) busy, held up "
                    + "by at most \(ReportText.milliseconds(engine.loopLagMaxMs))"
            ),
            ("Arrivals dropped", ReportText.count(engine.droppedArrivals)),
            ("Not answered", ReportText.count(engine.inFlight)),
            ("Connections", "\(ReportText.count(engine.connectionsOpened)) opened"),
            (
                "Bytes",
                "\(ReportText.bytes(engine.bytesIn)) received, "
                    + "\(ReportText.bytes(engine.bytesOut)) sent"
            ),
        ]
        if let p50 = engine.serviceTimeP50Ms {
            let times = [p50, engine.serviceTimeP95Ms, engine.serviceTimeP99Ms]
                .map(ReportText.milliseconds)
            rows.append(
                ("From when it was sent", "median \(times[0]), 95% \(times[1]), 99% \(times[2])"))
        }
        return rows.filter { !$0.1.isEmpty }.map { (name: $0.0, value: $0.1) }
    }
}
