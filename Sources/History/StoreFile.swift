import ControlPlane
import Foundation
import SQLite

/// Which file the store is, and how it is opened.
struct StoreFile: Sendable {
    let path: String
    let isWritten: Bool
    /// SQLite's name of the layer below it; nil is the system's.
    let fileSystem: String?

    /// Opens the file, which must be there: a store that vanished is not replaced by an empty one.
    func open() throws -> Connection {
        guard access(path, F_OK) == 0 else {
            throw failure(systemCode: errno, of: path)
        }
        return try connect()
    }

    /// Opens the file, and makes it when it is not there.
    func connect() throws(SQLiteError) -> Connection {
        try Connection(
            path: path, readOnly: !isWritten,
            busyTimeoutMilliseconds: StoreConnection.busyTimeoutMilliseconds,
            fileSystem: fileSystem)
    }

    /// SQLite often knows only that a call failed; the file system can tell why.
    private func kind(of error: SQLiteError) -> StoreFailure.Kind {
        guard [.inputOutput, .cannotOpen].contains(error.kind), isWritten else {
            return .init(error.kind)
        }
        var room = statvfs()
        if statvfs(folder, &room) == 0 {
            if room.f_flag & UInt(ST_RDONLY) != 0 { return .readOnly }
            if room.f_bavail == 0 { return .diskFull }
        }
        for name in [path, path + "-wal"] where access(name, F_OK) == 0 && access(name, W_OK) != 0 {
            return .readOnly
        }
        return .init(error.kind)
    }

    private var folder: String {
        URL(filePath: path).absoluteURL.deletingLastPathComponent().path(percentEncoded: false)
    }

    private func failure(of error: SQLiteError) -> StoreFailure {
        let kind = kind(of: error)
        switch kind {
        case .unreachable where !hasFolder: return withoutFolder
        // A mistake of the program, or a file that it does not know: the statement is what tells.
        case .other: return StoreFailure(.other, "\(path): \(error)")
        default: return StoreFailure(kind, "\(path): \(error.cause)", detail: "\(error)")
        }
    }

    /// A call of the system's that failed for this store.
    ///
    /// - Parameter name: the file itself, or one beside it.
    func failure(systemCode code: Int32, of name: String) -> StoreFailure {
        if code == ENOENT, !hasFolder { return withoutFolder }
        return StoreFailure(.init(systemCode: code), "\(name): \(String(cString: strerror(code)))")
    }

    private var hasFolder: Bool { access(folder, F_OK) == 0 }

    private var withoutFolder: StoreFailure {
        StoreFailure(
            .unreachable, "\(path): the folder \(folder) does not exist",
            remedy: "create the folder, or correct storage.path")
    }

    func failure(_ error: any Error) -> StoreFailure {
        switch error {
        case let error as StoreFailure: error
        case let error as SQLiteError: failure(of: error)
        default: StoreFailure(.other, "\(path): \(error)")
        }
    }
}

extension StoreFailure.Kind {
    init(_ kind: SQLiteError.Kind) {
        self =
            switch kind {
            case .full: .diskFull
            case .readOnly: .readOnly
            case .busy: .locked
            case .inputOutput: .ioError
            case .corrupt: .corrupt
            case .cannotOpen: .unreachable
            case .other: .other
            }
    }
}

extension StoreFailure.Kind {
    /// What the system's own word for a failed open or lock means.
    fileprivate init(systemCode code: Int32) {
        self =
            switch code {
            case EROFS, EACCES, EPERM: .readOnly
            case ENOSPC, EDQUOT: .diskFull
            case EIO: .ioError
            default: .unreachable
            }
    }
}
