import ControlPlane
import Foundation
import SQLite

extension HistoryStore: IdempotencyStore {
    package func claim(_ key: IdempotencyKey, digest: String, newID: String, at now: Date)
        throws(ControlPlaneError) -> IdempotencyClaim
    {
        let claim = try transact { connection in
            try Self.deleteExpiredKeys(at: now, connection)
            let stored = try connection.query(
                """
                SELECT digest, object_id, is_created, status, headers, body,
                    EXISTS (SELECT 1 FROM runs WHERE id = object_id)
                        OR EXISTS (SELECT 1 FROM load_tests WHERE id = object_id)
                        OR EXISTS (SELECT 1 FROM api_tokens WHERE id = object_id)
                        OR EXISTS (SELECT 1 FROM report_shares WHERE id = object_id)
                        OR EXISTS (SELECT 1 FROM schedules WHERE id = object_id)
                        OR EXISTS (SELECT 1 FROM suites WHERE id = object_id)
                        OR EXISTS (SELECT 1 FROM suite_runs WHERE id = object_id)
                        OR EXISTS (SELECT 1 FROM webhooks WHERE id = object_id)
                FROM idempotency_keys WHERE principal = ? AND key = ?
                """, [.text(key.principal), .text(key.key)], StoredClaim.init)
            if let stored = stored.first {
                return stored.digest == digest ? stored.claim : .mismatch
            }
            if let wait = try Self.waitForRoom(of: key.principal, at: now, connection) {
                return .full(until: wait)
            }
            _ = try connection.run(
                """
                INSERT INTO idempotency_keys (principal, key, digest, claimed_at, object_id)
                VALUES (?, ?, ?, ?, ?)
                """,
                [
                    .text(key.principal), .text(key.key), .text(digest),
                    Coding.milliseconds(now), .text(newID),
                ])
            return .granted(objectID: newID)
        }
        switch claim {
        case .granted, .created: return keysAtWork.insert(key).inserted ? claim : .inProgress
        case .answered, .gone, .inProgress, .mismatch, .full: return claim
        }
    }

    package func complete(_ key: IdempotencyKey, with answer: StoredAnswer)
        throws(ControlPlaneError)
    {
        defer { keysAtWork.remove(key) }
        try perform { connection in
            _ = try connection.run(
                """
                UPDATE idempotency_keys SET status = ?, headers = ?, body = ?
                WHERE principal = ? AND key = ?
                """,
                [
                    .int(Int64(answer.status)), try Coding.json(answer.headers),
                    .blob(answer.body), .text(key.principal), .text(key.key),
                ])
        }
    }

    package func release(_ key: IdempotencyKey) throws(ControlPlaneError) -> Bool {
        defer { keysAtWork.remove(key) }
        return try transact { connection in
            let pair: [Value] = [.text(key.principal), .text(key.key)]
            _ = try connection.run(
                """
                DELETE FROM idempotency_keys
                WHERE principal = ? AND key = ? AND is_created = 0 AND status IS NULL
                """, pair)
            let left = try connection.query(
                "SELECT 1 FROM idempotency_keys WHERE principal = ? AND key = ?", pair
            ) { try $0.int(0) }
            return left.isEmpty
        }
    }

    /// Forgets the keys whose lifetime is over, which each claim does as well.
    package func forgetExpiredKeys(at now: Date) throws(ControlPlaneError) {
        try perform { connection in try Self.deleteExpiredKeys(at: now, connection) }
    }

    private static func deleteExpiredKeys(at now: Date, _ connection: Connection) throws {
        let oldest = now.addingTimeInterval(-lifetimeSeconds)
        _ = try connection.run(
            "DELETE FROM idempotency_keys WHERE claimed_at < ?", [Coding.milliseconds(oldest)])
    }

    /// How long until a key of this caller is forgotten; nil while it may have more.
    private static func waitForRoom(
        of principal: String, at now: Date, _ connection: Connection
    ) throws -> Duration? {
        let found = try connection.query(
            "SELECT count(*), min(claimed_at) FROM idempotency_keys WHERE principal = ?",
            [.text(principal)]
        ) { (count: try $0.int(0), oldest: try $0.optionalInt(1)) }
        guard let (count, oldest) = found.first, let oldest, count >= IdempotencyKey.countMax else {
            return nil
        }
        let age = now.timeIntervalSince1970 - Double(oldest) / 1000
        return .seconds(max(1, lifetimeSeconds - age))
    }

    private static let lifetimeSeconds = Double(IdempotencyKey.lifetime.components.seconds)
}

/// A key as it is stored.
private struct StoredClaim {
    let digest: String
    /// What the key stands for, whoever works on it.
    let claim: IdempotencyClaim

    init(_ row: Row) throws {
        digest = try row.text(0)
        // A key of an older program's does not know its object: its answer is all there is.
        let isCreated = try row.int(2) != 0
        if isCreated, try row.int(6) == 0 {
            claim = .gone(objectID: try row.text(1))
            return
        }
        guard let status = try row.optionalInt(3) else {
            let id = try row.text(1)
            claim = isCreated ? .created(objectID: id) : .granted(objectID: id)
            return
        }
        claim = .answered(
            StoredAnswer(
                status: Int(status), headers: try Coding.decode([String: String].self, row.text(4)),
                body: try row.optionalBlob(5) ?? []))
    }
}
