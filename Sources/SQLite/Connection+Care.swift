import CSQLite
import Glibc

extension Connection {
    /// Copies the database as it is now into a new file, while others go on reading and writing.
    ///
    /// Takes as long as reading the file: use a read-only connection, so that the writer is free.
    /// The copy appears under its name when it is complete and on disk.
    /// - Parameter path: must not exist.
    package func backup(to path: String) throws(SQLiteError) {
        guard access(path, F_OK) != 0 else {
            throw SQLiteError.misuse("backup", path, "the file exists")
        }
        let partial = "\(path).partial"
        // Left by a backup that was interrupted; copying onto it would be slower and no safer.
        unlink(partial)
        do throws(SQLiteError) {
            try copy(to: partial)
            try Self.publish(partial, as: path)
        } catch {
            for suffix in ["", "-wal", "-shm", "-journal"] { unlink(partial + suffix) }
            throw error
        }
    }

    private func copy(to path: String) throws(SQLiteError) {
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

    /// Renames, and makes the new name survive a power failure.
    private static func publish(_ partial: String, as path: String) throws(SQLiteError) {
        guard rename(partial, path) == 0 else { throw systemError("rename", path) }
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw systemError("open", folder) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw systemError("fsync", folder) }
    }

    private static func systemError(_ operation: String, _ subject: String) -> SQLiteError {
        SQLiteError(
            operation: operation, subject: subject, extendedCode: SQLITE_IOERR,
            message: String(cString: strerror(errno)))
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

    func danglingReferences() throws(SQLiteError) -> [String] {
        try query("SELECT DISTINCT \"table\", parent FROM pragma_foreign_key_check LIMIT 100") {
            row in
            "\(try row.text(0)) refers to rows of \(try row.text(1)) that do not exist"
        }
    }
}
