import CSQLite

/// Brings a database file to the schema that the program knows.
///
/// `PRAGMA user_version` holds the number of the last migration applied, the table
/// `schema_migration` a checksum of each, so that an edited migration is noticed on the first file
/// that has the old one.
package struct Migrator: Sendable {
    private let migrations: [Migration]

    /// - Parameter migrations: numbered 1, 2, 3, ... in this order.
    package init(_ migrations: [Migration]) {
        precondition(
            migrations.map(\.number) == Array(1..<(migrations.count + 1)),
            "Migrations are numbered from 1 without gaps.")
        self.migrations = migrations
    }

    /// Applies what is missing, each migration in a transaction of its own together with its
    /// record, so that a failure leaves the file at the last complete step.
    ///
    /// Foreign keys are not enforced meanwhile, so that tables can be rebuilt, but each migration
    /// must leave them sound.
    /// - Returns: how many migrations were applied.
    @discardableResult
    package func migrate(_ connection: Connection) throws(SQLiteError) -> Int {
        try connection.execute("PRAGMA foreign_keys=OFF")
        let result = Result { () throws(SQLiteError) in
            var count = 0
            while try applyNext(connection) { count += 1 }
            return count
        }
        try connection.execute("PRAGMA foreign_keys=ON")
        return try result.get()
    }

    /// - Returns: whether there was one to apply.
    private func applyNext(_ connection: Connection) throws(SQLiteError) -> Bool {
        // The version is read under the write lock: another process may be migrating, too.
        try connection.begin()
        do throws(SQLiteError) {
            let version = try checkedVersion(of: connection)
            guard version < migrations.count else {
                try connection.commit()
                return false
            }
            try apply(migrations[version], to: connection)
            try connection.commit()
            return true
        } catch {
            connection.rollBack()
            throw error
        }
    }

    /// The number of the last migration applied, once it is clear that the file is one of ours and
    /// not from a later program.
    private func checkedVersion(of connection: Connection) throws(SQLiteError) -> Int {
        let version =
            try connection.first("PRAGMA user_version") { row in
                try row.int(0)
            } ?? 0
        guard version >= 0, version <= migrations.count else {
            throw refusal(
                of: connection,
                "the file is at version \(version), this program knows versions "
                    + "up to \(migrations.count): use a newer program")
        }
        try connection.execute(
            """
            CREATE TABLE IF NOT EXISTS schema_migration (
                number INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL
            ) STRICT
            """)
        let applied = try connection.query(
            "SELECT checksum FROM schema_migration ORDER BY number"
        ) { row in try row.text(0) }
        guard applied.count == version else {
            throw refusal(
                of: connection,
                "the file is at version \(version), but records "
                    + "\(applied.count) migrations")
        }
        for (migration, checksum) in zip(migrations, applied)
        where migration.checksum != checksum {
            throw refusal(
                of: connection,
                "migration \(migration.number) (\(migration.name)) is not the one "
                    + "that was applied to the file")
        }
        return version
    }

    private func apply(
        _ migration: Migration, to connection: Connection
    ) throws(SQLiteError) {
        try connection.execute(migration.sql)
        // Throws when the script has ended the transaction by itself.
        try connection.run(
            "INSERT INTO schema_migration (number, name, checksum) VALUES (?, ?, ?)",
            [.int(migration.number), .text(migration.name), .text(migration.checksum)])
        try connection.execute("PRAGMA user_version=\(migration.number)")
        if let dangling = try connection.danglingReferences().first {
            throw refusal(of: connection, "migration \(migration.number): \(dangling)")
        }
    }

    private func refusal(of connection: Connection, _ message: String) -> SQLiteError {
        SQLiteError(
            operation: "migrate", subject: connection.path, extendedCode: SQLITE_ERROR,
            message: message)
    }
}
