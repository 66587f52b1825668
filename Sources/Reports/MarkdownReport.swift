import ControlPlane
import Foundation

/// The short form of a report for a pull request, in GitHub's Markdown. All that comes from outside
/// stands in code spans, in which nothing is a link, a mention, an emphasis or a tag.
package struct MarkdownReport: Sendable {
    package static let mediaType = "text/markdown; charset=utf-8"
    /// Rows of a table: who wants more opens the report.
    static let endpointsMax = 20
    static let errorsMax = 5

    package let text: String

    /// - Parameter link: where the run is to be found; nil where nobody knows.
    package init(_ report: RunReport, link: String? = nil) {
        var blocks = ["### \(Self.sign(of: report)) Load test \(Self.code(report.run.spec.name))"]
        blocks.append("**\(report.heading)** · \(Self.line(report))")
        let detail = report.storyDetail.map { " " + Self.code($0, max: 500) }
        blocks.append(report.story + (detail ?? ""))
        if report.hasNumbers {
            blocks.append(Self.headline(report))
            if let checks = report.verdict?.checks, !checks.isEmpty {
                blocks.append(Self.thresholds(checks))
            }
            if let comparison = report.comparison { blocks += Self.comparison(comparison) }
            blocks.append(Self.endpoints(report.summary))
            if !report.summary.errors.isEmpty { blocks.append(Self.errors(report.summary)) }
        }
        if report.summary.engine?.generatorLimited == true {
            blocks.append("⚠️ The generator, and not the target, was what limited the load.")
        }
        blocks.append(link.map { "[The run](<\($0)>)" } ?? "Run `\(report.run.id)`")
        text = blocks.joined(separator: "\n\n") + "\n"
    }

    private static func sign(of report: RunReport) -> String {
        switch report.verdict?.outcome {
        case .passed: "✅"
        case .failed: "❌"
        case .inconclusive: "⚠️"
        case nil: report.isLive ? "⏳" : report.run.state == .failed ? "❌" : "🏁"
        }
    }

    private static func line(_ report: RunReport) -> String {
        var parts = [code(report.run.spec.shownTarget)]
        parts.append("\(ReportText.count(report.run.targetUsers)) users")
        if report.hasBegun {
            parts.append(ReportText.duration(report.summary.loadSeconds))
            parts.append(ReportText.moment(report.start))
        }
        return parts.joined(separator: " · ")
    }

    private static func headline(_ report: RunReport) -> String {
        let numbers = report.headline.filter { $0.name != "Users" }
        return table(
            numbers.map(\.name),
            [numbers.map { $0.isBad ? "**\($0.value)** (\($0.note))" : $0.value }], textColumns: 0)
    }

    private static func thresholds(_ checks: [ReportVerdict.Check]) -> String {
        table(
            ["Threshold", "Outcome", "Measured"],
            checks.map { check in
                [
                    code(check.expression, inTable: true), check.words.word,
                    code(check.actual ?? "–", inTable: true),
                ]
            }, textColumns: 3)
    }

    private static func endpoints(_ summary: RunSummary) -> String {
        let sorted = summary.endpoints.sorted { $0.requests > $1.requests }
        let rows = sorted.prefix(endpointsMax).map { row in
            let name = row.endpoint.map { "\($0.method) \($0.name)" } ?? ""
            return [
                code(name, max: 120, inTable: true), ReportText.count(row.requests),
                row.failures > 0 ? ReportText.percent(row.errorRate) : "0",
                ReportText.rate(row.rps), ReportText.milliseconds(row.p50ResponseMs),
                ReportText.milliseconds(row.p95ResponseMs),
                ReportText.milliseconds(row.p99ResponseMs),
            ]
        }
        let all = table(
            ["Endpoint", "Requests", "Failed", "Rate", "Median", "95%", "99%"], rows,
            textColumns: 1)
        let rest = sorted.count - rows.count
        return rest > 0 ? all + "\n\n…and \(ReportText.count(rest)) more endpoints." : all
    }

    private static func errors(_ summary: RunSummary) -> String {
        let lines = summary.errors.prefix(errorsMax).map { error in
            "- \(ReportText.count(error.occurrences)) × "
                + code("\(error.endpoint.method) \(error.endpoint.name)", max: 120) + ": "
                + code(error.message, max: 200)
        }
        let rest = summary.errors.count - lines.count
        let more = rest > 0 ? ["- …and \(ReportText.count(rest)) more kinds of failure"] : []
        return (["**Errors**", ""] + lines + more).joined(separator: "\n")
    }

    static func table(_ names: [String], _ rows: [[String]], textColumns: Int) -> String {
        let rule = names.indices.map { $0 < textColumns ? "---" : "--:" }
        return ([names, rule] + rows).map { "| " + $0.joined(separator: " | ") + " |" }
            .joined(separator: "\n")
    }

    /// A code span (CommonMark, section 6.1): between more backticks than there are in a row in it.
    static func code(_ text: String, max: Int = 200, inTable: Bool = false) -> String {
        var line = ReportText.shown(text, max: max).split(whereSeparator: \.isWhitespace)
            .joined(separator: " ")
        if line.isEmpty { line = "–" }
        if inTable { line = escapingPipes(line) }
        // By scalars, as programs read it: a backtick with a combining mark is one `Character`.
        let longest = line.unicodeScalars.split { $0 != "`" }.map(\.count).max() ?? 0
        let fence = String(repeating: "`", count: longest + 1)
        // Blanks at both ends are taken off again, and keep a backtick from the fence.
        return longest > 0 ? "\(fence) \(line) \(fence)" : "\(fence)\(line)\(fence)"
    }

    /// A pipe ends a cell, also within code, unless an odd number of backslashes is before it.
    private static func escapingPipes(_ text: String) -> String {
        var (escaped, backslashes) = ("", 0)
        for scalar in text.unicodeScalars {
            if scalar == "|" { escaped += backslashes.isMultiple(of: 2) ? "\\" : "\\\\" }
            backslashes = scalar == "\\" ? backslashes + 1 : 0
            escaped.unicodeScalars.append(scalar)
        }
        return escaped
    }
}
