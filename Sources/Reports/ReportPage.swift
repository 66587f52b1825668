import Crypto
import Foundation

/// A report as one HTML file that needs nothing else: no script, no font, no picture from anywhere.
/// It is the same file for as long as the numbers are the same, so that it can be compared.
package struct ReportPage: Sendable {
    package static let mediaType = "text/html; charset=utf-8"

    package let text: String

    package init(_ report: RunReport) {
        text = Self.document(report).text
    }

    /// What a page that is no report says.
    package static func notice(_ heading: String, _ words: String) -> String {
        let body: HTML = "<header><h1>\(heading)</h1><p>\(words)</p></header>"
        return page(title: heading, body).text
    }

    /// What a browser may do with it: show it, with this very style.
    package static let contentSecurityPolicy =
        "\(directives); sandbox; frame-ancestors 'none'"

    /// A file that was saved and forwarded has no header to say it.
    private static let directives =
        "default-src 'none'; style-src '\(styleHash)'; base-uri 'none'; form-action 'none'"

    private static let styleHash =
        "sha256-" + Data(SHA256.hash(of: Array(style.utf8))).base64EncodedString()

    private static func page(title: String, _ body: HTML) -> HTML {
        // The hash is of exactly what stands between the tags.
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="\(directives)">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta name="robots" content="noindex">
        <meta name="referrer" content="no-referrer">
        <title>\(title)</title>
        <style>\(HTML(trusted: style))</style>
        </head>
        <body>
        <main>
        \(body)
        </main>
        </body>
        </html>

        """
    }

    private static func document(_ report: RunReport) -> HTML {
        let name = ReportText.shown(report.run.spec.name)
        return page(
            title: "\(name) · \(report.heading)",
            """
            \(report.headHTML)
            \(report.bannerHTML)
            \(report.headlineHTML)
            \(report.checksHTML)
            \(report.comparisonHTML)
            \(report.chartsHTML)
            \(report.endpointsHTML)
            \(report.errorsHTML)
            \(report.timelineHTML)
            \(report.measurementHTML)
            \(report.ordersHTML)
            <footer><p>Swarmkeeper · run \(report.run.id.text) · all times in UTC</p></footer>
            """)
    }
}

extension RunReport {
    fileprivate var headHTML: HTML {
        let line = [
            ReportText.shown(run.spec.tenantId) + " / " + ReportText.shown(run.spec.envId),
            hasBegun
                ? ReportText.moment(start) : "asked for " + ReportText.moment(run.audit.createdAt),
            hasBegun ? ReportText.duration(summary.loadSeconds) + " of load" : "",
        ]
        let description: HTML? =
            run.spec.description.isEmpty
            ? nil : "<p class=\"about\">\(HTML.outside(run.spec.description, max: 1000))</p>"
        return """
            <header>
            <p class="kind">Load test report</p>
            <h1>\(HTML.outside(run.spec.name))</h1>
            <p class="where">\(line.filter { !$0.isEmpty }.joined(separator: " · "))</p>
            \(description)
            </header>
            """
    }

    fileprivate var bannerHTML: HTML {
        """
        <section class="banner \(tone.rawValue)" aria-label="Result">
        <p class="result"><span aria-hidden="true">\(tone.sign)</span> \(heading)</p>
        <p>\(story) \(storyDetail.map { HTML.outside($0, max: 1000) })</p>
        </section>
        """
    }

    private enum Tone: String {
        case good, bad, warn, plain, live

        var sign: String {
            switch self {
            case .good: "✓"
            case .bad: "✕"
            case .warn: "!"
            case .plain: "■"
            case .live: "●"
            }
        }
    }

    private var tone: Tone {
        switch verdict?.outcome {
        case .passed: .good
        case .failed: .bad
        case .inconclusive: .warn
        case nil: isLive ? .live : run.state == .failed ? .bad : .plain
        }
    }

    fileprivate var headlineHTML: HTML? {
        guard hasNumbers else {
            let words = "No request was seen\(isLive ? " yet" : "")."
            return hasBegun ? "<section><p class=\"none\">\(words)</p></section>" : nil
        }
        let cells = headline.map { cell -> HTML in
            let note: HTML? = cell.note.isEmpty ? nil : "<dd class=\"note\">\(cell.note)</dd>"
            return """
                <div class="\(cell.isBad ? "bad" : "")"><dt>\(cell.name)</dt><dd>\(cell.value)</dd>\
                \(note)</div>
                """
        }
        return """
            <section aria-label="Headline numbers"><dl class="numbers">\(cells)</dl></section>
            """
    }

    fileprivate var checksHTML: HTML? {
        guard let checks = verdict?.checks, !checks.isEmpty else { return nil }
        let rows = checks.map { check -> HTML in
            let (word, kind) = check.words
            return """
                <tr><th scope="row"><code>\(HTML.outside(check.expression))</code></th>\
                <td class="\(kind)">\(word)</td><td>\(HTML.outside(check.actual ?? "–"))</td>\
                <td>\(check.isRequired ? "fails the run" : "warns")</td></tr>
                """
        }
        return """
            <section><h2>Thresholds</h2>
            <div class="scroll" role="region" aria-label="Thresholds" tabindex="0"><table>
            <caption>What had to hold, and whether it did</caption>
            <thead><tr><th scope="col">Threshold</th><th scope="col">Outcome</th>\
            <th scope="col">Measured</th><th scope="col">If broken</th></tr></thead>
            <tbody>\(rows)</tbody></table></div></section>
            """
    }
}

extension ReportVerdict.Check {
    /// The outcome for people, with what the style calls it.
    var words: (word: String, kind: String) {
        switch outcome {
        case .passed: ("✓ held", "good")
        case .failed: isRequired ? ("✕ broken", "bad") : ("! broken", "warn")
        case .noData: ("– no data", "warn")
        }
    }
}
