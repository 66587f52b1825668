import ControlPlane
import Foundation
import SQLite

extension HistoryStore: IdempotencyStore {
    package func claim(_ key: IdempotencyKey, digest: String, at now: Date)
        throws(ControlPlaneError) -> IdempotencyClaim
    {
        try transact { connection in
            let oldest = now.addingTimeInterval(-Double(IdempotencyKey.lifetime.components.seconds))
            _ = try connection.run(
                "DELETE FROM idempotency_keys WHERE claimed_at < ?", [Coding.milliseconds(oldest)])
            let inserted = try connection.run(
                """
                INSERT INTO idempotency_keys (principal, key, digest, claimed_at)
                VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING
                """,
                [
                    .text(key.principal), .text(key.key), .text(digest),
                    Coding.milliseconds(now),
                ])
            guard inserted == 0 else { return .granted }
            let stored = try connection.query(
                """
                SELECT digest, status, headers, body FROM idempotency_keys
                WHERE principal = ? AND key = ?
                """, [.text(key.principal), .text(key.key)], Self.claim)
            guard let (storedDigest, answer) = stored.first else { return .granted }
            guard storedDigest == digest else { return .mismatch }
            return answer.map { .answered($0) } ?? .inProgress
        }
    }

    package func complete(_ key: IdempotencyKey, with answer: StoredAnswer)
        throws(ControlPlaneError)
    {
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

    package func release(_ key: IdempotencyKey) throws(ControlPlaneError) {
        try perform { connection in
            _ = try connection.run(
                "DELETE FROM idempotency_keys WHERE principal = ? AND key = ?",
                [.text(key.principal), .text(key.key)])
        }
    }

    /// Gives back the keys of requests that an earlier process did not answer any more.
    package func releaseUnfinishedClaims() throws(ControlPlaneError) {
        try perform { connection in
            _ = try connection.run("DELETE FROM idempotency_keys WHERE status IS NULL", [])
        }
    }

    private static func claim(_ row: Row) throws -> (String, StoredAnswer?) {
        let digest = try row.text(0)
        guard let status = try row.optionalInt(1) else { return (digest, nil) }
        let headers = try Coding.decode([String: String].self, row.text(2))
        return (
            digest,
            StoredAnswer(status: Int(status), headers: headers, body: try row.optionalBlob(3) ?? [])
        )
    }
}
