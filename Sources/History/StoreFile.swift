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
            throw StoreFailure(.unreachable, "\(path): \(String(cString: strerror(errno)))")
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
        let folder = URL(filePath: path).deletingLastPathComponent().path(percentEncoded: false)
        if statvfs(folder, &room) == 0 {
            if room.f_flag & UInt(ST_RDONLY) != 0 { return .readOnly }
            if room.f_bavail == 0 { return .diskFull }
        }
        for name in [path, path + "-wal"] where access(name, F_OK) == 0 && access(name, W_OK) != 0 {
            return .readOnly
        }
        return .init(error.kind)
    }

    func failure(_ error: any Error) -> StoreFailure {
        switch error {
        case let error as StoreFailure: error
        case let error as SQLiteError: StoreFailure(kind(of: error), "\(path): \(error)")
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
