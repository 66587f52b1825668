import ControlPlane
import Foundation
import JSON
import SQLite

extension HistoryStore: ShareStore {
    package func insert(_ share: ReportShare) throws(ControlPlaneError) {
        let (run, now) = (Value.text(share.run.text), Coding.milliseconds(share.createdAt))
        try transact { connection in
            guard let place = try Self.place(of: share.run, connection) else {
                throw ControlPlaneError.unknownRun(share.run)
            }
            let active = try connection.first(
                "SELECT count(*) FROM report_shares WHERE run_id = ? AND NOT (\(Self.hasEnded))",
                [run, now]
            ) { try $0.int(0) }
            guard active ?? 0 < ReportShare.countMax else {
                throw ControlPlaneError.tooManyShares(max: ReportShare.countMax)
            }
            _ = try connection.run(
                """
                INSERT INTO report_shares
                    (id, run_id, salt, hash, note, created_at, created_by, expires_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    .text(share.id.text), run, .blob(share.proof.salt), .blob(share.proof.hash),
                    .text(share.note), now, .text(share.createdBy),
                    Coding.milliseconds(share.expiresAt),
                ])
            _ = try connection.run(
                """
                DELETE FROM report_shares WHERE id IN (
                    SELECT id FROM report_shares WHERE run_id = ? AND (\(Self.hasEnded))
                    ORDER BY created_at DESC, id DESC LIMIT -1 OFFSET \(ReportShare.endedKept))
                """, [run, now])
            try record(
                AuditChange(
                    "run.share", of: place,
                    after: .object([
                        "shareId": .string(share.id.text),
                        "expiresAt": .string(Timestamp.format(share.expiresAt)),
                    ]), at: share.createdAt), connection)
        }
    }

    package nonisolated func share(_ id: ShareID) async throws(ControlPlaneError) -> ReportShare? {
        try await read { connection in
            try connection.query(
                "SELECT \(Self.shareColumns) FROM report_shares WHERE id = ?", [.text(id.text)],
                Self.share
            ).first
        }
    }

    package nonisolated func shares(of run: RunID) async throws(ControlPlaneError)
        -> [ReportShare]
    {
        try await read { connection in
            try connection.query(
                """
                SELECT \(Self.shareColumns) FROM report_shares WHERE run_id = ?
                ORDER BY created_at DESC, id DESC
                """, [.text(run.text)], Self.share)
        }
    }

    package func revokeShare(
        _ id: ShareID, of run: RunID, by actor: String, at now: Date
    ) throws(ControlPlaneError) {
        try transact { connection in
            let changed = try connection.run(
                """
                UPDATE report_shares SET revoked_at = coalesce(revoked_at, ?),
                    revoked_by = coalesce(revoked_by, ?) WHERE id = ? AND run_id = ?
                """,
                [Coding.milliseconds(now), .text(actor), .text(id.text), .text(run.text)])
            guard changed == 1 else { throw ControlPlaneError.unknownShare(id) }
            try record(
                AuditChange(
                    "run.unshare", of: try Self.place(of: run, connection),
                    before: .object(["shareId": .string(id.text)]), at: now), connection)
        }
    }

    package func noteUse(of share: ShareID, at now: Date) throws(ControlPlaneError) {
        try perform { connection in
            _ = try connection.run(
                """
                UPDATE report_shares SET use_count = use_count + 1, last_used_at = ? WHERE id = ?
                """, [Coding.milliseconds(now), .text(share.text)])
        }
    }
}

extension HistoryStore {
    /// Takes the time now.
    private static let hasEnded = "revoked_at IS NOT NULL OR expires_at <= ?"

    private static let shareColumns = """
        id, run_id, salt, hash, note, created_at, created_by, expires_at, revoked_at, revoked_by,
        use_count, last_used_at
        """

    private static func share(_ row: Row) throws -> ReportShare {
        var share = ReportShare(
            id: ShareID(try row.text(0)), run: RunID(try row.text(1)),
            proof: TokenProof(salt: try row.blob(2), hash: try row.blob(3)),
            note: try row.text(4), createdAt: Coding.date(try row.int(5)),
            createdBy: try row.text(6), expiresAt: Coding.date(try row.int(7)))
        share.revokedAt = try row.optionalInt(8).map(Coding.date)
        share.revokedBy = try row.optionalText(9)
        share.useCount = try row.int(10)
        share.lastUsedAt = try row.optionalInt(11).map(Coding.date)
        return share
    }

    private static func place(of run: RunID, _ connection: Connection) throws -> AuditSubject? {
        try connection.first(
            "SELECT tenant_id, env_id FROM runs WHERE id = ?", [.text(run.text)]
        ) { AuditSubject("run", run.text, tenant: try $0.text(0), env: try $0.text(1)) }
    }
}
