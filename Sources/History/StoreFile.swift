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

    func failure(_ error: any Error) -> StoreFailure {
        switch error {
        case let error as StoreFailure: error
        case let error as SQLiteError: StoreFailure(.init(error.kind), "\(path): \(error)")
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
