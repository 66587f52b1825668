import CSQLite

/// The current row of a query; valid only inside the closure that is given it, and refusing to be
/// read later.
///
/// Columns count from 0. A value of another type than asked for, and a null where none is expected,
/// is thrown: the schema and the program disagree.
package struct Row {
    private let statement: Statement
    private let turn: UInt64

    init(_ statement: Statement) {
        self.statement = statement
        turn = statement.turn
    }

    var sql: String { statement.sql }

    package var columnCount: Int { Int(sqlite3_column_count(statement.handle)) }

    package func name(of column: Int) -> String {
        guard let name = sqlite3_column_name(statement.handle, Int32(clamping: column)) else {
            return "column \(column)"
        }
        return String(cString: name)
    }

    /// The position of the first column with this name (as the statement's `as` gives it).
    package func index(of name: String) throws(SQLiteError) -> Int {
        if let index = (0..<columnCount).first(where: { self.name(of: $0) == name }) {
            return index
        }
        throw SQLiteError.misuse("read", statement.sql, "no column \(name)")
    }

    /// Whatever is stored there.
    package func value(_ column: Int) throws(SQLiteError) -> Value {
        switch try type(of: column) {
        case SQLITE_INTEGER: .int(sqlite3_column_int64(statement.handle, Int32(column)))
        case SQLITE_FLOAT: .double(sqlite3_column_double(statement.handle, Int32(column)))
        case SQLITE_TEXT: .text(try readText(column))
        case SQLITE_BLOB: .blob(readBytes(column))
        default: .null
        }
    }

    package func int(_ column: Int) throws(SQLiteError) -> Int {
        try required(try optionalInt(column), column, "an integer")
    }

    package func optionalInt(_ column: Int) throws(SQLiteError) -> Int? {
        switch try type(of: column) {
        case SQLITE_INTEGER: Int(sqlite3_column_int64(statement.handle, Int32(column)))
        case SQLITE_NULL: nil
        default: throw mismatch(column, "an integer")
        }
    }

    /// Also reads integers, which is how SQLite may store a whole number.
    package func double(_ column: Int) throws(SQLiteError) -> Double {
        try required(try optionalDouble(column), column, "a number")
    }

    package func optionalDouble(_ column: Int) throws(SQLiteError) -> Double? {
        switch try type(of: column) {
        case SQLITE_FLOAT, SQLITE_INTEGER:
            sqlite3_column_double(statement.handle, Int32(column))
        case SQLITE_NULL: nil
        default: throw mismatch(column, "a number")
        }
    }

    /// 1 and 0 only.
    package func bool(_ column: Int) throws(SQLiteError) -> Bool {
        try required(try optionalBool(column), column, "0 or 1")
    }

    package func optionalBool(_ column: Int) throws(SQLiteError) -> Bool? {
        switch try optionalInt(column) {
        case 0: false
        case 1: true
        case nil: nil
        default: throw mismatch(column, "0 or 1")
        }
    }

    package func text(_ column: Int) throws(SQLiteError) -> String {
        try required(try optionalText(column), column, "text")
    }

    package func optionalText(_ column: Int) throws(SQLiteError) -> String? {
        switch try type(of: column) {
        case SQLITE_TEXT: try readText(column)
        case SQLITE_NULL: nil
        default: throw mismatch(column, "text")
        }
    }

    package func blob(_ column: Int) throws(SQLiteError) -> [UInt8] {
        try required(try optionalBlob(column), column, "a blob")
    }

    package func optionalBlob(_ column: Int) throws(SQLiteError) -> [UInt8]? {
        switch try type(of: column) {
        case SQLITE_BLOB: readBytes(column)
        case SQLITE_NULL: nil
        default: throw mismatch(column, "a blob")
        }
    }
}

extension Row {
    private func type(of column: Int) throws(SQLiteError) -> Int32 {
        guard turn == statement.turn else {
            throw SQLiteError.misuse("read", statement.sql, "the row is no longer current")
        }
        guard 0..<columnCount ~= column else {
            throw SQLiteError.misuse("read", statement.sql, "no column \(column)")
        }
        return sqlite3_column_type(statement.handle, Int32(column))
    }

    private func readBytes(_ column: Int) -> [UInt8] {
        // The pointer first, then the count, as SQLite's documentation asks.
        let start = sqlite3_column_blob(statement.handle, Int32(column))
        let count = Int(sqlite3_column_bytes(statement.handle, Int32(column)))
        return Array(UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count))
    }

    private func readText(_ column: Int) throws(SQLiteError) -> String {
        let start = sqlite3_column_text(statement.handle, Int32(column))
        let count = Int(sqlite3_column_bytes(statement.handle, Int32(column)))
        let bytes = UnsafeBufferPointer(start: start, count: start == nil ? 0 : count)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw mismatch(column, "UTF-8")
        }
        return text
    }

    private func required<T>(
        _ value: T?, _ column: Int, _ expectation: String
    ) throws(SQLiteError) -> T {
        if let value { return value }
        throw mismatch(column, expectation)
    }

    private func mismatch(_ column: Int, _ expectation: String) -> SQLiteError {
        .unexpectedValue(in: "\(name(of: column)) of \(statement.sql)", expectation: expectation)
    }
}
