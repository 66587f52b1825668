import ControlPlane
import Crypto
import Foundation
import JSON
import SQLite

extension HistoryStore {
    package func insert(_ webhook: Webhook, _ secrets: WebhookSecrets) throws(ControlPlaneError) {
        let (key, sealed) = try seal(secrets, of: webhook.id)
        try transact { connection in
            let count = try connection.first(
                "SELECT count(*) FROM webhooks WHERE tenant_id = ?", [.text(webhook.tenantID)]
            ) { try $0.int(0) }
            guard count ?? 0 < Webhook.countMax else {
                throw ControlPlaneError.tooManyWebhooks(max: Webhook.countMax)
            }
            _ = try connection.run(
                """
                INSERT INTO webhooks (id, tenant_id, env_id, load_test_id, kind, name, events,
                    recipients, receiver, key_id, sealed, created_at, created_by, updated_at,
                    updated_by)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    .text(webhook.id.text), .text(webhook.tenantID), Coding.text(webhook.envID),
                    Coding.text(webhook.loadTestID?.text), .text(webhook.kind.rawValue),
                    .text(webhook.name), try Coding.json(webhook.events.map(\.rawValue).sorted()),
                    try Coding.json(webhook.recipients), .text(webhook.receiver), .text(key),
                    .blob(sealed), Coding.milliseconds(webhook.createdAt),
                    .text(webhook.createdBy), Coding.milliseconds(webhook.updatedAt),
                    .text(webhook.updatedBy),
                ])
            try record(
                AuditChange(
                    "webhook.create", of: webhook.subject, after: webhook.audited,
                    at: webhook.createdAt), connection)
        }
    }

    package nonisolated func webhook(_ id: WebhookID, in scope: Scope)
        async throws(ControlPlaneError) -> Webhook?
    {
        try await read { connection in try Self.webhook(id, in: scope, connection) }
    }

    package nonisolated func webhooks(_ query: WebhookQuery) async throws(ControlPlaneError)
        -> Page<Webhook>
    {
        try await readMuch { connection in
            var filter = Filter()
            filter.require(query.scope)
            filter.require("tenant_id", equals: query.tenantID)
            let list = ListQuery(
                table: "webhooks", columns: Self.webhookColumns, filter: filter,
                column: "created_at", isDescending: true, isNumber: true, page: query.page)
            return try list.page(connection, item: Self.webhook)
        }
    }

    package func change(
        _ id: WebhookID, in scope: Scope, to change: WebhookChange, by actor: String, at now: Date
    ) throws(ControlPlaneError) -> Webhook {
        let changed = try transact { connection in
            guard let old = try Self.webhook(id, in: scope, connection) else {
                throw ControlPlaneError.unknownWebhook(id)
            }
            var new = old
            new.apply(change, by: actor, at: now)
            _ = try connection.run(
                """
                UPDATE webhooks SET name = ?, events = ?, recipients = ?, receiver = ?,
                    updated_at = ?, updated_by = ? WHERE id = ?
                """,
                [
                    .text(new.name), try Coding.json(new.events.map(\.rawValue).sorted()),
                    try Coding.json(new.recipients), .text(new.receiver),
                    Coding.milliseconds(now), .text(actor), .text(id.text),
                ])
            try Self.save(new.health, of: id, connection)
            if new.health.isEnabled, !old.health.isEnabled {
                try Self.giveUpStale(of: id, at: now, connection)
            }
            if change.url != nil || change.secret != nil {
                try changeSecrets(of: id, change, at: now, connection)
            }
            let kind = change.secret == nil ? "webhook.change" : "webhook.rotateSecret"
            try record(
                AuditChange(
                    kind, of: old.subject, before: old.audited,
                    after: new.audited(changing: change), at: now), connection)
            return new
        }
        // What has waited while it was disabled.
        outboxBell.ring()
        return changed
    }

    package func deleteWebhook(_ id: WebhookID, in scope: Scope, at now: Date)
        throws(ControlPlaneError)
    {
        try transact { connection in
            guard let old = try Self.webhook(id, in: scope, connection) else {
                throw ControlPlaneError.unknownWebhook(id)
            }
            _ = try connection.run("DELETE FROM webhooks WHERE id = ?", [.text(id.text)])
            try record(
                AuditChange("webhook.delete", of: old.subject, before: old.audited, at: now),
                connection)
        }
    }

    private func changeSecrets(
        of id: WebhookID, _ change: WebhookChange, at now: Date, _ connection: Connection
    ) throws {
        let stored = try connection.first(
            "SELECT key_id, sealed FROM webhooks WHERE id = ?", [.text(id.text)]
        ) { (key: try $0.text(0), sealed: try $0.blob(1)) }
        guard let stored,
            var secrets = try encryptionKeys.open(stored.sealed, by: stored.key, of: id)
        else { throw ControlPlaneError.noEncryptionKey }
        if let url = change.url { secrets.url = url }
        if let secret = change.secret { secrets.rotate(to: secret, at: now) }
        let (key, sealed) = try seal(secrets, of: id)
        _ = try connection.run(
            "UPDATE webhooks SET key_id = ?, sealed = ? WHERE id = ?",
            [.text(key), .blob(sealed), .text(id.text)])
    }

    /// What has waited for a disabled webhook until it was news to nobody.
    private static func giveUpStale(of id: WebhookID, at now: Date, _ connection: Connection) throws
    {
        let oldest = now.addingTimeInterval(-(RetrySchedule.ageMax / .seconds(1)))
        _ = try connection.run(
            """
            UPDATE webhook_deliveries SET state = ?, next_at = NULL
            WHERE webhook_id = ? AND next_at IS NOT NULL AND queued_at < ?
            """,
            [
                .text(Delivery.State.failed.rawValue), .text(id.text),
                Coding.milliseconds(oldest),
            ])
    }

    private func seal(_ secrets: WebhookSecrets, of id: WebhookID) throws(ControlPlaneError)
        -> (key: String, sealed: [UInt8])
    {
        guard let key = encryptionKeys.current else { throw .noEncryptionKey }
        guard case .text(let text) = try Coding.json(secrets) else { throw .noEncryptionKey }
        return (key.id, key.seal(Array(text.utf8), for: WebhookTable.place(of: id)))
    }

    /// Seals anew with the current key what an earlier one has sealed. To be called at the start.
    ///
    /// - Returns: the webhooks whose secrets no key opens; those stay as they are.
    package func renewWebhookSecrets() throws(ControlPlaneError) -> [String] {
        try transact { connection in
            let rows = try connection.query("SELECT id, key_id, sealed FROM webhooks ORDER BY id") {
                (id: WebhookID(try $0.text(0)), key: try $0.text(1), sealed: try $0.blob(2))
            }
            var unopened: [String] = []
            for row in rows {
                guard let secrets = try encryptionKeys.open(row.sealed, by: row.key, of: row.id)
                else {
                    unopened.append(row.id.text)
                    continue
                }
                guard let current = encryptionKeys.current, current.id != row.key else { continue }
                let (key, sealed) = try seal(secrets, of: row.id)
                _ = try connection.run(
                    "UPDATE webhooks SET key_id = ?, sealed = ? WHERE id = ?",
                    [.text(key), .blob(sealed), .text(row.id.text)])
            }
            return unopened
        }
    }
}

extension HistoryStore {
    static let webhookColumns = """
        id, tenant_id, env_id, load_test_id, kind, name, events, recipients, receiver, created_at,
        created_by, updated_at, updated_by, disabled_reason, disabled_at, failing_since, failures,
        last_delivered_at, dropped
        """
    /// How many those are.
    static let webhookColumnCount = 19

    static func webhook(_ id: WebhookID, in scope: Scope, _ connection: Connection) throws
        -> Webhook?
    {
        var filter = Filter()
        filter.require("id = ?", .text(id.text))
        filter.require(scope)
        return try connection.first(
            "SELECT \(webhookColumns) FROM webhooks \(filter.clause)", filter.values
        ) { try webhook($0, from: 0) }
    }

    /// Reads `webhookColumns`, the first of which is number `start`.
    static func webhook(_ row: Row, from start: Int) throws -> Webhook {
        guard let kind = Webhook.Kind(rawValue: try row.text(start + 4)) else {
            throw ControlPlaneError.store("a webhook is of an unknown kind")
        }
        let events = try Coding.decode([String].self, row.text(start + 6))
        var webhook = Webhook(
            id: WebhookID(try row.text(start)), tenantID: try row.text(start + 1),
            envID: try row.optionalText(start + 2),
            loadTestID: try row.optionalText(start + 3).map(LoadTestID.init), kind: kind,
            name: try row.text(start + 5), events: Set(events.compactMap(Notice.Kind.init)),
            receiver: try row.text(start + 8),
            recipients: try Coding.decode([String].self, row.text(start + 7)),
            createdAt: Coding.date(try row.int(start + 9)), createdBy: try row.text(start + 10),
            updatedAt: Coding.date(try row.int(start + 11)), updatedBy: try row.text(start + 12))
        webhook.health.disabledReason = try row.optionalText(start + 13)
        webhook.health.disabledAt = try row.optionalInt(start + 14).map(Coding.date)
        webhook.health.failingSince = try row.optionalInt(start + 15).map(Coding.date)
        webhook.health.failures = try row.int(start + 16)
        webhook.health.lastDeliveredAt = try row.optionalInt(start + 17).map(Coding.date)
        webhook.health.droppedCount = try row.int(start + 18)
        return webhook
    }

    static func save(_ health: Webhook.Health, of id: WebhookID, _ connection: Connection) throws {
        func time(_ date: Date?) -> Value { date.map { Coding.milliseconds($0) } ?? .null }
        _ = try connection.run(
            """
            UPDATE webhooks SET disabled_reason = ?, disabled_at = ?, failing_since = ?,
                failures = ?, last_delivered_at = ? WHERE id = ?
            """,
            [
                Coding.text(health.disabledReason), time(health.disabledAt),
                time(health.failingSince), .int(Int64(health.failures)),
                time(health.lastDeliveredAt), .text(id.text),
            ])
    }
}

/// What the parts of the store that are about webhooks share.
enum WebhookTable {
    /// Sealed values belong to one row of one table.
    static func place(of id: WebhookID) -> String { "webhooks/\(id)" }
}

extension EncryptionKeys {
    /// Nil where no key opens them.
    func open(_ sealed: [UInt8], by key: String, of id: WebhookID) throws(ControlPlaneError)
        -> WebhookSecrets?
    {
        guard let content = self.key(key)?.open(sealed, for: WebhookTable.place(of: id)) else {
            return nil
        }
        return try Coding.decode(
            WebhookSecrets.self, String(decoding: content, as: UTF8.self))
    }
}

extension Webhook {
    var subject: AuditSubject {
        AuditSubject("webhook", id.text, tenant: tenantID, env: envID)
    }

    var audited: JSONValue { .object(auditedMembers) }

    /// The same with a word about what is not shown.
    func audited(changing change: WebhookChange) -> JSONValue {
        var members = auditedMembers
        if change.url != nil { members["url"] = .string("***") }
        if change.secret != nil { members["secret"] = .string("***") }
        return .object(members)
    }

    private var auditedMembers: [String: JSONValue] {
        var members: [String: JSONValue] = [
            "name": .string(name), "kind": .string(kind.rawValue),
            "events": .array(events.map(\.rawValue).sorted().map { .string($0) }),
            "enabled": .bool(health.isEnabled),
        ]
        members["envId"] = envID.map { .string($0) }
        members["loadTestId"] = loadTestID.map { .string($0.text) }
        if !receiver.isEmpty { members["receiver"] = .string(receiver) }
        if !recipients.isEmpty {
            members["recipients"] = .array(recipients.map { .string($0) })
        }
        members["disabledReason"] = health.disabledReason.map { .string($0) }
        return members
    }
}
