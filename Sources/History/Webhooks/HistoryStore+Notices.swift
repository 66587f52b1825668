import ControlPlane
import Foundation
import JSON
import SQLite

/// Notices are stored in the transaction that makes them true: a crash loses none, and makes none
/// of what it has taken back.
extension HistoryStore {
    /// Stores for every webhook that is for it what a run's change tells.
    ///
    /// - Parameters:
    ///   - state: the one before.
    ///   - numbers: the run's newest.
    /// - Returns: whether there is anything to deliver.
    static func addNotices(
        of run: Run, since state: RunState, numbers: LastMetrics?, _ connection: Connection
    ) throws -> Bool {
        guard run.state == .running || run.state.isOver else { return false }
        let hooks = try enabledWebhooks(of: run.spec.tenantId, connection).filter { hook in
            hook.envID ?? run.spec.envId == run.spec.envId
                && (hook.loadTestID == nil || hook.loadTestID == run.loadTestID)
        }
        guard !hooks.isEmpty else { return false }
        let notices = try Notice.all(of: run, since: state, numbers: numbers) {
            try predecessor(of: run, connection)
        }
        return try add(notices, to: hooks, connection)
    }

    package func noteCluster(_ cluster: Cluster, lostBy cause: String?, at now: Date)
        throws(ControlPlaneError)
    {
        let hasNews = try transact { connection in
            let id = Value.text(cluster.id)
            let wasLost = try connection.first(
                "SELECT is_lost FROM seen_clusters WHERE cluster_id = ?", [id]
            ) { try $0.int(0) == 1 }
            // What nobody has ever seen cannot be lost.
            guard wasLost != (cause != nil), wasLost != nil || cause == nil else { return false }
            _ = try connection.run(
                "REPLACE INTO seen_clusters (cluster_id, is_lost) VALUES (?, ?)",
                [id, .int(cause == nil ? 0 : 1)])
            guard let cause else { return false }
            var hasNews = false
            for tenant in Set(cluster.serves.map(\.tenantID)).sorted() {
                let environments = cluster.serves.filter { $0.tenantID == tenant }.map(\.envID)
                let hooks = try Self.enabledWebhooks(of: tenant, connection).filter { hook in
                    hook.loadTestID == nil && hook.envID.map(environments.contains) ?? true
                }
                let notice = Notice.lost(cluster, cause: cause, at: now)
                if try Self.add([notice], to: hooks, connection) { hasNews = true }
            }
            return hasNews
        }
        if hasNews { outboxBell.ring() }
    }

    /// - Returns: whether there is anything to deliver.
    private static func add(
        _ notices: [Notice], to hooks: [Webhook], _ connection: Connection
    ) throws -> Bool {
        var hasNews = false
        for hook in hooks {
            for notice in notices where hook.events.contains(notice.kind) {
                guard try waitingCount(of: hook.id, connection) < Delivery.waitingMax else {
                    _ = try connection.run(
                        "UPDATE webhooks SET dropped = dropped + 1 WHERE id = ?",
                        [.text(hook.id.text)])
                    continue
                }
                let id = DeliveryID(UUID().uuidString.lowercased())
                try add(notice, as: id, for: hook.id, connection)
                hasNews = true
            }
        }
        return hasNews
    }

    static func add(
        _ notice: Notice, as id: DeliveryID, for webhook: WebhookID, _ connection: Connection
    ) throws {
        let now = Coding.milliseconds(notice.at)
        _ = try connection.run(
            """
            INSERT INTO webhook_deliveries
                (id, webhook_id, type, subject, data, created_at, state, queued_at, next_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .text(id.text), .text(webhook.text), .text(notice.kind.rawValue),
                .text(notice.subject),
                .text(String(decoding: notice.data.encodedBytes, as: UTF8.self)), now,
                .text(Delivery.State.pending.rawValue), now, now,
            ])
    }

    static func waitingCount(of webhook: WebhookID, _ connection: Connection) throws -> Int {
        try connection.first(
            "SELECT count(*) FROM webhook_deliveries WHERE webhook_id = ? AND next_at IS NOT NULL",
            [.text(webhook.text)]
        ) { try $0.int(0) } ?? 0
    }

    private static func enabledWebhooks(of tenant: String, _ connection: Connection) throws
        -> [Webhook]
    {
        try connection.query(
            """
            SELECT \(webhookColumns) FROM webhooks
            WHERE tenant_id = ? AND disabled_reason IS NULL ORDER BY created_at, id
            """, [.text(tenant)]
        ) { try webhook($0, from: 0) }
    }

    /// The run of the load test that was judged last before this one, of the same branch where runs
    /// say theirs: one branch failing and another passing is no news of either.
    private static func predecessor(of run: Run, _ connection: Connection) throws
        -> Notice.Predecessor?
    {
        guard let loadTest = run.loadTestID else { return nil }
        return try connection.first(
            """
            SELECT id, verdict FROM runs
            WHERE load_test_id = ?1 AND verdict IN ('passed', 'failed') AND id != ?2
                AND ended_at >= coalesce((
                    SELECT ended_at FROM runs
                    WHERE load_test_id = ?1 AND verdict IN ('passed', 'failed') AND id != ?2
                    ORDER BY ended_at DESC LIMIT 1 OFFSET \(Notice.Predecessor.lookedAtMax - 1)), 0)
                AND coalesce((
                    SELECT value FROM run_labels
                    WHERE run_id = runs.id AND key = 'branch'), '') = ?3
            ORDER BY ended_at DESC LIMIT 1
            """,
            [
                .text(loadTest.text), .text(run.id.text), .text(run.labels["branch"] ?? ""),
            ]
        ) { row in
            let id = RunID(try row.text(0))
            return Verdict.Result(rawValue: try row.text(1)).map { Notice.Predecessor(id, $0) }
        }.flatMap { $0 }
    }
}
