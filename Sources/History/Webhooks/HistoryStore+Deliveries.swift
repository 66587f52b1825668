import ControlPlane
import Foundation
import JSON
import SQLite

extension HistoryStore: WebhookStore {
    package nonisolated func deliveries(of webhook: WebhookID, _ page: PageRequest)
        async throws(ControlPlaneError) -> Page<Delivery>
    {
        try await readMuch { connection in
            var filter = Filter()
            filter.require("webhook_id = ?", .text(webhook.text))
            let list = ListQuery(
                table: """
                    webhook_deliveries AS d LEFT JOIN webhook_attempts AS a
                        ON a.delivery_id = d.id AND a.number = d.attempts
                    """,
                columns: "\(Self.deliveryColumns), \(Self.attemptColumns)", filter: filter,
                column: "created_at", isDescending: true, isNumber: true, page: page)
            return try list.page(connection) { row, start in
                var delivery = try Self.delivery(row, from: start)
                let next = start + Self.deliveryColumnCount
                if try row.optionalInt(next) != nil {
                    delivery.lastAttempt = try Self.attempt(row, from: next)
                }
                return delivery
            }
        }
    }

    package nonisolated func delivery(_ id: DeliveryID, of webhook: WebhookID)
        async throws(ControlPlaneError) -> Delivery?
    {
        try await read { connection in
            try connection.first(
                """
                SELECT \(Self.deliveryColumns) FROM webhook_deliveries AS d
                WHERE id = ? AND webhook_id = ?
                """, [.text(id.text), .text(webhook.text)]
            ) { try Self.delivery($0, from: 0) }
        }
    }

    package nonisolated func attempts(at delivery: DeliveryID) async throws(ControlPlaneError)
        -> [Attempt]
    {
        try await read { connection in
            try connection.query(
                """
                SELECT \(Self.attemptColumns) FROM webhook_attempts AS a
                WHERE delivery_id = ? ORDER BY number DESC LIMIT \(Attempt.keptMax)
                """, [.text(delivery.text)]
            ) { try Self.attempt($0, from: 0) }.reversed()
        }
    }

    package func enqueue(_ notice: Notice, as id: DeliveryID, for webhook: WebhookID)
        throws(ControlPlaneError)
    {
        try transact { connection in
            guard try Self.waitingCount(of: webhook, connection) < Delivery.waitingMax else {
                throw ControlPlaneError.outboxFull(max: Delivery.waitingMax)
            }
            try Self.add(notice, as: id, for: webhook, connection)
        }
        outboxBell.ring()
    }

    package func redeliver(_ id: DeliveryID, of webhook: WebhookID, at now: Date)
        throws(ControlPlaneError)
    {
        try transact { connection in
            let isWaiting = try connection.first(
                """
                SELECT next_at IS NOT NULL FROM webhook_deliveries
                WHERE id = ? AND webhook_id = ?
                """,
                [.text(id.text), .text(webhook.text)]
            ) { try $0.int(0) == 1 }
            guard let isWaiting else { throw ControlPlaneError.unknownDelivery(id) }
            let waiting = try Self.waitingCount(of: webhook, connection)
            guard isWaiting || waiting < Delivery.waitingMax else {
                throw ControlPlaneError.outboxFull(max: Delivery.waitingMax)
            }
            _ = try connection.run(
                """
                UPDATE webhook_deliveries SET state = ?, queued_at = ?2, next_at = ?2, tries = 0
                WHERE id = ?3
                """,
                [
                    .text(Delivery.State.pending.rawValue), Coding.milliseconds(now),
                    .text(id.text),
                ])
        }
        outboxBell.ring()
    }

    package nonisolated func dueDeliveries(
        at now: Date, except busy: Set<WebhookID>, limit: Int
    ) async throws(ControlPlaneError) -> [DueDelivery] {
        let keys = encryptionKeys
        return try await read { connection in
            let last = RetrySchedule.retryAfterMax + (RetrySchedule.pauses.last ?? .zero) * 2
            // What waits for longer than any pause was put off by a clock that went back.
            let beyond = now.addingTimeInterval(last / .seconds(1))
            let rows = try connection.query(
                """
                SELECT \(Self.deliveryColumns), w.key_id, w.sealed,
                    \(Self.columns(Self.webhookColumns, of: "w"))
                FROM webhooks AS w JOIN webhook_deliveries AS d ON d.number = (
                    \(Self.firstDue))
                WHERE w.disabled_reason IS NULL
                    AND w.id NOT IN (\(Filter.marks(busy.count)))
                ORDER BY d.next_at, d.number LIMIT ?
                """,
                [Coding.milliseconds(now), Coding.milliseconds(beyond)]
                    + busy.map { .text($0.text) } + [.int(Int64(limit))]
            ) { row in
                let delivery = try Self.delivery(row, from: 0)
                let next = Self.deliveryColumnCount
                let secrets = try keys.open(
                    row.blob(next + 1), by: row.text(next), of: delivery.webhook)
                return DueDelivery(
                    delivery, to: try Self.webhook(row, from: next + 2), secrets)
            }
            return rows
        }
    }

