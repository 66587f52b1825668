import CSQLite
import Glibc

extension Connection {
    /// Copies the database as it is now into a new file, while others go on reading and writing.
    ///
    /// Takes as long as reading the file: use a read-only connection, so that the writer is free.
    /// The copy appears under its name when it is complete, on disk, and accepted.
    /// - Parameters:
    ///   - path: must not exist.
    ///   - accept: looks at the copy before it gets its name; throws to refuse it.
    package func backup(
        to path: String, accept: (Connection) throws(SQLiteError) -> Void = { _ in }
    ) throws(BackupError) {
        guard access(path, F_OK) != 0 else { throw .exists }
        let partial = "\(path).partial"
        // Left by a backup that was interrupted; copying onto it would be slower and no safer.
        unlink(partial)
        do throws(BackupError) {
            try copy(to: partial)
            try Self.accept(partial, accept)
            try Self.publish(partial, as: path)
        } catch {
            for suffix in ["", "-wal", "-shm", "-journal"] { unlink(partial + suffix) }
            throw error
        }
    }

    private func copy(to path: String) throws(BackupError) {
        do throws(SQLiteError) {
            try copyPages(to: path)
        } catch {
            // The failed step does not say whose file it was; what it failed with does.
            let isOfSource =
                switch error.kind {
                case .busy, .corrupt: true
                case .inputOutput: error.isReading
                case .full, .readOnly, .cannotOpen, .other: false
                }
            throw isOfSource ? .source(error) : .copy(error)
        }
    }

    private static func accept(
        _ path: String, _ accept: (Connection) throws(SQLiteError) -> Void
    ) throws(BackupError) {
        do throws(SQLiteError) {
            // Opened anew, so that the file is looked at and not what is still in memory.
            try accept(Connection(path: path))
        } catch {
            // What is damaged in the copy came with its pages.
            throw error.kind == .corrupt ? .source(error) : .copy(error)
        }
    }

    private func copyPages(to path: String) throws(SQLiteError) {
        let target = try Connection(path: path)
        guard let backup = sqlite3_backup_init(target.database, "main", database, "main") else {
            throw SQLiteError.last(of: target.database, operation: "backup", subject: path)
        }
        let code = sqlite3_backup_step(backup, -1)
        sqlite3_backup_finish(backup)
        guard code == SQLITE_DONE else {
            throw SQLiteError(
                operation: "backup", subject: path, extendedCode: code,
                message: String(cString: sqlite3_errstr(code)))
        }
        // One file, complete in itself: nothing stays behind in a log beside it.
        try target.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    }

    /// Gives it its name, which nobody else may have taken meanwhile, and makes the name survive a
    /// power failure.
    private static func publish(_ partial: String, as path: String) throws(BackupError) {
        if link(partial, path) == 0 {
            unlink(partial)
        } else {
            guard errno != EEXIST else { throw .exists }
            // A file system without hard links.
            guard rename(partial, path) == 0 else { throw systemError("rename", path) }
        }
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw systemError("open", folder) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw systemError("fsync", folder) }
    }

    private static func systemError(_ operation: String, _ subject: String) -> BackupError {
        let code = errno
        return .copy(
            SQLiteError(
                operation: operation, subject: subject, extendedCode: SQLITE_IOERR,
                message: "the system refused", systemCode: code))
    }

    /// Reads the whole file and looks for damage and for references to rows that do not exist.
    ///
    /// - Returns: one line per problem, at most 100 or so; none means sound.
    package func integrityCheck() throws(SQLiteError) -> [String] {
        let damage = try query("PRAGMA integrity_check(100)") { row in
            try row.text(0)
        }
        return damage.filter { $0 != "ok" } + (try danglingReferences())
    }

    /// The same without the comparison of indexes with their tables, which takes most of the time.
    ///
    /// - Parameter tables: only these, in a file that is too large to be read as a whole.
    package func quickCheck(of tables: [String]? = nil) throws(SQLiteError) -> [String] {
        var damage: [String] = []
        for argument in tables?.map({ "'\($0)'" }) ?? ["100"] {
            damage += try query("PRAGMA quick_check(\(argument))") { try $0.text(0) }
        }
        return damage.filter { $0 != "ok" }
    }

    /// The size of the database without what is still in its log.
    package func sizeInBytes() throws(SQLiteError) -> Int {
        let pages = try first("PRAGMA page_count") { try $0.int(0) } ?? 0
        return pages * (try first("PRAGMA page_size") { try $0.int(0) } ?? 0)
    }

    /// Whether another file, or none, has the name under which this one was opened. What is then
    /// written goes into a file that nobody will open again, and succeeds.
    package var hasMoved: Bool {
        var answer: Int32 = 0
        let code = sqlite3_file_control(database, "main", SQLITE_FCNTL_HAS_MOVED, &answer)
        return code == SQLITE_OK && answer != 0
    }

    /// Whether a transaction is open; outside of `transaction` that is one which could not even be
    /// rolled back.
    package var isInTransaction: Bool { sqlite3_get_autocommit(database) == 0 }

    /// How long a statement waits for another connection's from now on.
    package func waitWhenBusy(milliseconds: Int32) {
        sqlite3_busy_timeout(database, milliseconds)
    }

    func danglingReferences() throws(SQLiteError) -> [String] {
        try query("SELECT DISTINCT \"table\", parent FROM pragma_foreign_key_check LIMIT 100") {
            row in
            "\(try row.text(0)) refers to rows of \(try row.text(1)) that do not exist"
        }
    }
}
