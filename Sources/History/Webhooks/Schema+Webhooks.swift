extension Schema {
    static let webhooks = """
        CREATE TABLE webhooks (
            id TEXT PRIMARY KEY,
            tenant_id TEXT NOT NULL,
            -- Null for all environments, and for all runs.
            env_id TEXT,
            load_test_id TEXT,
            kind TEXT NOT NULL,
            name TEXT NOT NULL,
            -- JSON arrays.
            events TEXT NOT NULL,
            recipients TEXT NOT NULL,
            -- What may be shown of the URL; the URL and the signing secret are sealed.
            receiver TEXT NOT NULL,
            key_id TEXT NOT NULL,
            sealed BLOB NOT NULL,
            created_at INTEGER NOT NULL,
            created_by TEXT NOT NULL,
            updated_at INTEGER NOT NULL,
            updated_by TEXT NOT NULL,
            disabled_reason TEXT,
            disabled_at INTEGER,
            failing_since INTEGER,
            failures INTEGER NOT NULL DEFAULT 0,
            last_delivered_at INTEGER,
            dropped INTEGER NOT NULL DEFAULT 0
        ) STRICT;
        CREATE INDEX webhooks_by_created ON webhooks (created_at, id);
        CREATE INDEX webhooks_of_tenant_by_created ON webhooks (tenant_id, created_at, id);

        -- What is to be delivered, and what was. Numbers tell the order in which it happened.
        CREATE TABLE webhook_deliveries (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            webhook_id TEXT NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
            type TEXT NOT NULL,
            subject TEXT NOT NULL,
            data TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            state TEXT NOT NULL,
            queued_at INTEGER NOT NULL,
            tries INTEGER NOT NULL DEFAULT 0,
            -- Null where no attempt is to come.
            next_at INTEGER,
            attempts INTEGER NOT NULL DEFAULT 0
        ) STRICT;
        CREATE INDEX deliveries_of_webhook ON webhook_deliveries (webhook_id, created_at, id);
        -- All that is asked for to find what is due, so that no contents are read for it.
        CREATE INDEX waiting_deliveries
            ON webhook_deliveries (webhook_id, subject, number, next_at)
            WHERE next_at IS NOT NULL;
        CREATE INDEX done_deliveries ON webhook_deliveries (created_at) WHERE next_at IS NULL;

        CREATE TABLE webhook_attempts (
            delivery_id TEXT NOT NULL REFERENCES webhook_deliveries (id) ON DELETE CASCADE,
            number INTEGER NOT NULL,
            time INTEGER NOT NULL,
            duration_ms INTEGER NOT NULL,
            status INTEGER,
            failure TEXT,
            excerpt TEXT NOT NULL,
            PRIMARY KEY (delivery_id, number)
        ) STRICT, WITHOUT ROWID;

        -- Whether a cluster answered when it was last looked at, also by an earlier process.
        CREATE TABLE seen_clusters (
            cluster_id TEXT PRIMARY KEY,
            is_lost INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        -- Runs of a load test that were judged: the one before is asked for with each verdict, and
        -- many of them are looked at where there are many branches, so that no rows are read.
        CREATE INDEX judged_runs ON runs (load_test_id, ended_at, id, verdict)
            WHERE verdict IN ('passed', 'failed');

        CREATE TRIGGER webhook_of_idempotency_key AFTER INSERT ON webhooks BEGIN
            UPDATE idempotency_keys SET is_created = 1
            WHERE object_id = NEW.id AND status IS NULL;
        END;
        """
}
