/// A list of data, of which each iteration has one row. All cells lie in one piece of memory, as
/// there may be a million. An object, as users of all threads read it and none changes it, and
/// copying a value would count references to each of its parts.
final class DataTable: Sendable {
    /// Which row an iteration has.
    enum Pick: String, CaseIterable, Sendable {
        /// Row *n* modulo the number of rows, for user *n*: its own as long as there are enough.
        case perUser
        /// One after the other over all users, and again from the start.
        case sequential
        /// Any, each time.
        case random
        /// One after the other over all users, each once; the load ends when all are used up.
        case unique
    }

    let name: String
    let pick: Pick
    let columns: [String]
    let rowCount: Int
    private let columnCount: Int
    private let bytes: [UInt8]
    /// Where each cell ends, row by row.
    private let ends: [Int]

    /// - Parameter rows: at least one, each with a cell per column.
    init(name: String, pick: Pick, columns: [String], rows: [[String]]) {
        precondition(!rows.isEmpty, "a list of data has rows")
        self.name = name
        self.pick = pick
        self.columns = columns
        (rowCount, columnCount) = (rows.count, columns.count)
        var (bytes, ends): ([UInt8], [Int]) = ([], [])
        ends.reserveCapacity(rows.count * columns.count)
        for row in rows {
            precondition(row.count == columns.count, "a row has a cell for each column")
            for cell in row {
                bytes += cell.utf8
                ends.append(bytes.count)
            }
        }
        (self.bytes, self.ends) = (bytes, ends)
    }

    func cell(row: Int, column: Int) -> ArraySlice<UInt8> {
        let index = row * columnCount + column
        return bytes[(index == 0 ? 0 : ends[index - 1])..<ends[index]]
    }

    /// The row of an iteration; nil when there is none left.
    func row(
        user: Int, iteration: UInt64, using random: inout RandomSource
    ) -> Int? {
        let count = UInt64(rowCount)
        return switch pick {
        case .perUser: user % rowCount
        case .sequential: Int(iteration % count)
        case .random: Int(random.next(upperBound: count))
        case .unique: iteration < count ? Int(iteration) : nil
        }
    }
}

extension DataTable: Hashable {
    static func == (left: DataTable, right: DataTable) -> Bool {
        left === right
            || left.name == right.name && left.pick == right.pick && left.columns == right.columns
                && left.ends == right.ends && left.bytes == right.bytes
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(name)
        hasher.combine(rowCount)
    }
}
