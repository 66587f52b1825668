import ControlPlane
import Foundation
import HTTP
import JSON

enum AuditHandlers {
    static func list(_ call: Call) async throws(Problem) -> Response {
        let page = try Pages.request(call)
        let (records, next) = try await records(call, limit: page.limit, after: page.after)
        return Pages.response(Page(items: records, next: next), call) {
            AuditText.json($0, in: call.scope)
        }
    }

    /// One page after the other, because a trail can be longer than memory.
    static func export(_ call: Call) async throws(Problem) -> Response {
        let format = call.query("format").flatMap(AuditText.Format.init) ?? .ndjson
        let limit = call.query("limit").flatMap { Int($0) } ?? exportDefault
        let page = try Pages.request(call)
        let (records, next) = try await records(call, limit: limit, after: page.after)
        var body = page.after == nil ? AuditText.head(format) : ""
        for record in records { body += AuditText.line(record, format, in: call.scope) }
        var headers: HeaderFields = ["Content-Type": "\(format.mediaType); charset=utf-8"]
        if let next { headers.set("X-Next-Cursor", Pages.cursor(next, call)) }
        return Response(status: 200, headers: headers, body: Array(body.utf8))
    }

    static let exportDefault = 1_000

    private static func records(_ call: Call, limit: Int, after: PageMark?)
        async throws(Problem) -> ([AuditRecord], PageMark?)
    {
        var query = AuditQuery(scope: call.scope, limit: limit + 1)
        query.tenantID = call.query("tenantId")
        query.by = call.query("by")
        query.action = call.query("action")
        query.outcome = call.query("outcome").flatMap(AuditEntry.Outcome.init)
        query.from = call.query("from").flatMap(Timestamp.parse)
        query.to = call.query("to").flatMap(Timestamp.parse)
        query.objectID = call.query("objectId")
        query.isNewestFirst = Pages.order(call) != "number"
        query.after = after.flatMap { Int($0.value) }
        let wanted = query
        let found = try await call.perform { () async throws(ControlPlaneError) in
            try await call.services.audit.records(wanted)
        }
        let items = Array(found.prefix(limit))
        guard found.count > limit, let last = items.last else { return (items, nil) }
        return (items, PageMark(value: "\(number(of: last, call))", id: ""))
    }

    /// The end of the chain, or of the tenant's part of it, to be kept elsewhere.
    static func head(_ call: Call) async throws(Problem) -> Response {
        let last = try await call.perform { () async throws(ControlPlaneError) in
            try await call.services.audit.records(AuditQuery(scope: call.scope, limit: 1)).first
        }
        return .json(
            200,
            .object([
                "number": JSONValue(last.map { number(of: $0, call) } ?? 0),
                "hash": JSONValue(last?.hash),
            ]))
    }

    private static func number(of record: AuditRecord, _ call: Call) -> Int {
        call.scope.tenantID == nil ? record.number : record.tenantNumber ?? 0
    }
}

extension Parameters {
    static let audit =
        auditFilters + [auditOrder] + page

    static let auditExport =
        auditFilters + [
            auditOrder,
            .init(
                name: "format", schema: .oneOf(AuditText.Format.allCases.map(\.rawValue)),
                description: "ndjson, a JSON object on each line, by default; or csv"),
            .init(
                name: "limit", schema: .integer(1...AuditQuery.exportMax),
                description: "Records; \(AuditHandlers.exportDefault) by default"),
            .init(
                name: "cursor", schema: .text(1, max: 2000),
                description: "X-Next-Cursor of the answer before; an answer without one is the "
                    + "last"),
        ]

    private static let auditOrder = QueryParameter(
        name: "sort", schema: .oneOf(["number", "-number"]),
        description: "Order; -number, newest first, by default")

    private static let auditFilters: [QueryParameter] = [
        .init(name: "tenantId", schema: .text(1, max: 100), description: "Of this tenant"),
        .init(name: "by", schema: .text(1, max: 200), description: "Done by this name"),
        .init(
            name: "action", schema: .text(1, max: 100),
            description: "What was done, such as run.start"),
        .init(
            name: "outcome", schema: .oneOf(AuditEntry.Outcome.allCases.map(\.rawValue)),
            description: "What became of it"),
        .init(
            name: "objectId", schema: .text(1, max: 100),
            description: "About the run, load test or other object with this id"),
        .init(name: "from", schema: .timestamp, description: "At this time or later"),
        .init(name: "to", schema: .timestamp, description: "Before this time"),
    ]
}

extension Schemas {
    static let auditPage = page("AuditPage", of: auditRecord)

    static let auditHead = ObjectSchema(
        "AuditHead",
        [
            required("number", .count, "Of the last record; 0 before the first"),
            required(
                "hash", .nullable(.text(max: 64)),
                "Its hash, as swarmkeeper audit verify --head takes it"),
        ])

    private static let auditRecord = ObjectSchema(
        "AuditRecord",
        [
            required(
                "number", .nullable(.count),
                "From 1 without gaps; of a tenant's records where the caller sees one tenant"),
            required("at", .timestamp, "When; of several the first"),
            required("until", .nullable(.timestamp), "When the last of several was"),
            required("count", .count, "How often; refusals that are alike are counted"),
            required("by", .text(max: 1_100), "The name of who did it; empty for anonymous"),
            required(
                "byKind", .oneOf(AuditActor.Kind.allCases.map(\.rawValue)), "What proves the name"),
            required(
                "byTenantId", .nullable(.text(max: 1_100)),
                "Whose name it is; null for the "
                    + "service's"),
            required("action", .text(max: 100), "What was done to what, such as loadTest.replace"),
            required(
                "outcome", .oneOf(AuditEntry.Outcome.allCases.map(\.rawValue)),
                "refused: nothing has changed; failed: it could not be done, or nobody knows; "
                    + "replayed: an earlier answer was given again"),
            required("status", .nullable(.integer(100...599)), "Of the answer, where known"),
            required("code", .nullable(.text(max: 100)), "Of the problem that was answered"),
            required("tenantId", .nullable(.text(max: 1_100)), "Whose record it is"),
            required("envId", .nullable(.text(max: 1_100)), "Of the object"),
            required("objectKind", .nullable(.text(max: 1_100)), "Such as run"),
            required("objectId", .nullable(.text(max: 1_100)), "Of what it was done to"),
            required("address", .text(max: 1_100), "From where; empty for the service itself"),
            required("requestId", .text(max: 1_100), "X-Request-ID of the answer"),
            required("detail", .text(max: 1_100), "In words"),
            required(
                "before", .nullable(.anyObject(bytesMax: 262_144)),
                "What was before, without secrets"),
            required(
                "after", .nullable(.anyObject(bytesMax: 262_144)), "What was after, without secrets"
            ),
            required(
                "hash", .text(64, max: 64), "Over this record and the hash of the one before it"),
        ])
}
