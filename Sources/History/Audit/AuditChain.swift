import ControlPlane
import Crypto
import Foundation
import JSON
import Logging
import SQLite

/// Adds records to the chain in a store's file: each one's hash covers what is in it and the hash
/// of the one before, so that none can be changed, taken out or put in between unnoticed.
struct AuditChain: Sendable {
    /// Longer texts are cut: a record says who did what, and is kept for ever.
    static let textBytesMax = 1_000

    private let keys: AuditKeys
    private let logger: Logger

    /// - Parameter logger: whose secrets no record shows.
    init(_ keys: AuditKeys, _ logger: Logger) {
        self.keys = keys
        self.logger = logger
    }

    /// To be called inside a transaction, by the one that makes what is recorded.
    func append(_ entry: AuditEntry, _ connection: Connection) throws {
        let last = try connection.first(
            "SELECT number, hash FROM audit_records ORDER BY number DESC LIMIT 1"
        ) { (number: try $0.int(0), hash: try $0.blob(1)) }
        let number = (last?.number ?? 0) + 1
        var values: [Value] = [
            .int(number), try tenantNumber(entry.tenantID, connection),
            Coding.milliseconds(entry.at), entry.until.map { Coding.milliseconds($0) } ?? .null,
            .int(entry.count), .text(entry.actor.kind.rawValue), text(entry.actor.name),
            text(entry.actor.tenantID), text(entry.address), text(entry.requestID),
            .text(entry.action), .text(entry.outcome.rawValue), Value(entry.status),
            Value(entry.code), text(entry.tenantID), text(entry.subject?.envID),
            text(entry.subject?.kind), text(entry.subject?.id), json(entry.before),
            json(entry.after), text(entry.detail), Value(keys.current?.id),
            .blob(last?.hash ?? AuditTable.root),
        ]
        let hash = AuditKeys.hash(AuditTable.message(of: values), keys.current)
        values.append(.blob(hash))
        try connection.run(
            "INSERT INTO audit_records (\(AuditTable.list)) VALUES (\(AuditTable.places))", values)
        try connection.run(
            """
            INSERT INTO audit_head (id, number, hash, code) VALUES (1, ?, ?, ?)
            ON CONFLICT (id) DO UPDATE
            SET number = excluded.number, hash = excluded.hash, code = excluded.code
            """,
            [
                .int(number), .blob(hash),
                .blob(AuditKeys.hash(AuditTable.message(ofHead: number, hash), keys.current)),
            ])
    }

    private func tenantNumber(_ tenant: String?, _ connection: Connection) throws -> Value {
        guard let tenant else { return .null }
        let last = try connection.first(
            "SELECT max(tenant_number) FROM audit_records WHERE tenant_id = ?", [text(tenant)]
        ) { try $0.optionalInt(0) }
        return .int(((last ?? nil) ?? 0) + 1)
    }

    private func text(_ text: String?) -> Value { text.map { .text(masked($0)) } ?? .null }

    private func json(_ value: JSONValue?) -> Value {
        value.map { .text(String(decoding: masked($0).encodedBytes, as: UTF8.self)) } ?? .null
    }

    private func masked(_ text: String) -> String {
        logger.masked(text, bytesMax: Self.textBytesMax)
    }

    private func masked(_ value: JSONValue) -> JSONValue {
        switch value {
        case .string(let text): .string(masked(text))
        case .array(let items): .array(items.map(masked))
        case .object(let members): .object(members.mapValues(masked))
        case .null, .bool, .int, .double: value
        }
    }
}
