import CSQLite

extension Connection {
    /// Runs a script: any number of statements, no values, answers dropped.
    package func execute(_ sql: String) throws(SQLiteError) {
        try checkTransaction(sql)
        guard !sql.utf8.contains(0) else {
            throw SQLiteError.misuse("execute", sql, "unexpected NUL in a script")
        }
        guard sqlite3_exec(database, sql, nil, nil, nil) == SQLITE_OK else {
            throw SQLiteError.last(of: database, operation: "execute", subject: sql)
        }
    }

    /// Runs one statement with a value for every `?`.
    ///
    /// - Returns: how many rows it inserted, changed or deleted itself.
    @discardableResult
    package func run(_ sql: String, _ values: [Value] = []) throws(SQLiteError) -> Int {
        let before = sqlite3_total_changes64(database)
        try withStatement(sql, values) { statement throws(SQLiteError) in
            while try statement.step() {}
        }
        // SQLite repeats the last count after a statement that counts nothing.
        guard sqlite3_total_changes64(database) != before else { return 0 }
        return Int(sqlite3_changes64(database))
    }

    /// Every row of the answer, read by `row`, whose errors end the query. (Its errors are not
    /// typed, because the compiler would then want the type written into every closure.)
    package func query<T>(
        _ sql: String, _ values: [Value] = [], _ row: (Row) throws -> T
    ) throws(SQLiteError) -> [T] {
        var result: [T] = []
        try forEach(sql, values) { current in
            result.append(try row(current))
            return true
        }
        return result
    }

    /// The first row of the answer, read by `row`; nil when there is none.
    package func first<T>(
        _ sql: String, _ values: [Value] = [], _ row: (Row) throws -> T
    ) throws(SQLiteError) -> T? {
        var result: T?
        try forEach(sql, values) { current in
            result = try row(current)
            return false
        }
        return result
    }

    /// Reads rows one at a time, for answers that should not be in memory as a whole.
    ///
    /// - Parameter body: whether to go on.
    package func forEach(
        _ sql: String, _ values: [Value] = [], _ body: (Row) throws -> Bool
    ) throws(SQLiteError) {
        try withStatement(sql, values) { statement throws(SQLiteError) in
            while try statement.step() {
                guard try ask(body, about: Row(statement)) else { return }
            }
        }
    }

    private func ask(
        _ body: (Row) throws -> Bool, about row: Row
    ) throws(SQLiteError) -> Bool {
        do {
            return try body(row)
        } catch let error as SQLiteError {
            throw error
        } catch {
            throw SQLiteError(
                operation: "read", subject: row.sql, extendedCode: SQLITE_MISMATCH,
                message: "\(error)")
        }
    }

    /// How SQLite would look for the answer: the lines of `EXPLAIN QUERY PLAN`.
    package func explain(_ sql: String, _ values: [Value] = []) throws(SQLiteError) -> [String] {
        try query("EXPLAIN QUERY PLAN \(sql)", values) { row in
            try row.text("detail")
        }
    }

    private func withStatement(
        _ sql: String, _ values: [Value], _ body: (Statement) throws(SQLiteError) -> Void
    ) throws(SQLiteError) {
        try checkTransaction(sql)
        let statement =
            if let cached = cache.take(sql) { cached } else { try Statement(sql, in: database) }
        defer {
            statement.reset()
            cache.put(statement)
        }
        try statement.bind(values)
        try body(statement)
    }
}
