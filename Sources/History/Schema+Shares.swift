extension Schema {
    static let reportShares = """
        -- Of the secret only a salted hash: whoever reads this file cannot use a link.
        CREATE TABLE report_shares (
            id TEXT PRIMARY KEY,
            run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
            salt BLOB NOT NULL,
            hash BLOB NOT NULL,
            note TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            created_by TEXT NOT NULL,
            expires_at INTEGER NOT NULL,
            revoked_at INTEGER,
            revoked_by TEXT,
            use_count INTEGER NOT NULL DEFAULT 0,
            last_used_at INTEGER
        ) STRICT;
        CREATE INDEX report_shares_of_run ON report_shares (run_id, created_at, id);
        CREATE TRIGGER report_share_of_idempotency_key AFTER INSERT ON report_shares BEGIN
            UPDATE idempotency_keys SET is_created = 1
            WHERE object_id = NEW.id AND status IS NULL;
        END;
        """
}
