import ControlPlane
import Thresholds

/// A run beside its baseline, in the forms of a report that are for people.
extension RunReport {
    var comparisonHTML: HTML? {
        guard let comparison else { return nil }
        let remarks = comparison.remarks.map { "<li>\(HTML.outside($0, max: 500))</li>" as HTML }
        let list: HTML? = remarks.isEmpty ? nil : "<ul>\(remarks)</ul>"
        return """
            <section><h2>Beside its baseline</h2>
            <p class="note">\(comparison.introduction)</p>\(list)
            \(Self.table(comparison))</section>
            """
    }

    private static func table(_ comparison: RunComparison) -> HTML? {
        guard !comparison.totals.figures.isEmpty else { return nil }
        let heads = RunComparison.measures.map { "<th scope=\"col\">\($0.title)</th>" as HTML }
        return """
            <div class="scroll" role="region" aria-label="Beside its baseline" tabindex="0">
            <table class="figures"><caption>By how much the numbers differ, and where that lies \
            with \(comparison.percentSure)% confidence</caption>
            <thead><tr><th scope="col">Endpoint</th>\(heads)</tr></thead>
            <tbody>\(comparison.endpoints.map(row))</tbody>
            <tfoot>\(row(comparison.totals))</tfoot></table></div>
            """
    }

    private static func row(_ row: RunComparison.Row) -> HTML {
        let name: HTML =
            row.endpoint.map {
                "<span class=\"method\">\(HTML.outside($0.method, max: 20))</span> "
                    + HTML.outside($0.name, max: 160)
            } ?? "All requests"
        let cells = RunComparison.measures.map { measure -> HTML in
            guard let figure = row.figures.first(where: { $0.measure == measure }) else {
                return "<td>–</td>"
            }
            return """
                <td class="\(figure.tone)">\(figure.sign) \(figure.difference)\
                <br><span class="note">\(figure.range)</span></td>
                """
        }
        return "<tr><th scope=\"row\">\(name)</th>\(cells)</tr>\n"
    }
}

extension RunComparison {
    fileprivate var percentSure: Int { Int((Self.confidence * 100).rounded()) }

    var introduction: String {
        switch baseline.runs.count {
        case 0: "There is nothing to compare it with."
        case 1: "Compared with run \(baseline.runs[0].id)."
        case let count: "Compared with the median of \(count) runs before it."
        }
    }

    /// What to know before one believes the numbers.
    var remarks: [String] {
        let asked = differences.map { ($0.isSerious ? "Another load: " : "") + $0.words }
        let leftOut =
            endpointsLeftOut > 0
            ? ["\(endpointsLeftOut) endpoints with fewer requests left out"] : []
        return (trouble.map { ["Nothing can be compared: " + $0] } ?? []) + asked + notes + leftOut
    }
}

extension ComparedFigure {
    /// What the style calls it.
    fileprivate var tone: String {
        switch finding {
        case .worse: "bad"
        case .better: "good"
        case .withinNoise, .unknown: ""
        }
    }

    var sign: String {
        switch finding {
        case .worse: "✕"
        case .better: "✓"
        case .withinNoise: "≈"
        case .unknown: "–"
        }
    }

    /// In per cent of the baseline; where that may be nothing, and of errors, in points.
    var difference: String {
        guard let change else { return "" }
        if change.ratio != nil, measure != .errorRate {
            return ReportText.signed(100 * (change.after / change.before - 1)) + "%"
        }
        return ReportText.signed(change.after - change.before) + pointUnit
    }

    var range: String {
        guard let change else { return "cannot be told" }
        if let ratio = change.ratio, measure != .errorRate {
            return "\(ReportText.signed(100 * ratio.lowerBound)) to "
                + "\(ReportText.signed(100 * ratio.upperBound))%"
        }
        return "\(ReportText.signed(change.difference.lowerBound)) to "
            + ReportText.signed(change.difference.upperBound) + pointUnit
    }

    private var pointUnit: String {
        switch measure {
        case .errorRate: " points"
        case .rps: "/s"
        default: " ms"
        }
    }

    /// A value of the measure.
    static func text(_ value: Double?, of measure: Measure) -> String {
        guard let value else { return "–" }
        switch measure {
        case .errorRate: return ReportText.percent(value)
        case .rps: return ReportText.rate(value)
        default: return ReportText.milliseconds(value)
        }
    }
}

extension Measure {
    var title: String {
        switch self {
        case .percentile(50): "Median"
        case .percentile(let share): "\(ReportText.number(share))%"
        case .mean: "Mean"
        case .errorRate: "Failed"
        case .rps: "Requests/s"
        default: name
        }
    }
}
