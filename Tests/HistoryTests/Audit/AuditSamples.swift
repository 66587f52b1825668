import ControlPlane
import Foundation
import JSON
import SQLite

@testable import History

extension AuditActor {
    static let ci = AuditActor(.token, "ci", of: "tenant-1")
    static let root = AuditActor(.token, "administrator")
}

extension AuditEntry {
    static func sample(
        _ action: String = "cluster.change", by actor: AuditActor = .ci, at second: Double = 0,
        about subject: AuditSubject? = AuditSubject("cluster", "c", tenant: "tenant-1", env: "dev")
    ) -> AuditEntry {
        var entry = AuditEntry(action, by: actor, at: epoch + second)
        entry.subject = subject
        entry.address = "10.0.0.7"
        entry.requestID = "request-1"
        return entry
    }

    /// With something in every column.
    static var full: AuditEntry {
        var entry = sample(at: 3)
        entry.until = epoch + 9
        entry.count = 4
        entry.outcome = .refused
        (entry.status, entry.code) = (403, "forbidden")
        entry.before = .object(["state": .string("old"), "n": .int(1)])
        entry.after = .object(["state": .string("new"), "list": .array([.null, .bool(true)])])
        entry.detail = "in words: ä, \u{1F98A}, \n and '"
        return entry
    }
}

/// A file with some records, opened as somebody would who wants to change them.
struct TamperedStore {
    let home: StoreFolder
    let connection: Connection
    let keys: AuditKeys

    /// Six records, of every kind.
    init(keys: AuditKeys = AuditKeys()) async throws {
        self.keys = keys
        home = try StoreFolder(auditKeys: keys)
        try await home.store.append([
            .sample(), .full, .sample("service.start", by: .service, at: 1, about: nil),
        ])
        try await home.store.append([.sample(by: .root, at: 5), .sample("x.y", at: 6), .full])
        connection = try Connection(path: home.path)
        for trigger in [
            "audit_records_are_in_order", "audit_records_stay", "audit_records_are_kept",
            "audit_head_goes_on", "audit_head_is_kept",
        ] {
            try connection.execute("DROP TRIGGER \(trigger)")
        }
        try connection.execute("DROP INDEX audit_records_of_tenant")
    }

    func verified(keeping kept: String? = nil, with keys: AuditKeys? = nil) throws
        -> AuditVerification
    {
        try AuditVerification(connection, keys: keys ?? self.keys, kept: kept)
    }

    /// What is found after `change`, which is then undone.
    func faults(keeping kept: String? = nil, after change: () throws -> Void) throws
        -> [String]
    {
        struct Undone: Error {}
        var faults: [String] = []
        do {
            try connection.transaction {
                try change()
                faults = try verified(keeping: kept).faults
                throw Undone()
            }
        } catch is Undone {}
        return faults
    }

    func values(of number: Int) throws -> [Value] {
        try connection.first(
            "SELECT \(AuditTable.list) FROM audit_records WHERE number = ?", [.int(number)]
        ) { row in try (0...AuditTable.columns.count).map { try row.value($0) } } ?? []
    }

    /// Writes a record with the hash that its values would have without a key.
    func forge(_ values: [Value]) throws {
        let content = Array(values[..<AuditTable.columns.count])
        let hash = AuditKeys.hash(AuditTable.message(of: content), nil)
        try connection.run(
            "REPLACE INTO audit_records (\(AuditTable.list)) VALUES (\(AuditTable.places))",
            content + [.blob(hash)])
    }
}
