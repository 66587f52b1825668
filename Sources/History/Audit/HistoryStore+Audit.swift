import ControlPlane
import Crypto
import Foundation
import JSON
import SQLite

extension HistoryStore: AuditTrail {
    package func append(_ entries: [AuditEntry]) throws(ControlPlaneError) {
        try transact { connection in
            for entry in entries { try auditChain.append(entry, connection) }
        }
    }

    package nonisolated func records(_ query: AuditQuery) async throws(ControlPlaneError)
        -> [AuditRecord]
    {
        try await readMuch { connection in try AuditTable.records(query, connection) }
    }

    package nonisolated func auditHead() async throws(ControlPlaneError) -> AuditHead? {
        try await read { connection in try AuditTable.last(connection) }
    }
}

extension HistoryStore {
    /// Records a change in the transaction that makes it, so that there is neither without the
    /// other: as what was asked for where somebody did, else as the service's own doing.
    func record(_ change: AuditChange, _ connection: Connection) throws {
        let entry =
            AuditDraft.current?.entry(storing: change)
            ?? AuditEntry(change, by: .service, at: Date())
        try auditChain.append(entry, connection)
    }

    /// The same for what has become of a run; most of it is news, which its timeline tells.
    func record(_ run: Run, since progress: String, _ connection: Connection) throws {
        let old = try Coding.decode(Run.Progress.self, progress)
        guard let action = run.progress.action(since: old) else { return }
        try record(
            AuditChange(
                action, of: .run(run), before: old.audited, after: run.progress.audited,
                run.endDetail ?? "", at: run.audit.updatedAt), connection)
    }
}

extension AuditTable {
    static func last(_ connection: Connection) throws -> AuditHead? {
        try connection.first(
            "SELECT number, hash FROM audit_records ORDER BY number DESC LIMIT 1"
        ) { AuditHead(number: try $0.int(0), hash: Bytes.hex(try $0.blob(1))) }
    }

    static func records(_ query: AuditQuery, _ connection: Connection) throws -> [AuditRecord] {
        var filter = Filter()
        filter.require(query.scope)
        filter.require("tenant_id", equals: query.tenantID)
        filter.require("actor", equals: query.by)
        filter.require("action", equals: query.action)
        filter.require("outcome", equals: query.outcome?.rawValue)
        filter.require("object_id", equals: query.objectID)
        if let from = query.from { filter.require("time >= ?", Coding.milliseconds(from)) }
        if let to = query.to { filter.require("time < ?", Coding.milliseconds(to)) }
        let number = query.scope.tenantID == nil ? "number" : "tenant_number"
        if let after = query.after {
            filter.require("\(number) \(query.isNewestFirst ? "<" : ">") ?", .int(after))
        }
        return try connection.query(
            """
            SELECT \(list) FROM audit_records \(filter.clause)
            ORDER BY \(number) \(query.isNewestFirst ? "DESC" : "ASC") LIMIT ?
            """, filter.values + [.int(query.limit)], record)
    }

    private static func record(_ row: Row) throws -> AuditRecord {
        let tenantNumber = try row.optionalInt(1)
        return AuditRecord(
            number: try row.int(0), tenantNumber: tenantNumber, entry: try entry(row),
            hash: Bytes.hex(try row.blob(23)))
    }

    /// By the order of `columns`.
    private static func entry(_ row: Row) throws -> AuditEntry {
        let (kind, outcome) = (try row.text(5), try row.text(11))
        guard let kind = AuditActor.Kind(rawValue: kind),
            let outcome = AuditEntry.Outcome(rawValue: outcome)
        else { throw ControlPlaneError.store("an audit record is of an unknown kind") }
        let actor = AuditActor(kind, try row.text(6), of: try row.optionalText(7))
        var entry = AuditEntry(try row.text(10), by: actor, at: Coding.date(try row.int(2)))
        entry.until = try row.optionalInt(3).map(Coding.date)
        entry.count = try row.int(4)
        (entry.address, entry.requestID) = (try row.text(8), try row.text(9))
        entry.outcome = outcome
        (entry.status, entry.code) = (try row.optionalInt(12), try row.optionalText(13))
        entry.subject = try subject(row)
        entry.before = try row.optionalText(18).map { try JSONReader.document(Array($0.utf8)) }
        entry.after = try row.optionalText(19).map { try JSONReader.document(Array($0.utf8)) }
        entry.detail = try row.text(20)
        return entry
    }

    private static func subject(_ row: Row) throws -> AuditSubject? {
        let (tenant, env) = (try row.optionalText(14), try row.optionalText(15))
        guard let kind = try row.optionalText(16), let id = try row.optionalText(17) else {
            // A record without an object belongs to its actor's tenant.
            return nil
        }
        return AuditSubject(kind, id, tenant: tenant, env: env)
    }
}
