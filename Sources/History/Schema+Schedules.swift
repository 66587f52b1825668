extension Schema {
    static let schedules = """
        CREATE TABLE schedules (
            id TEXT PRIMARY KEY,
            tenant_id TEXT NOT NULL,
            env_id TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            version INTEGER NOT NULL,
            search TEXT NOT NULL,
            is_enabled INTEGER NOT NULL,
            spec TEXT NOT NULL,
            audit TEXT NOT NULL,
            requester TEXT NOT NULL,
            -- All ticks up to here are dealt with.
            mark INTEGER NOT NULL,
            -- Up to here ticks were deleted; 0 is nowhere.
            forgotten_through INTEGER NOT NULL DEFAULT 0,
            disabled_because TEXT
        ) STRICT;
        CREATE INDEX schedules_by_created ON schedules (created_at, id);
        CREATE INDEX schedules_of_tenant_by_created ON schedules (tenant_id, created_at, id);
        CREATE INDEX enabled_schedules ON schedules (id) WHERE is_enabled = 1;

        CREATE TABLE schedule_ticks (
            schedule_id TEXT NOT NULL REFERENCES schedules (id) ON DELETE CASCADE,
            time INTEGER NOT NULL,
            -- Of what it starts, chosen before that is stored.
            id TEXT NOT NULL UNIQUE,
            is_suite INTEGER NOT NULL,
            outcome TEXT NOT NULL,
            count INTEGER NOT NULL,
            code TEXT,
            detail TEXT,
            decided_at INTEGER NOT NULL,
            -- Not memory but this key allows a tick to happen once.
            PRIMARY KEY (schedule_id, time)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX open_schedule_ticks ON schedule_ticks (time)
            WHERE outcome IN ('starting', 'waiting');
        CREATE TRIGGER schedule_of_idempotency_key AFTER INSERT ON schedules BEGIN
            UPDATE idempotency_keys SET is_created = 1
            WHERE object_id = NEW.id AND status IS NULL;
        END;
        """

    static let suites = """
        CREATE TABLE suites (
            id TEXT PRIMARY KEY,
            tenant_id TEXT NOT NULL,
            env_id TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            version INTEGER NOT NULL,
            search TEXT NOT NULL,
            spec TEXT NOT NULL,
            audit TEXT NOT NULL
        ) STRICT;
        CREATE INDEX suites_by_created ON suites (created_at, id);
        CREATE INDEX suites_of_tenant_by_created ON suites (tenant_id, created_at, id);
        CREATE TRIGGER suite_of_idempotency_key AFTER INSERT ON suites BEGIN
            UPDATE idempotency_keys SET is_created = 1
            WHERE object_id = NEW.id AND status IS NULL;
        END;

        CREATE TABLE suite_runs (
            id TEXT PRIMARY KEY,
            suite_id TEXT NOT NULL,
            tenant_id TEXT NOT NULL,
            env_id TEXT NOT NULL,
            schedule_id TEXT,
            created_at INTEGER NOT NULL,
            -- 0 as long as it is not over.
            ended_at INTEGER NOT NULL DEFAULT 0,
            revision INTEGER NOT NULL,
            requester TEXT NOT NULL,
            spec TEXT NOT NULL,
            audit TEXT NOT NULL,
            progress TEXT NOT NULL
        ) STRICT;
        CREATE INDEX suite_runs_by_created ON suite_runs (created_at, id);
        CREATE INDEX suite_runs_of_tenant ON suite_runs (tenant_id, created_at, id);
        CREATE INDEX suite_runs_of_suite ON suite_runs (suite_id, created_at, id);
        CREATE INDEX live_suite_runs ON suite_runs (tenant_id) WHERE ended_at = 0;
        CREATE TRIGGER suite_run_of_idempotency_key AFTER INSERT ON suite_runs BEGIN
            UPDATE idempotency_keys SET is_created = 1
            WHERE object_id = NEW.id AND status IS NULL;
        END;
        """

    static let labelsOfSuiteRuns = """
        ALTER TABLE suite_runs ADD COLUMN labels TEXT NOT NULL DEFAULT '{}';
        CREATE INDEX ended_suite_runs ON suite_runs (ended_at, id) WHERE ended_at > 0;
        """
}
