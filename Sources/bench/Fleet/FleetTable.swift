import Foundation
import JSON
import Networking

/// The figures of `bench fleet` in columns.
enum FleetTable {
    static func text(_ verdict: FleetVerdict, _ settings: FleetSettings) -> String {
        var text = """
            \(line(["masters", "runs", "polls", "gap p50", "p99", "max", "on time",
                "stop p50", "max", "load after", "own ends", "overlaps"]))
            """
        for kind in FleetKind.allCases {
            guard let figures = verdict.figures[kind], figures.runs > 0 else { continue }
            let onTime = figures.gaps.count { $0 <= settings.interval * 1.5 }
            let share = Double(onTime) / Double(max(1, figures.gaps.count)) * 100
            text += line([
                kind.rawValue, "\(figures.began)/\(figures.runs)", "\(figures.gaps.count)",
                seconds(figures.gaps, 0.5), seconds(figures.gaps, 0.99), seconds(figures.gaps, 1),
                String(format: "%.2f %%", share), seconds(figures.stops, 0.5),
                seconds(figures.stops, 1), seconds(figures.ends, 1), "\(figures.ownEnds)",
                "\(figures.overlaps)",
            ])
        }
        return text + """
            gap: seconds from one poll to the next; on time: up to 1.5 intervals; stop: seconds from
            the deadline to the first /stop; load after: the longest from the deadline to the end of
            the load; own ends: loads that the master's own timers ended

            """
    }

    static func costs(
        from start: FleetService.Usage, to end: FleetService.Usage, polls: Int,
        _ settings: FleetSettings
    ) -> String {
        let seconds = (end.time - start.time) / .seconds(1)
        let cpu = end.cpuSeconds - start.cpuSeconds
        let hundreds = Double(settings.masters) / 100
        return String(
            format: """
                of this machine, over %.0f s of polling: %.1f %% of a core and %.1f MiB for 100 \
                clusters
                in all %.1f %% of a core, %.1f MiB, %d threads, %d descriptors; %.2f ms of \
                processor time for each of %d polls

                """, seconds, cpu / seconds * 100 / hundreds,
            Double(end.residentKiB) / 1_024 / hundreds, cpu / seconds * 100,
            Double(end.residentKiB) / 1_024, end.threads, end.descriptors,
            cpu / Double(max(1, polls)) * 1_000, polls)
    }

    /// What the service complained about, counted.
    static func warnings(in log: [JSONValue]) -> String {
        var counts: [String: Int] = [:]
        for line in log where ["warning", "error"].contains(line["level"]?.text ?? "") {
            let cause = line["cause"]?.text ?? line["detail"]?.text ?? ""
            let words = cause.split { !$0.isLetter && $0 != " " }.joined()
            counts["\(line["event"]?.text ?? "") \(words.prefix(90))", default: 0] += 1
        }
        return counts.sorted { $0.value > $1.value }.prefix(12)
            .map { "  logged \($0.value) times: \($0.key)\n" }.joined()
    }

    private static func seconds(_ values: [Double], _ fraction: Double) -> String {
        let sorted = values.sorted()
        guard let last = sorted.last else { return "-" }
        let index = Int(Double(sorted.count) * fraction)
        return String(format: "%.3f", index < sorted.count ? sorted[index] : last)
    }

    private static func line(_ cells: [String]) -> String {
        cells.map { $0.padding(toLength: 11, withPad: " ", startingAt: 0) }.joined(separator: " ")
            + "\n"
    }
}
