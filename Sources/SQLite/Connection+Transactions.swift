import CSQLite

extension Connection {
    /// All of `body` or nothing: commits when it returns, rolls back when it throws.
    ///
    /// Takes the write lock at once, so that no statement in the middle finds it taken. Inside
    /// another transaction it is a savepoint: what it did is undone alone when it throws, and
    /// durable when the outermost one is.
    /// On a read-only connection it is one unchanging view of the file.
    package func transaction<T>(_ body: () throws -> T) throws -> T {
        try begin()
        do {
            let result = try body()
            try commit()
            return result
        } catch {
            rollBack()
            throw error
        }
    }

    func begin() throws(SQLiteError) {
        let outermost = isReadOnly ? "BEGIN" : "BEGIN IMMEDIATE"
        try control(depth == 0 ? outermost : "SAVEPOINT level\(depth)")
        depth += 1
    }

    func commit() throws(SQLiteError) {
        try control(depth == 1 ? "COMMIT" : "RELEASE level\(depth - 1)")
        depth -= 1
    }

    func rollBack() {
        depth -= 1
        // After some failures (disk full, I/O) SQLite has rolled back everything already.
        guard sqlite3_get_autocommit(database) == 0 else { return }
        let undo = depth == 0 ? "ROLLBACK" : "ROLLBACK TO level\(depth); RELEASE level\(depth)"
        // Fails only together with the file; the error that brought us here is the one to report.
        sqlite3_exec(database, undo, nil, nil, nil)
    }

    private func control(_ sql: String) throws(SQLiteError) {
        try checkTransaction(sql)
        guard sqlite3_exec(database, sql, nil, nil, nil) == SQLITE_OK else {
            throw SQLiteError.last(of: database, operation: "transaction", subject: sql)
        }
    }

    /// Without this, a body that goes on after SQLite has rolled back by itself would commit its
    /// remaining statements one by one.
    func checkTransaction(_ sql: String) throws(SQLiteError) {
        guard depth > 0, sqlite3_get_autocommit(database) != 0 else { return }
        throw SQLiteError(
            operation: "transaction", subject: sql, extendedCode: SQLITE_ABORT | (2 << 8),
            message: "the transaction was rolled back")
    }
}