    package nonisolated func nextDelivery(except busy: Set<WebhookID>)
        async throws(ControlPlaneError) -> Date?
    {
        try await read { connection in
            try connection.first(
                """
                SELECT min(d.next_at) FROM webhooks AS w
                JOIN webhook_deliveries AS d ON d.webhook_id = w.id AND d.next_at IS NOT NULL
                WHERE w.disabled_reason IS NULL AND NOT (\(Self.waitsBehind("d")))
                    AND w.id NOT IN (\(Filter.marks(busy.count)))
                """, busy.map { .text($0.text) }
            ) { try $0.optionalInt(0) }.flatMap { $0 }.map(Coding.date)
        }
    }

    package func record(
        _ attempt: Attempt, _ outcome: AttemptOutcome, of delivery: DeliveryID, nextAt: Date?
    ) throws(ControlPlaneError) -> String? {
        try transact { connection in
            let found = try connection.first(
                "SELECT webhook_id, attempts FROM webhook_deliveries WHERE id = ?",
                [.text(delivery.text)]
            ) { (webhook: WebhookID(try $0.text(0)), attempts: try $0.int(1)) }
            // Deleted while it was on its way.
            guard let found,
                let webhook = try Self.webhook(found.webhook, in: .everything, connection)
            else { return nil }
            try Self.add(attempt, number: found.attempts + 1, to: delivery, connection)
            let state: Delivery.State =
                attempt.failure == nil ? .delivered : nextAt == nil ? .failed : .pending
            _ = try connection.run(
                """
                UPDATE webhook_deliveries SET state = ?, next_at = ?, tries = tries + 1,
                    attempts = attempts + 1 WHERE id = ?
                """,
                [
                    .text(state.rawValue), nextAt.map { Coding.milliseconds($0) } ?? .null,
                    .text(delivery.text),
                ])
            if state != .pending { try Self.forgetDone(of: webhook.id, connection) }
            return try noteHealth(of: webhook, attempt, outcome, connection)
        }
    }

    /// - Returns: why the webhook is disabled from now on; nil where it is not.
    private func noteHealth(
        of webhook: Webhook, _ attempt: Attempt, _ outcome: AttemptOutcome,
        _ connection: Connection
    ) throws -> String? {
        var health = webhook.health
        var reason: String?
        if attempt.failure == nil {
            (health.failingSince, health.failures) = (nil, 0)
            health.lastDeliveredAt = attempt.at
        } else {
            health.failingSince = health.failingSince ?? attempt.at
            health.failures += 1
            if health.isEnabled { reason = PauseRule.reason(health, outcome, at: attempt.at) }
        }
        if let reason {
            (health.disabledReason, health.disabledAt) = (reason, attempt.at)
            var disabled = webhook
            disabled.health = health
            try record(
                AuditChange(
                    "webhook.disable", of: webhook.subject, before: webhook.audited,
                    after: disabled.audited, reason, at: attempt.at), connection)
        }
        try Self.save(health, of: webhook.id, connection)
        return reason
    }

    package nonisolated func webhookFigures() async throws(ControlPlaneError) -> WebhookFigures {
        try await readMuch { connection in
            var figures = WebhookFigures()
            figures.pending =
                try connection.first(
                    "SELECT count(*) FROM webhook_deliveries WHERE next_at IS NOT NULL", []
                ) { try $0.int(0) } ?? 0
            let hooks = try connection.first(
                """
                SELECT count(disabled_reason), count(failing_since), coalesce(sum(dropped), 0)
                FROM webhooks
                """, []
            ) { (try $0.int(0), try $0.int(1), try $0.int(2)) }
            (figures.disabled, figures.failing, figures.dropped) = hooks ?? (0, 0, 0)
            return figures
        }
    }

