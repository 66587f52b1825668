import ControlPlane
import Foundation
import JSON

/// The tables of a report's page. What has no end is cut, and says so: the exports have all of it.
extension RunReport {
    /// Rows of endpoints and of errors.
    private static let rowsMax = 200

    var endpointsHTML: HTML? {
        guard hasNumbers else { return nil }
        let sorted = summary.endpoints.sorted { $0.requests > $1.requests }
        let rows = sorted.prefix(Self.rowsMax).map { Self.row($0, "row") }
        let names = [
            "Endpoint", "Requests", "Failed", "Failed %", "Requests/s", "Mean", "Median", "95%",
            "99%", "Max",
        ]
        return """
            <section><h2>Endpoints</h2>
            <div class="scroll" role="region" aria-label="Endpoints" tabindex="0">
            <table class="figures"><caption>\(Self.caption(sorted.count, "endpoint"))</caption>
            <thead><tr>\(names.map { "<th scope=\"col\">\($0)</th>" as HTML })</tr></thead>
            <tbody>\(rows)</tbody>
            <tfoot>\(Self.row(summary.totals, "row"))</tfoot>
            </table></div></section>
            """
    }

    private static func caption(_ count: Int, _ noun: String) -> String {
        let all = "\(ReportText.count(count)) \(noun)\(count == 1 ? "" : "s")"
        return count > rowsMax ? "The first \(rowsMax) of \(all); the exports have all" : all
    }

    private static func row(_ row: RunSummary.Row, _ scope: String) -> HTML {
        let name: HTML
        if let endpoint = row.endpoint {
            name =
                "<span class=\"method\">\(HTML.outside(endpoint.method, max: 20))</span> "
                + HTML.outside(endpoint.name, max: 160)
        } else {
            name = "All requests"
        }
        let times = [
            row.avgResponseMs, row.p50ResponseMs, row.p95ResponseMs, row.p99ResponseMs,
            row.maxResponseMs,
        ]
        let isBad = row.failures > 0 ? "bad" : ""
        return """
            <tr><th scope="\(scope)">\(name)</th><td>\(ReportText.count(row.requests))</td>\
            <td class="\(isBad)">\(ReportText.count(row.failures))</td>\
            <td class="\(isBad)">\(ReportText.percent(row.errorRate))</td>\
            <td>\(ReportText.number(row.rps))</td>\
            \(times.map { "<td>\(ReportText.milliseconds($0))</td>" as HTML })</tr>

            """
    }

    var errorsHTML: HTML? {
        guard !summary.errors.isEmpty else { return nil }
        let rows = summary.errors.prefix(Self.rowsMax).map { error -> HTML in
            let seen = [error.firstSeen, error.lastSeen].map { $0.map(clock) ?? "–" }
            return """
                <tr><td>\(ReportText.count(error.occurrences))</td>\
                <td><span class="method">\(HTML.outside(error.endpoint.method, max: 20))</span> \
                \(HTML.outside(error.endpoint.name, max: 160))</td>\
                <td class="message">\(HTML.outside(error.message, max: 500))</td>\
                <td>\(seen[0])</td><td>\(seen[1])</td></tr>

                """
        }
        return """
            <section><h2>Errors</h2>
            <div class="scroll" role="region" aria-label="Errors" tabindex="0"><table>
            <caption>\(Self.caption(summary.errors.count, "kind")) of failure, with the first \
            message of each</caption>
            <thead><tr><th scope="col">Times</th><th scope="col">Endpoint</th>\
            <th scope="col">Message</th><th scope="col">First</th><th scope="col">Last</th></tr>\
            </thead><tbody>\(rows)</tbody></table></div></section>
            """
    }

    /// As the time since the start, which the head of the report names.
    private func clock(_ date: Date) -> String {
        ReportText.elapsed(date.timeIntervalSince(start))
    }

    var timelineHTML: HTML? {
        guard !timeline.isEmpty else { return nil }
        let rows = timeline.map { entry -> HTML in
            """
            <tr><td>\(clock(entry.at))</td><td>\(entry.kind.words)</td>\
            <td>\(Self.details(of: entry))</td></tr>

            """
        }
        let rest = timelineIsCut ? "; more follow" : ""
        return """
            <section><h2>Timeline</h2>
            <div class="scroll" role="region" aria-label="Timeline" tabindex="0">
            <table class="story">
            <caption>What was asked of the cluster, and what was seen, \
            \(hasBegun ? "by the time since the start" : "in order")\(rest)</caption>
            <thead><tr><th scope="col">At</th><th scope="col">What</th>\
            <th scope="col">Details</th></tr></thead>
            <tbody>\(rows)</tbody></table></div></section>
            """
    }

    private static func details(of entry: TimelineEntry) -> HTML {
        var parts: [HTML] = []
        if let from = entry.facts["from"]?.text, let to = entry.facts["to"]?.text {
            parts.append(HTML.outside("\(from) → \(to)"))
        }
        if !entry.detail.isEmpty { parts.append(HTML.outside(entry.detail)) }
        if let users = entry.facts["users"]?.integer {
            parts.append("\(ReportText.count(users)) users")
        }
        if let outcome = entry.outcome {
            let detail = outcome.detail.isEmpty ? "" : ", " + outcome.detail
            parts.append(
                "<span class=\"note\">\(outcome.result.rawValue)\(HTML.outside(detail))</span>")
        }
        return parts.dropFirst().reduce(parts.first ?? "") { $0 + " · " + $1 }
    }

    var measurementHTML: HTML? {
        guard hasBegun else { return nil }
        return """
            <section><h2>How it was measured</h2>\(Self.list(method))
            \(warningsHTML)</section>
            """
    }

    private var warningsHTML: HTML? {
        guard let engine = summary.engine, engine.generatorLimited else { return nil }
        let warnings = (engine.generatorWarnings ?? []).map {
            "<li>\(HTML.outside($0))</li>" as HTML
        }
        return """
            <div class="banner warn"><p>The generator, and not the target, was what limited the \
            load: take these numbers for what the generator could do.</p><ul>\(warnings)</ul></div>
            """
    }

    var ordersHTML: HTML {
        "<section><h2>What was asked for</h2>\(Self.list(orders))</section>"
    }

    private static func list(_ rows: [(name: String, value: String)]) -> HTML {
        let items = rows.map { row -> HTML in
            "<div><dt>\(row.name)</dt><dd>\(HTML.outside(row.value, max: 500))</dd></div>\n"
        }
        return "<dl class=\"facts\">\(items)</dl>"
    }
}

extension TimelineEntry.Kind {
    /// As in `workers lost`.
    var words: String {
        rawValue.reduce(into: "") { text, character in
            text += character.isUppercase ? " " + character.lowercased() : String(character)
        }
    }
}
