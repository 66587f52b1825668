/// Cells below each other: the columns of a summary.
struct TextTable {
    enum Alignment {
        case left
        case right
    }

    /// Between two columns.
    private static let gap = "  "

    private let alignments: [Alignment]
    private var rows: [[String]] = []

    init(_ alignments: [Alignment]) {
        self.alignments = alignments
    }

    mutating func add(_ cells: [String]) {
        precondition(cells.count == alignments.count, "each row of a table has all of its columns")
        rows.append(cells)
    }

    var lines: [String] {
        let widths = alignments.indices.map { column in
            rows.map { DisplayWidth.of($0[column]) }.max() ?? 0
        }
        return rows.map { row in
            var cells = row.indices.map { column in
                alignments[column] == .right
                    ? DisplayWidth.rightAligned(row[column], columns: widths[column])
                    : DisplayWidth.fitted(row[column], columns: widths[column])
            }
            // No line of a report ends in blanks.
            if alignments.last == .left { cells[cells.count - 1] = row[cells.count - 1] }
            while cells.last?.isEmpty == true { cells.removeLast() }
            return cells.joined(separator: Self.gap)
        }
    }
}
