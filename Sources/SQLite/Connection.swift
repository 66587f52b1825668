import CSQLite
import Glibc

/// One connection to one database file. Not Sendable: it belongs to whoever opened it, usually an
/// actor with a queue of its own, because every call blocks.
package final class Connection {
    /// How long a statement waits for another connection's transaction: longer than any of ours
    /// takes, shorter than a caller of the API waits.
    package static let busyTimeoutMilliseconds: Int32 = 5000
    /// What the write-ahead log is cut back to once it was larger (after a long read).
    static let journalBytesMax = 64 * 1024 * 1024

    /// The file, as given.
    package let path: String
    let isReadOnly: Bool
    let database: OpaquePointer
    var cache = StatementCache()
    /// How many transactions are open, one inside the other.
    var depth = 0

    /// Opens a database, by default for writing and with durable commits (`synchronous=FULL`).
    ///
    /// - Parameters:
    ///   - path: created, readable for its owner only, when absent and not `readOnly`;
    ///     `:memory:` is a database that ends with the connection.
    ///   - readOnly: sees what others commit and can change nothing. The file must exist.
    ///   - busyTimeoutMilliseconds: how long a statement waits for another connection's.
    ///   - fileSystem: SQLite's name of the layer below it; nil is the system's. Tests put one in
    ///     that fails.
    package init(
        path: String, readOnly: Bool = false,
        busyTimeoutMilliseconds: Int32 = Connection.busyTimeoutMilliseconds,
        fileSystem: String? = nil
    ) throws(SQLiteError) {
        let isInMemory = path == ":memory:"
        if !isInMemory && !readOnly { try Self.createFile(path) }
        // Confined to its owner, so it needs no mutexes of SQLite's.
        let access = readOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE
        let flags = access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        var handle: OpaquePointer?
        // A name such as `file:x?mode=ro` must be a name here, not an instruction.
        let name = path.hasPrefix("file:") ? "./\(path)" : path
        let code = sqlite3_open_v2(name, &handle, flags, fileSystem)
        guard code == SQLITE_OK, let database = handle else {
            let error = SQLiteError.last(of: handle, operation: "open", subject: path)
            sqlite3_close_v2(handle)
            throw error
        }
        self.path = path
        self.isReadOnly = readOnly
        self.database = database
        sqlite3_busy_timeout(database, busyTimeoutMilliseconds)
        try configure(isInMemory: isInMemory)
    }

    deinit {
        cache.removeAll()
        sqlite3_close_v2(database)
    }

    /// SQLite would create the file with the process's umask; its log and index files take their
    /// mode from it. Creates without opening, because closing a descriptor drops the locks that
    /// other connections of this process hold on the file.
    private static func createFile(_ path: String) throws(SQLiteError) {
        guard mknod(path, S_IFREG | 0o600, 0) != 0 else { return }
        let code = errno
        guard code != EEXIST else { return }
        throw SQLiteError(
            operation: "open", subject: path, extendedCode: SQLITE_CANTOPEN,
            message: String(cString: strerror(code)), systemCode: code)
    }

    private func configure(isInMemory: Bool) throws(SQLiteError) {
        // No tampering with the file's internals, and "x" is a name, never a text.
        for option in [
            SQLITE_DBCONFIG_DEFENSIVE, SQLITE_DBCONFIG_DQS_DML, SQLITE_DBCONFIG_DQS_DDL,
        ] {
            let isOn: Int32 = option == SQLITE_DBCONFIG_DEFENSIVE ? 1 : 0
            guard swarmkeeper_set_flag(database, option, isOn) == SQLITE_OK else {
                throw SQLiteError.last(of: database, operation: "configure", subject: path)
            }
        }
        try execute(
            """
            PRAGMA foreign_keys=ON;
            PRAGMA trusted_schema=OFF;
            PRAGMA cell_size_check=ON;
            PRAGMA synchronous=FULL;
            """)
        if isReadOnly {
            try execute("PRAGMA query_only=ON")
        } else if !isInMemory {
            try useWriteAheadLog()
        }
    }

    /// With it, readers and the writer do not wait for each other.
    private func useWriteAheadLog() throws(SQLiteError) {
        let mode = try first("PRAGMA journal_mode=WAL", []) { row in
            try row.text(0)
        }
        guard mode == "wal" else {
            throw SQLiteError(
                operation: "open", subject: path, extendedCode: SQLITE_CANTOPEN,
                message: "no write-ahead log on this file system (mode \(mode ?? "unknown"))")
        }
        try execute("PRAGMA journal_size_limit=\(Self.journalBytesMax)")
    }
}