    /// Deletes the deliveries that were done long ago, and what nobody has enabled a webhook for:
    /// they tell of runs, and are kept for no longer.
    package func forgetOldDeliveries(_ retention: Retention, at now: Date)
        throws(ControlPlaneError)
    {
        let kept = min(Delivery.doneKept, retention.maxAge ?? Delivery.doneKept)
        let oldest = now.addingTimeInterval(-(kept / .seconds(1)))
        try perform { connection in
            _ = try connection.run(
                """
                DELETE FROM webhook_deliveries WHERE created_at < ?1
                    AND (next_at IS NULL OR webhook_id IN (
                        SELECT id FROM webhooks WHERE disabled_reason IS NOT NULL))
                """, [Coding.milliseconds(oldest)])
        }
    }
}

extension HistoryStore {
    /// Of one webhook, the delivery that is due and of whose subject no earlier one waits. Takes
    /// the time now, and one beyond all pauses.
    private static let firstDue = """
        SELECT c.number FROM webhook_deliveries AS c
        WHERE c.webhook_id = w.id AND c.next_at IS NOT NULL
            AND (c.next_at <= ?1 OR c.next_at > ?2)
            AND NOT (\(waitsBehind("c")))
        ORDER BY c.number LIMIT 1
        """

    /// Whether an earlier notice about the same thing waits.
    private static func waitsBehind(_ delivery: String) -> String {
        """
        EXISTS (SELECT 1 FROM webhook_deliveries AS e
            WHERE e.webhook_id = \(delivery).webhook_id AND e.subject = \(delivery).subject
                AND e.next_at IS NOT NULL AND e.number < \(delivery).number)
        """
    }

    static let deliveryColumns = """
        d.id, d.webhook_id, d.type, d.subject, d.data, d.created_at, d.state, d.queued_at, d.tries,
        d.next_at, d.attempts
        """
    /// How many those are.
    static let deliveryColumnCount = 11

    private static let attemptColumns = "a.time, a.duration_ms, a.status, a.failure, a.excerpt"

    static func columns(_ list: String, of table: String) -> String {
        list.split(separator: ",").map {
            "\(table).\($0.trimmingCharacters(in: .whitespacesAndNewlines))"
        }.joined(separator: ", ")
    }

    /// Reads `deliveryColumns`, the first of which is number `start`.
    static func delivery(_ row: Row, from start: Int) throws -> Delivery {
        guard let kind = Notice.Kind(rawValue: try row.text(start + 2)),
            let state = Delivery.State(rawValue: try row.text(start + 6))
        else { throw ControlPlaneError.store("a delivery is of an unknown kind") }
        let notice = Notice(
            kind, at: Coding.date(try row.int(start + 5)), subject: try row.text(start + 3),
            data: try JSONReader.document(Array(try row.text(start + 4).utf8)))
        return Delivery(
            id: DeliveryID(try row.text(start)), webhook: WebhookID(try row.text(start + 1)),
            notice: notice, state: state, queuedAt: Coding.date(try row.int(start + 7)),
            tries: try row.int(start + 8),
            nextAt: try row.optionalInt(start + 9).map(Coding.date),
            attemptCount: try row.int(start + 10))
    }

    private static func attempt(_ row: Row, from start: Int) throws -> Attempt {
        Attempt(
            at: Coding.date(try row.int(start)),
            duration: .milliseconds(try row.int(start + 1)),
            status: try row.optionalInt(start + 2), failure: try row.optionalText(start + 3),
            excerpt: try row.text(start + 4))
    }

    private static func add(
        _ attempt: Attempt, number: Int, to delivery: DeliveryID, _ connection: Connection
    ) throws {
        _ = try connection.run(
            """
            INSERT INTO webhook_attempts
                (delivery_id, number, time, duration_ms, status, failure, excerpt)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .text(delivery.text), .int(Int64(number)), Coding.milliseconds(attempt.at),
                .int(Int64((attempt.duration / .milliseconds(1)).rounded())),
                attempt.status.map { .int(Int64($0)) } ?? .null, Coding.text(attempt.failure),
                .text(attempt.excerpt),
            ])
        _ = try connection.run(
            "DELETE FROM webhook_attempts WHERE delivery_id = ? AND number <= ?",
            [.text(delivery.text), .int(Int64(number - Attempt.keptMax))])
    }

    /// Of what is done, the newest are kept for people to look at.
    private static func forgetDone(of webhook: WebhookID, _ connection: Connection) throws {
        _ = try connection.run(
            """
            DELETE FROM webhook_deliveries WHERE next_at IS NULL AND number IN (
                SELECT number FROM webhook_deliveries WHERE webhook_id = ? AND next_at IS NULL
                ORDER BY created_at DESC, id DESC LIMIT -1 OFFSET \(Delivery.doneMax))
            """, [.text(webhook.text)])
    }
}
