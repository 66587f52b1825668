import CSQLite

/// One prepared statement. Belongs to its connection and its owner.
final class Statement {
    let sql: String
    let handle: OpaquePointer
    private let database: OpaquePointer
    /// Counts the rows, so that a row kept beyond its turn is noticed.
    private(set) var turn: UInt64 = 0

    init(_ sql: String, in database: OpaquePointer) throws(SQLiteError) {
        // A NUL would end the statement early, and what follows would be dropped unseen.
        guard !sql.utf8.contains(0) else {
            throw SQLiteError.misuse("prepare", sql, "unexpected NUL in a statement")
        }
        var handle: OpaquePointer?
        var hasMore = false
        let code = sql.withCString { start in
            var rest: UnsafePointer<CChar>?
            let code = sqlite3_prepare_v3(
                database, start, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &handle, &rest)
            hasMore = rest.map { !String(cString: $0).allSatisfy(\.isWhitespace) } ?? false
            return code
        }
        guard code == SQLITE_OK else {
            throw SQLiteError.last(of: database, operation: "prepare", subject: sql)
        }
        guard let handle, !hasMore else {
            sqlite3_finalize(handle)
            throw SQLiteError.misuse("prepare", sql, "expected exactly one statement")
        }
        self.sql = sql
        self.handle = handle
        self.database = database
    }

    deinit { sqlite3_finalize(handle) }

    /// The value of every `?`, in order.
    func bind(_ values: [Value]) throws(SQLiteError) {
        let expected = sqlite3_bind_parameter_count(handle)
        guard expected == values.count else {
            throw SQLiteError.misuse(
                "bind", sql, "expected \(expected) values, got \(values.count)")
        }
        for (index, value) in values.enumerated() {
            guard try bind(value, at: Int32(index + 1)) == SQLITE_OK else {
                throw SQLiteError.last(of: database, operation: "bind", subject: sql)
            }
        }
    }

    private func bind(_ value: Value, at index: Int32) throws(SQLiteError) -> Int32 {
        switch value {
        case .null:
            return sqlite3_bind_null(handle, index)
        case .int(let number):
            return sqlite3_bind_int64(handle, index, number)
        case .double(let number):
            guard !number.isNaN else {
                throw SQLiteError.misuse("bind", sql, "value \(index) is not a number")
            }
            return sqlite3_bind_double(handle, index, number)
        case .text(let text):
            let count = try length(text.utf8.count)
            return text.withCString { swarmkeeper_bind_text(handle, index, $0, count) }
        case .blob(let bytes):
            let count = try length(bytes.count)
            return bytes.withUnsafeBytes {
                swarmkeeper_bind_blob(handle, index, $0.baseAddress, count)
            }
        }
    }

    private func length(_ count: Int) throws(SQLiteError) -> Int32 {
        if let count = Int32(exactly: count) { return count }
        throw SQLiteError(
            operation: "bind", subject: sql, extendedCode: SQLITE_TOOBIG,
            message: "value is larger than SQLite stores")
    }

    /// - Returns: whether there is a row.
    func step() throws(SQLiteError) -> Bool {
        turn &+= 1
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default: throw SQLiteError.last(of: database, operation: "step", subject: sql)
        }
    }

    /// Ends the execution, releases its locks, and forgets the values.
    func reset() {
        turn &+= 1
        // Both repeat the failure of the last step, which that step has thrown already.
        sqlite3_reset(handle)
        sqlite3_clear_bindings(handle)
    }
}
