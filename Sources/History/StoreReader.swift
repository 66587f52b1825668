import ControlPlane
import Logging
import SQLite

/// A connection that only reads, with a queue of its own: in WAL mode it waits for no writer, and
/// no writer for it. It sees all that was committed before it was asked.
actor StoreReader {
    private let connection: StoreConnection
    private let executor: QueueExecutor

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        executor.asUnownedSerialExecutor()
    }

    init(_ file: StoreFile, label: String, logger: Logger) {
        connection = StoreConnection(file, logger: logger)
        executor = QueueExecutor(label: label)
    }

    func read<T: Sendable>(
        _ work: @Sendable (Connection) throws -> T
    ) throws(ControlPlaneError) -> T {
        try connection.use(work)
    }

    func close() { connection.close() }

    nonisolated func lag() -> QueueLag { executor.lag() }
}
