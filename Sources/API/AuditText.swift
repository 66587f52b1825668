import ControlPlane
import Foundation
import JSON
import Reports

/// Audit records as text, for the API and the command line alike.
package enum AuditText {
    package enum Format: String, CaseIterable, Sendable {
        /// A JSON object on each line.
        case ndjson
        /// RFC 4180, with a line of names.
        case csv

        var mediaType: String {
            switch self {
            case .ndjson: "application/x-ndjson"
            case .csv: "text/csv"
            }
        }
    }

    /// - Parameter scope: whose view it is. One tenant is shown the numbers of its own records and
    ///   not those in the chain, which tell how busy others are.
    static func json(_ record: AuditRecord, in scope: Scope) -> JSONValue {
        let entry = record.entry
        let number = scope.tenantID == nil ? record.number : record.tenantNumber
        return .object([
            "hash": .string(record.hash),
            "number": JSONValue(number), "at": JSONValue(entry.at),
            "until": JSONValue(entry.until), "count": JSONValue(entry.count),
            "by": JSONValue(entry.actor.name), "byKind": .string(entry.actor.kind.rawValue),
            "byTenantId": JSONValue(entry.actor.tenantID), "action": .string(entry.action),
            "outcome": .string(entry.outcome.rawValue), "status": JSONValue(entry.status),
            "code": JSONValue(entry.code), "tenantId": JSONValue(entry.tenantID),
            "envId": JSONValue(entry.subject?.envID),
            "objectKind": JSONValue(entry.subject?.kind), "objectId": JSONValue(entry.subject?.id),
            "address": .string(entry.address), "requestId": .string(entry.requestID),
            "detail": .string(entry.detail), "before": entry.before ?? .null,
            "after": entry.after ?? .null,
        ])
    }

    static let columns = [
        "number", "at", "until", "count", "byKind", "by", "byTenantId", "action", "outcome",
        "status", "code", "tenantId", "envId", "objectKind", "objectId", "address", "requestId",
        "detail", "before", "after", "hash",
    ]

    /// A time as the API takes it; nil for any other text.
    package static func time(_ text: String) -> Date? { Timestamp.parse(text) }

    /// What comes before the first record.
    package static func head(_ format: Format) -> String {
        format == .csv ? columns.joined(separator: ",") + "\r\n" : ""
    }

    package static func line(_ record: AuditRecord, _ format: Format, in scope: Scope) -> String {
        let json = json(record, in: scope)
        switch format {
        case .ndjson: return String(decoding: json.encodedBytes, as: UTF8.self) + "\n"
        case .csv: return CSV.line(columns.map { json[$0] })
        }
    }
}
