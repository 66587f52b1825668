import ControlPlane
import SQLite

/// The records in a store's file, live or copied, for whoever has no service to ask.
package struct AuditArchive {
    private let file: StoreFile
    private let connection: Connection

    package init(storePath path: String) throws(ControlPlaneError) {
        file = StoreFile(path: path, isWritten: false, fileSystem: nil)
        do {
            connection = try file.open()
        } catch {
            throw .store(file.failure(error))
        }
    }

    package func records(_ query: AuditQuery) throws(ControlPlaneError) -> [AuditRecord] {
        do {
            return try AuditTable.records(query, connection)
        } catch {
            throw .store(file.failure(error))
        }
    }
}
