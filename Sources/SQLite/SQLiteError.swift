import CSQLite
import Glibc

/// What SQLite, or this layer over it, refused. Never holds a bound value.
package struct SQLiteError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Longest piece of SQL shown: enough to recognize the statement.
    static let subjectCharactersMax = 120

    /// What was tried: `open`, `prepare`, `bind`, `step`, `read`, `migrate`, ...
    package let operation: String
    /// What it was tried on: a path, the beginning of a statement, a column.
    package let subject: String
    /// SQLite's result code with the cause in its upper bits, such as `SQLITE_CONSTRAINT_UNIQUE`.
    package let extendedCode: Int32
    /// The cause, in SQLite's words or ours.
    package let message: String
    /// The `errno` behind a failed read, write or open; 0 where there is none.
    package let systemCode: Int32

    package init(
        operation: String, subject: String, extendedCode: Int32, message: String,
        systemCode: Int32 = 0
    ) {
        self.operation = operation
        self.subject = Self.shortened(subject)
        self.extendedCode = extendedCode
        self.message = message
        self.systemCode = systemCode
    }

    /// SQLite's primary result code, such as `SQLITE_CONSTRAINT`.
    package var code: Int32 { extendedCode & 0xFF }

    package var description: String {
        "sqlite \(operation) \(subject): \(cause) (\(extendedCode))"
    }

    /// Why, without what was tried: no statement, for people who do not know the program.
    package var cause: String {
        let reason = systemCode == 0 ? message : String(cString: strerror(systemCode))
        return message == reason ? message : "\(message): \(reason)"
    }

    private static func shortened(_ subject: String) -> String {
        let line = subject.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        guard line.count > subjectCharactersMax else { return line }
        return line.prefix(subjectCharactersMax) + "…"
    }
}

extension SQLiteError {
    // The importer skips these macros, because they are expressions.
    private static let primaryKeyConstraint = SQLITE_CONSTRAINT | (6 << 8)
    private static let uniqueConstraint = SQLITE_CONSTRAINT | (8 << 8)
    private static let rowIDConstraint = SQLITE_CONSTRAINT | (10 << 8)
    private static let foreignKeyConstraint = SQLITE_CONSTRAINT | (3 << 8)

    /// Any rule of the schema was broken.
    package var isConstraint: Bool { code == SQLITE_CONSTRAINT }
    /// A row with this key exists: a unique index, or a primary key of any kind.
    package var isUniqueConstraint: Bool {
        [Self.uniqueConstraint, Self.primaryKeyConstraint, Self.rowIDConstraint]
            .contains(extendedCode)
    }
    package var isForeignKeyConstraint: Bool { extendedCode == Self.foreignKeyConstraint }
    /// Another connection held the file longer than `Connection.busyTimeoutMilliseconds`.
    package var isBusy: Bool { code == SQLITE_BUSY || code == SQLITE_LOCKED }
    /// The disk, or a quota, is full.
    package var isFull: Bool { code == SQLITE_FULL }
    /// The file is damaged, or no database.
    package var isCorrupt: Bool { code == SQLITE_CORRUPT || code == SQLITE_NOTADB }
    package var isReadOnly: Bool { code == SQLITE_READONLY }
}

extension SQLiteError {
    /// The failure that `database` has just reported.
    static func last(
        of database: OpaquePointer?, operation: String, subject: String
    ) -> SQLiteError {
        // Before anything else can fail: a commit that fails leaves the number nowhere else.
        let left = errno
        let code = sqlite3_extended_errcode(database)
        let isOfSystem = [SQLITE_IOERR, SQLITE_CANTOPEN].contains(code & 0xFF)
        let known = database.map(sqlite3_system_errno) ?? 0
        return SQLiteError(
            operation: operation, subject: subject, extendedCode: code,
            message: String(cString: sqlite3_errmsg(database)),
            systemCode: isOfSystem ? (known != 0 ? known : left) : 0)
    }

    static func misuse(_ operation: String, _ subject: String, _ message: String) -> SQLiteError {
        SQLiteError(
            operation: operation, subject: subject, extendedCode: SQLITE_MISUSE, message: message)
    }

    /// A stored value that the program cannot have stored; for readers of rows that know more
    /// about a column than its type. `expectation` must not quote the value.
    package static func unexpectedValue(
        in column: String, expectation: String
    ) -> SQLiteError {
        SQLiteError(
            operation: "read", subject: column, extendedCode: SQLITE_MISMATCH,
            message: "expected \(expectation)")
    }
}
