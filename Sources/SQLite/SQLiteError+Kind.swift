import CSQLite
import Glibc

extension SQLiteError {
    /// What is in the way, as far as it decides what an operator has to do.
    package enum Kind: Sendable, CaseIterable {
        /// The disk, or a quota, is full.
        case full
        /// The file or its file system takes no writes.
        case readOnly
        /// Another connection holds the file.
        case busy
        /// The disk failed to read, write or sync.
        case inputOutput
        /// The file is damaged, or no database.
        case corrupt
        /// There is no such file, or the process may not open it.
        case cannotOpen
        /// Anything else: a broken rule of the schema, a mistake of the program.
        case other
    }

    package var kind: Kind {
        switch code {
        case SQLITE_FULL: .full
        case SQLITE_READONLY, SQLITE_PERM: .readOnly
        case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_PROTOCOL: .busy
        case SQLITE_CORRUPT, SQLITE_NOTADB: .corrupt
        // SQLite knows ENOSPC as full and no others; the system's own word is clearer.
        case SQLITE_IOERR, SQLITE_CANTOPEN: kindOfSystemCode
        default: .other
        }
    }

    /// A read failed, rather than a write or anything else.
    var isReading: Bool {
        let (read, shortRead) = (SQLITE_IOERR | (1 << 8), SQLITE_IOERR | (2 << 8))
        return extendedCode == read || extendedCode == shortRead
    }

    private var kindOfSystemCode: Kind {
        switch systemCode {
        case ENOSPC, EDQUOT, EFBIG: .full
        case EROFS, EPERM, EACCES: .readOnly
        default: code == SQLITE_IOERR ? .inputOutput : .cannotOpen
        }
    }
}
