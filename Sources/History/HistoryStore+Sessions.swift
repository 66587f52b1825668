import ControlPlane
import Foundation
import SQLite

extension HistoryStore {
    package func insert(_ session: Session, of owner: User) throws(ControlPlaneError) {
        let user = Value.text(owner.id.text)
        let created = Coding.milliseconds(session.createdAt)
        try transact { connection in
            let found = try connection.run(
                "UPDATE users SET last_login_at = ? WHERE id = ? AND version = ?",
                [created, user, .int(Int64(owner.version))])
            guard found == 1 else { throw ControlPlaneError.unknownUser(owner.id) }
            _ = try connection.run(
                """
                INSERT INTO sessions (id, user_id, salt, hash, key_id, created_at, expires_at)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    .text(session.id.text), user, .blob(session.proof.salt),
                    .blob(session.proof.hash), .text(session.keyID), created,
                    Coding.milliseconds(session.expiresAt),
                ])
            _ = try connection.run(
                """
                DELETE FROM sessions WHERE user_id = ?1 AND id NOT IN (
                    SELECT id FROM sessions WHERE user_id = ?1
                    ORDER BY created_at DESC, id DESC LIMIT \(Session.countMax))
                """, [user])
        }
    }

    package nonisolated func session(_ id: SessionID) async throws(ControlPlaneError) -> Session? {
        try await read { connection in
            try connection.query(
                """
                SELECT user_id, salt, hash, key_id, created_at, expires_at, ended_at FROM sessions
                WHERE id = ?
                """, [.text(id.text)]
            ) { row in
                var session = Session(
                    id: id, user: UserID(try row.text(0)),
                    proof: TokenProof(salt: try row.blob(1), hash: try row.blob(2)),
                    keyID: try row.text(3), createdAt: Coding.date(try row.int(4)))
                session.expiresAt = Coding.date(try row.int(5))
                session.endedAt = try row.optionalInt(6).map(Coding.date)
                return session
            }.first
        }
    }

    package func renew(
        _ id: SessionID, from old: TokenProof, to new: TokenProof, until expiresAt: Date
    ) throws(ControlPlaneError) -> Bool {
        try transact { connection in
            let changed = try connection.run(
                """
                UPDATE sessions SET salt = ?, hash = ?, expires_at = ?
                WHERE id = ? AND salt = ? AND hash = ? AND ended_at IS NULL
                """,
                [
                    .blob(new.salt), .blob(new.hash), Coding.milliseconds(expiresAt),
                    .text(id.text), .blob(old.salt), .blob(old.hash),
                ])
            return changed == 1
        }
    }

    package func end(_ id: SessionID, at now: Date) throws(ControlPlaneError) {
        try transact { connection in
            _ = try connection.run(
                "UPDATE sessions SET ended_at = ? WHERE id = ? AND ended_at IS NULL",
                [Coding.milliseconds(now), .text(id.text)])
        }
    }

    package nonisolated func sessionsEnded(since date: Date)
        async throws(ControlPlaneError) -> [SessionID]
    {
        try await readMuch { connection in
            try connection.query(
                "SELECT id FROM sessions WHERE ended_at >= ?", [Coding.milliseconds(date)]
            ) { SessionID(try $0.text(0)) }
        }
    }

    /// Deletes the sessions of which no token is valid any more.
    package func forgetEndedSessions(at now: Date) throws(ControlPlaneError) {
        // Longer than the tokens of an ended one live.
        let oldest = Coding.milliseconds(now.addingTimeInterval(-86_400))
        try perform { connection in
            _ = try connection.run(
                "DELETE FROM sessions WHERE ended_at < ?1 OR expires_at < ?1", [oldest])
        }
    }
}
