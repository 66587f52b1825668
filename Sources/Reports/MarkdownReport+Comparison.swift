import ControlPlane

extension MarkdownReport {
    /// Endpoints that differ for sure; the report has all.
    private static let changedMax = 10

    static func comparison(_ comparison: RunComparison) -> [String] {
        var blocks = ["**Beside its baseline** · " + comparison.introduction]
        if !comparison.totals.figures.isEmpty { blocks.append(totals(comparison.totals)) }
        let changed = comparison.endpoints.flatMap { row in
            row.figures.filter { [.worse, .better].contains($0.finding) }.map { (row, $0) }
        }
        var lines = changed.prefix(changedMax).map { row, figure in
            let name = row.endpoint.map { "\($0.method) \($0.name)" } ?? ""
            return "- \(figure.sign) \(code(name, max: 120)): \(figure.measure.title) "
                + "\(figure.difference) (\(figure.range))"
        }
        if changed.count > changedMax { lines.append("- …and \(changed.count - changedMax) more") }
        lines += comparison.remarks.prefix(changedMax).map { "- " + code($0, max: 300) }
        if !lines.isEmpty { blocks.append(lines.joined(separator: "\n")) }
        return blocks
    }

    private static func totals(_ row: RunComparison.Row) -> String {
        let rows = row.figures.map { figure in
            [
                figure.measure.title,
                ComparedFigure.text(figure.change?.before, of: figure.measure),
                ComparedFigure.text(figure.change?.after, of: figure.measure),
                "\(figure.sign) \(figure.difference)", figure.range,
            ]
        }
        return table(
            ["All requests", "Baseline", "This run", "Difference", "95% sure between"], rows,
            textColumns: 1)
    }
}
