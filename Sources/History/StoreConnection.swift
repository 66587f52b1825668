import ControlPlane
import Foundation
import Logging
import SQLite

/// A connection that is opened anew where a failure asks for it. Not Sendable: it belongs to the
/// actor that uses it.
final class StoreConnection {
    /// How long a write waits for another process: longer than any of ours takes, and short,
    /// because stops wait behind it.
    static let busyTimeoutMilliseconds: Int32 = 2000
    /// The same while the file is known to be held.
    static let busyTimeoutWhileLockedMilliseconds: Int32 = 50
    /// What comes this soon after the file was found held is refused without another try, so that a
    /// queue of writes does not wait for it one by one.
    static let refusalAfterLocked = Duration.milliseconds(250)

    private let file: StoreFile
    private let logger: Logger
    private var connection: Connection?
    private(set) var failure: StoreFailure?
    private var failingSince = ContinuousClock.now
    private var lastFailure = ContinuousClock.now
    /// When it last did what it was asked.
    private(set) var lastSuccess: ContinuousClock.Instant?

    /// - Parameter connection: nil is opened when it is first needed.
    init(_ file: StoreFile, _ connection: Connection? = nil, logger: Logger) {
        self.file = file
        self.connection = connection
        self.logger = logger
    }

    /// Runs a piece of SQLite work; the one place that turns its errors into the domain's.
    func use<T>(_ work: (Connection) throws -> T) throws(ControlPlaneError) -> T {
        if let failure, failure.kind == .locked,
            ContinuousClock.now < lastFailure + Self.refusalAfterLocked
        {
            throw .store(failure)
        }
        do {
            let connection = try ready()
            if file.isWritten, connection.hasMoved {
                throw StoreFailure(.moved, "\(file.path) is not the file that was opened")
            }
            let result = try work(connection)
            noteSuccess()
            return result
        } catch let error as ControlPlaneError {
            throw error
        } catch {
            throw .store(note(file.failure(error)))
        }
    }

    /// The last connection of all that closes puts the log into the file.
    func close() { connection = nil }

    private func ready() throws -> Connection {
        if let connection { return connection }
        let opened = try file.open()
        connection = opened
        return opened
    }

    private func noteSuccess() {
        lastSuccess = .now
        guard let before = failure else { return }
        failure = nil
        connection?.waitWhenBusy(milliseconds: Self.busyTimeoutMilliseconds)
        logger.info(
            "store works again",
            [
                "file": .string(file.path), "kind": .string(before.kind.rawValue),
                "seconds": .double((ContinuousClock.now - failingSince) / .seconds(1)),
            ])
    }

    private func note(_ found: StoreFailure) -> StoreFailure {
        lastFailure = .now
        switch found.kind {
        case .other, .overloaded, .moved: break
        case .diskFull: break  // The next write finds out by itself whether there is room.
        case .locked:
            connection?.waitWhenBusy(milliseconds: Self.busyTimeoutWhileLockedMilliseconds)
        case .readOnly, .ioError, .corrupt, .unreachable:
            // What SQLite has in memory of the file, and how it has opened it, may be wrong by now.
            connection = nil
        }
        if let left = connection, left.isInTransaction { connection = nil }
        // A mistake of ours in one statement says nothing about the store.
        guard found.kind != .other else { return found }
        if failure == nil { failingSince = .now }
        if failure?.kind != found.kind {
            logger.error(
                "store failed", found.logFields.merging(["file": .string(file.path)]) { $1 })
        }
        failure = found
        return found
    }
}
