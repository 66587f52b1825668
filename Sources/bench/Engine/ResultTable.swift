import Foundation

/// Results in columns: a line for each contestant and measure.
enum ResultTable {
    /// Above this share of the cores taken by others a round says little.
    static let noiseMax = 0.05

    private static let widths = [13, 12, 9, 9, 9, 21, 9, 7, 14, 7]

    static let header = line([
        "case", "contestant", "requests", "req/s", "us/req", "measure", "value", "goal", "verdict",
        "others",
    ])

    static func lines(for result: CaseResult) -> String {
        let rows = result.rows.flatMap { row in
            row.findings.indices.map { index in
                let lead = index == 0 ? lead(of: row, in: result) : ["", "", "", "", ""]
                let others = index == 0 ? noise(row.othersShare) : ""
                return line(lead + cells(of: row.findings[index]) + [others])
            }
        }
        return rows.joined() + result.remarks.map { "  note: \($0)\n" }.joined()
    }

    private static func lead(of row: CaseResult.Row, in result: CaseResult) -> [String] {
        [
            result.name.rawValue, row.contestant, "\(row.requests)",
            number(row.requestsPerSecond, 0), number(row.cpuMicroseconds, 2),
        ]
    }

    private static func cells(of finding: CaseResult.Finding) -> [String] {
        let goal = finding.verdict == nil ? nil : finding.measure.goal
        return [
            finding.measure.name, finding.value.map { number($0, finding.measure.digits) } ?? "-",
            goal.map { "<= \(short($0))" } ?? "", finding.verdict?.rawValue ?? "",
        ]
    }

    private static func noise(_ share: Double) -> String {
        number(share * 100, 1) + " %" + (share > noiseMax ? "!" : "")
    }

    private static func number(_ value: Double, _ digits: Int) -> String {
        String(format: "%.\(digits)f", value)
    }

    /// `50`, not `50.0`.
    private static func short(_ value: Double) -> String {
        Int(exactly: value).map { "\($0)" } ?? "\(value)"
    }

    private static func line(_ cells: [String]) -> String {
        let columns = zip(cells, widths).map { cell, width in
            cell.count < width ? cell + String(repeating: " ", count: width - cell.count) : cell
        }
        let text = columns.joined(separator: " ")
        return String(text.reversed().drop { $0 == " " }.reversed()) + "\n"
    }
}
