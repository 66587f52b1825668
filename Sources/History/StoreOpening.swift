import ControlPlane
import Foundation
import Logging
import SQLite

/// What is done with the store's file before it is used.
struct StoreOpening {
    /// Files up to this size are checked as a whole: 0.2 s for 100 MB that are in memory, else the
    /// time that the disk takes to read them.
    static let fullCheckBytesMax = 256 * 1024 * 1024
    /// Files up to this size are checked without a comparison of indexes and tables (1.3 s); of
    /// larger ones, what decides about live runs.
    static let quickCheckBytesMax = 1024 * 1024 * 1024
    /// What decides about live runs, and is small whatever the history.
    static let decidingTables = ["runs", "run_tags", "load_tests", "idempotency_keys"]
    /// Problems named in the refusal: enough to see what kind they are.
    static let problemsShown = 3

    private let file: StoreFile
    private let logger: Logger

    init(_ file: StoreFile, _ logger: Logger) {
        self.file = file
        self.logger = logger
    }

    func open() throws(ControlPlaneError) -> Connection {
        do {
            noteLog()
            let connection = try file.connect()
            try check(connection)
            let applied = try Schema.migrator.migrate(connection)
            if applied > 0 { logger.info("store migrated", ["steps": .int(applied)]) }
            return connection
        } catch {
            throw .store(file.failure(error))
        }
    }

    /// SQLite takes the log over by itself; that there was one tells of a kill or a power failure.
    private func noteLog() {
        var status = stat()
        guard stat(file.path + "-wal", &status) == 0, status.st_size > 0 else { return }
        logger.info(
            "store was not closed, its log is taken over",
            ["file": .string(file.path), "logBytes": .int(Int(status.st_size))])
    }

    private func check(_ connection: Connection) throws {
        let started = ContinuousClock.now
        let size = try connection.sizeInBytes()
        let (extent, problems) =
            switch size {
            case ...Self.fullCheckBytesMax: ("full", try connection.integrityCheck())
            case ...Self.quickCheckBytesMax: ("quick", try connection.quickCheck())
            default: ("live runs", try connection.quickCheck(of: Self.decidingTables))
            }
        guard problems.isEmpty else {
            let shown = problems.prefix(Self.problemsShown).joined(separator: "; ")
            throw StoreFailure(
                .corrupt,
                "\(file.path) is damaged and is left as it is, \(problems.count) problems: \(shown)"
            )
        }
        logger.info(
            "store checked",
            [
                "file": .string(file.path), "check": .string(extent), "bytes": .int(size),
                "seconds": .double((ContinuousClock.now - started) / .seconds(1)),
            ])
    }
}
