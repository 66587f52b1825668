import ControlPlane
import Foundation
import Logging
import Metrics
import SQLite

/// The history in one SQLite file. The actor is the one writer, with a connection and a queue of
/// its own; what only reads has others, so that neither waits for the other.
package actor HistoryStore {
    let writer: StoreConnection
    let logger: Logger
    /// The idempotency keys of requests that this process is working on.
    var keysAtWork: Set<IdempotencyKey> = []
    let observations = ObservationGate()
    let auditChain: AuditChain
    let encryptionKeys: EncryptionKeys
    /// Rung after something was stored that is to be delivered to a webhook.
    package nonisolated let outboxBell = OutboxBell()
    /// Numbers the changes of credentials in this process; what was loaded is 1.
    var credentialChanges = 1
    /// How long its work takes once its turn has come, by kind.
    package nonisolated let latencies = DurationMeters()
    private let reader: StoreReader
    private let longReader: StoreReader
    private let executor = QueueExecutor(label: "swarmkeeper.history")

    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        executor.asUnownedSerialExecutor()
    }

    /// Opens the file, makes it when it is not there, takes over what a killed process has left in
    /// its log, looks for damage, and brings an older file up to date.
    ///
    /// - Parameters:
    ///   - auditKeys: with which the records of what is done are signed.
    ///   - encryptionKeys: for what is kept encrypted.
    ///   - fileSystem: SQLite's name of the layer below it, for tests; nil is the system's.
    /// - Throws: `ControlPlaneError.store` when it cannot be opened, is damaged, or is newer than
    ///   this program. The file is then as it was.
    package init(
        path: String, logger: Logger, auditKeys: AuditKeys = AuditKeys(),
        encryptionKeys: EncryptionKeys = EncryptionKeys(), fileSystem: String? = nil
    ) throws(ControlPlaneError) {
        let file = StoreFile(path: path, isWritten: true, fileSystem: fileSystem)
        let readFile = StoreFile(path: path, isWritten: false, fileSystem: fileSystem)
        self.logger = logger
        self.encryptionKeys = encryptionKeys
        auditChain = AuditChain(auditKeys, logger)
        writer = StoreConnection(file, try StoreOpening(file, logger).open(), logger: logger)
        reader = StoreReader(readFile, label: "swarmkeeper.history.reads", logger: logger)
        longReader = StoreReader(readFile, label: "swarmkeeper.history.long", logger: logger)
    }

    /// Runs a piece of SQLite work on the writer's connection.
    func perform<T>(
        file: String = #fileID, as name: String = #function, _ work: (Connection) throws -> T
    ) throws(ControlPlaneError) -> T {
        try writer.use { connection in try timed(file, name) { try work(connection) } }
    }

    /// The same, all or nothing.
    func transact<T>(
        file: String = #fileID, as name: String = #function, _ work: (Connection) throws -> T
    ) throws(ControlPlaneError) -> T {
        var isCommitted = false
        defer { AuditDraft.current?.settle(isCommitted: isCommitted) }
        let result = try perform(file: file, as: name) { connection in
            try connection.transaction { try work(connection) }
        }
        isCommitted = true
        return result
    }

    /// Answers a question about one thing, or a few: behind no write, list or series.
    nonisolated func read<T: Sendable>(
        file: String = #fileID, as name: String = #function,
        _ work: @Sendable (Connection) throws -> T
    ) async throws(ControlPlaneError) -> T {
        try await reader.read { connection in try timed(file, name) { try work(connection) } }
    }

    /// Answers a question whose answer is as long as the history is.
    nonisolated func readMuch<T: Sendable>(
        file: String = #fileID, as name: String = #function,
        _ work: @Sendable (Connection) throws -> T
    ) async throws(ControlPlaneError) -> T {
        try await longReader.read { connection in
            try timed(file, name) { try work(connection) }
        }
    }

    private nonisolated func timed<T>(
        _ file: String, _ name: String, _ work: () throws -> T
    ) rethrows -> T {
        let start = ContinuousClock.now
        defer { latencies.record(.now - start, of: Self.operation(file, name)) }
        return try work()
    }

    /// What a function is called in figures: `runs.save` for `save(_:numbers:)` of
    /// `HistoryStore+Runs.swift`.
    static func operation(_ file: String, _ function: String) -> String {
        let aspect = file.split(separator: "/").last?.split(separator: ".").first?
            .split(separator: "+").last
        let name = function.prefix { $0 != "(" }
        return "\((aspect ?? "").lowercased()).\(name)"
    }

    /// Puts what is in the log into the file, so that it is complete in itself. What is asked for
    /// later opens it again.
    package func close() async {
        await reader.close()
        await longReader.close()
        writer.close()
    }

    /// How far the store is behind; the longest waits are those since the last call.
    package nonisolated func lag() -> StoreLag {
        StoreLag(
            writes: executor.lag(), observations: observations.lag(), reads: reader.lag(),
            longReads: longReader.lag())
    }
}

extension HistoryStore {
    /// A write this fresh shows that the store takes writes.
    static let probeAfter = Duration.seconds(10)

    /// Whether the store takes writes: tried where nobody has written lately, or the last one
    /// failed.
    package func check() throws(ControlPlaneError) {
        if writer.failure == nil, let last = writer.lastSuccess,
            ContinuousClock.now < last + Self.probeAfter
        {
            return
        }
        // The same number again: a write that changes nothing.
        try perform { connection in
            try connection.execute("PRAGMA user_version=\(Schema.migrations.count)")
        }
    }
}
