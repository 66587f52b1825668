import ControlPlane
import Foundation
import Logging
import SQLite

/// The history in one SQLite file. One actor, one connection, one queue: one writer.
package actor HistoryStore {
    let connection: Connection
    let logger: Logger
    /// The idempotency keys of requests that this process is working on.
    var keysAtWork: Set<IdempotencyKey> = []
    private let executor = QueueExecutor(label: "swarmkeeper.history")

    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        executor.asUnownedSerialExecutor()
    }

    /// Opens the file, makes it when it is not there, and brings an older one up to date.
    ///
    /// - Throws: `ControlPlaneError.store` when it cannot be opened, or is newer than this program.
    package init(path: String, logger: Logger) throws(ControlPlaneError) {
        self.logger = logger
        do {
            let connection = try Connection(path: path)
            let applied = try Schema.migrator.migrate(connection)
            if applied > 0 { logger.info("store migrated", ["steps": .int(applied)]) }
            self.connection = connection
        } catch {
            throw .store("\(path): \(error)")
        }
    }

    /// Runs a piece of SQLite work; the one place that turns its errors into the domain's.
    func perform<T>(_ work: (Connection) throws -> T) throws(ControlPlaneError) -> T {
        do {
            return try work(connection)
        } catch let error as ControlPlaneError {
            throw error
        } catch {
            throw .store("\(error)")
        }
    }

    /// The same, all or nothing.
    func transact<T>(_ work: (Connection) throws -> T) throws(ControlPlaneError) -> T {
        try perform { connection in try connection.transaction { try work(connection) } }
    }
}

extension HistoryStore {
    package func check() throws(ControlPlaneError) {
        try perform { connection in
            _ = try connection.query("SELECT count(*) FROM sqlite_schema", []) { try $0.int(0) }
        }
    }
}
