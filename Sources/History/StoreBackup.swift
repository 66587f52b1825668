import ControlPlane
import Foundation
import SQLite

/// A copy of a store, made while others may be using it.
package struct StoreBackup: Equatable, Sendable {
    /// Runs in the copy.
    package let runs: Int
    /// Definitions in the copy.
    package let loadTests: Int
    package let bytes: Int

    /// Copies the store as it is at one moment, and looks for damage in the copy before it gets its
    /// name. Blocks for as long as it takes to read the file twice.
    ///
    /// - Parameters:
    ///   - path: the store; it is only read.
    ///   - output: must not exist; its folder must.
    /// - Throws: with the file that is to blame; nothing is then left at `output`.
    package init(of path: String, to output: String) throws(StoreBackupFailure) {
        let file = StoreFile(path: path, isWritten: false, fileSystem: nil)
        let connection: Connection
        do {
            connection = try file.open()
        } catch {
            throw .store(file.failure(error))
        }
        do throws(BackupError) {
            var counts = (runs: 0, loadTests: 0, bytes: 0)
            try connection.backup(to: output) { copy throws(SQLiteError) in
                if let problem = try copy.integrityCheck().first {
                    throw SQLiteError(
                        operation: "check", subject: "copy of \(path)", extendedCode: 11,
                        message: problem)
                }
                counts.runs = try Self.count("runs", copy)
                counts.loadTests = try Self.count("load_tests", copy)
                counts.bytes = try copy.sizeInBytes()
            }
            (runs, loadTests, bytes) = counts
        } catch {
            throw Self.failure(error, file, output)
        }
    }

    private static func failure(
        _ error: BackupError, _ file: StoreFile, _ output: String
    ) -> StoreBackupFailure {
        switch error {
        case .exists: return .exists(output)
        case .source(let error): return .store(file.failure(error))
        case .copy(let error):
            let copy = StoreFile(path: output, isWritten: true, fileSystem: nil)
            let failure = copy.failure(error)
            let remedy: String? =
                switch failure.kind {
                case .diskFull: "make room on its disk, or name a file on another"
                case .unreachable: "create its folder, or name a file in another"
                case .readOnly: "make its folder writable, or name a file in another"
                default: nil
                }
            return .copy(
                StoreFailure(failure.kind, failure.cause, remedy: remedy, detail: failure.detail))
        }
    }

    private static func count(_ table: String, _ copy: Connection) throws(SQLiteError) -> Int {
        try copy.first("SELECT count(*) FROM \(table)") { try $0.int(0) } ?? 0
    }
}
