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
            // No line of a report ends in blanks.
            let end = (row.lastIndex { !$0.isEmpty } ?? -1) + 1
            return (0..<end).map { column in
                if alignments[column] == .right {
                    return DisplayWidth.rightAligned(row[column], columns: widths[column])
                }
                return column == end - 1
                    ? row[column] : DisplayWidth.fitted(row[column], columns: widths[column])
            }.joined(separator: Self.gap)
        }
    }
}
