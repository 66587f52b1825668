import SQLite

/// The tables, as the steps that made them. Steps are appended and never edited: stored files have
/// taken them already.
///
/// Times are milliseconds since 1970, UTC. A time that a list is sorted by is 0, not null, as long
/// as it has not come, because a place in a list cannot be told from null. `search` is the folded
/// name and id (`Coding.searchText`), because SQLite folds the case of ASCII letters only.
enum Schema {
    static let migrator = Migrator(migrations)

    static let migrations = [
        Migration(number: 1, name: "definitions and runs", sql: definitionsAndRuns),
        Migration(number: 2, name: "observations", sql: observations),
        Migration(number: 3, name: "idempotency keys", sql: idempotencyKeys),
        Migration(number: 4, name: "native clusters", sql: nativeClusters),
        Migration(number: 5, name: "timelines", sql: timelines),
        Migration(number: 6, name: "objects of idempotency keys", sql: objectsOfKeys),
        Migration(number: 7, name: "API tokens", sql: apiTokens),
        Migration(number: 8, name: "accounts", sql: accounts),
        Migration(number: 9, name: "limits", sql: limits),
        Migration(number: 10, name: "audit trail", sql: auditTrail),
        Migration(number: 11, name: "cluster credentials", sql: credentials),
        Migration(number: 12, name: "emergency stops", sql: emergencyStops),
        Migration(number: 13, name: "approvals", sql: approvals),
        Migration(number: 14, name: "report shares", sql: reportShares),
        Migration(number: 15, name: "verdicts", sql: verdicts),
        Migration(number: 16, name: "labels of runs", sql: runLabels),
        Migration(number: 17, name: "schedules", sql: schedules),
        Migration(number: 18, name: "suites", sql: suites),
        Migration(number: 19, name: "webhooks", sql: webhooks),
        Migration(number: 20, name: "labels and ends of suite runs", sql: labelsOfSuiteRuns),
    ]

    private static let definitionsAndRuns = """
        CREATE TABLE load_tests (
            id TEXT PRIMARY KEY,
            tenant_id TEXT NOT NULL,
            env_id TEXT NOT NULL,
            name TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL,
            created_by TEXT NOT NULL,
            version INTEGER NOT NULL,
            search TEXT NOT NULL,
            spec TEXT NOT NULL,
            audit TEXT NOT NULL
        ) STRICT;
        CREATE INDEX load_tests_by_created ON load_tests (created_at, id);
        CREATE INDEX load_tests_by_updated ON load_tests (updated_at, id);
        CREATE INDEX load_tests_by_name ON load_tests (name, id);
        CREATE INDEX load_tests_of_tenant_by_created ON load_tests (tenant_id, created_at, id);
        CREATE INDEX load_tests_of_tenant_by_updated ON load_tests (tenant_id, updated_at, id);
        CREATE INDEX load_tests_of_tenant_by_name ON load_tests (tenant_id, name, id);

        CREATE TABLE load_test_tags (
            tag TEXT NOT NULL,
            load_test_id TEXT NOT NULL REFERENCES load_tests (id) ON DELETE CASCADE,
            PRIMARY KEY (tag, load_test_id)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX load_test_tags_of_test ON load_test_tags (load_test_id);

        CREATE TABLE runs (
            id TEXT PRIMARY KEY,
            load_test_id TEXT,
            tenant_id TEXT NOT NULL,
            env_id TEXT NOT NULL,
            cluster_id TEXT NOT NULL,
            name TEXT NOT NULL,
            state TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            started_at INTEGER NOT NULL DEFAULT 0,
            ended_at INTEGER NOT NULL DEFAULT 0,
            created_by TEXT NOT NULL,
            revision INTEGER NOT NULL,
            search TEXT NOT NULL,
            spec TEXT NOT NULL,
            plan TEXT NOT NULL,
            audit TEXT NOT NULL,
            progress TEXT NOT NULL,
            last_metrics TEXT
        ) STRICT;
        -- Not memory but this index allows a cluster one live run.
        CREATE UNIQUE INDEX one_live_run_per_cluster ON runs (cluster_id)
            WHERE state IN ('Pending', 'Starting', 'Running', 'Stopping');
        -- A tenant's live runs are counted at each start, however many it has had.
        CREATE INDEX live_runs_of_tenant ON runs (tenant_id)
            WHERE state IN ('Pending', 'Starting', 'Running', 'Stopping');
        CREATE INDEX ended_runs ON runs (ended_at, id) WHERE state IN ('Finished', 'Failed');
        CREATE INDEX runs_by_created ON runs (created_at, id);
        CREATE INDEX runs_by_started ON runs (started_at, id);
        CREATE INDEX runs_by_ended ON runs (ended_at, id);
        CREATE INDEX runs_of_tenant_by_created ON runs (tenant_id, created_at, id);
        CREATE INDEX runs_of_tenant_by_started ON runs (tenant_id, started_at, id);
        CREATE INDEX runs_of_tenant_by_ended ON runs (tenant_id, ended_at, id);
        CREATE INDEX runs_of_environment ON runs (tenant_id, env_id, created_at, id);
        CREATE INDEX runs_of_load_test ON runs (load_test_id, created_at, id);
        CREATE INDEX runs_by_creator ON runs (tenant_id, created_by, created_at, id);
        CREATE INDEX runs_by_state ON runs (state, created_at, id);

        CREATE TABLE run_tags (
            tag TEXT NOT NULL,
            run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
            PRIMARY KEY (tag, run_id)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX run_tags_of_run ON run_tags (run_id);
        """

    private static let observations = """
        CREATE TABLE observations (
            id INTEGER PRIMARY KEY,
            run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
            source TEXT NOT NULL,
            epoch TEXT NOT NULL,
            sequence INTEGER NOT NULL,
            time INTEGER NOT NULL,
            users INTEGER NOT NULL,
            workers INTEGER,
            is_final INTEGER NOT NULL,
            UNIQUE (run_id, source, epoch, sequence)
        ) STRICT;

        -- The totals of a run are one more endpoint, marked as such.
        CREATE TABLE endpoints (
            id INTEGER PRIMARY KEY,
            run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
            is_total INTEGER NOT NULL,
            method TEXT NOT NULL,
            name TEXT NOT NULL,
            UNIQUE (run_id, is_total, method, name)
        ) STRICT;

        CREATE TABLE samples (
            endpoint_id INTEGER NOT NULL REFERENCES endpoints (id) ON DELETE CASCADE,
            time INTEGER NOT NULL,
            observation_id INTEGER NOT NULL,
            requests INTEGER NOT NULL,
            failures INTEGER NOT NULL,
            average_ms REAL,
            min_ms REAL,
            max_ms REAL,
            p50_ms REAL,
            p95_ms REAL,
            p99_ms REAL,
            histogram BLOB,
            PRIMARY KEY (endpoint_id, time, observation_id)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE run_errors (
            run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
            source TEXT NOT NULL,
            method TEXT NOT NULL,
            name TEXT NOT NULL,
            message TEXT NOT NULL,
            occurrences INTEGER NOT NULL,
            first_seen INTEGER,
            last_seen INTEGER,
            PRIMARY KEY (run_id, source, method, name, message)
        ) STRICT, WITHOUT ROWID;
        """

    private static let idempotencyKeys = """
        CREATE TABLE idempotency_keys (
            principal TEXT NOT NULL,
            key TEXT NOT NULL,
            digest TEXT NOT NULL,
            claimed_at INTEGER NOT NULL,
            status INTEGER,
            headers TEXT,
            body BLOB,
            PRIMARY KEY (principal, key)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX idempotency_keys_by_age ON idempotency_keys (claimed_at);
        CREATE INDEX idempotency_keys_unanswered ON idempotency_keys (claimed_at)
            WHERE status IS NULL;
        """

    /// Until here every cluster was a Locust master, which has one live run.
    private static let nativeClusters = """
        -- The cluster of a run that has it for itself; null on a cluster that several runs share.
        ALTER TABLE runs ADD COLUMN exclusive_cluster_id TEXT;
        -- What a live run counts for where users are limited over all runs of a cluster.
        ALTER TABLE runs ADD COLUMN target_users INTEGER NOT NULL DEFAULT 0;
        UPDATE runs SET exclusive_cluster_id = cluster_id,
            target_users = coalesce(json_extract(plan, '$.targetUsers'), 0);
        DROP INDEX one_live_run_per_cluster;
        -- Not memory but this index allows such a cluster one live run.
        CREATE UNIQUE INDEX one_live_run_per_exclusive_cluster ON runs (exclusive_cluster_id)
            WHERE state IN ('Pending', 'Starting', 'Running', 'Stopping');
        -- A cluster's live runs are counted at each start, however many it has had.
        CREATE INDEX live_runs_of_cluster ON runs (cluster_id)
            WHERE state IN ('Pending', 'Starting', 'Running', 'Stopping');
        -- What the native engine told of itself, as JSON: only of a run's newest report.
        ALTER TABLE observations ADD COLUMN engine TEXT;
        CREATE INDEX engine_evidence ON observations (run_id) WHERE engine IS NOT NULL;
        """

    private static let timelines = """
        -- What was asked of a run's cluster, each order stored before it is given; and what was
        -- seen of the run.
        CREATE TABLE run_timeline (
            run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
            number INTEGER NOT NULL,
            time INTEGER NOT NULL,
            kind TEXT NOT NULL,
            detail TEXT NOT NULL,
            facts TEXT,
            -- Of an order; null as long as nobody knows.
            outcome TEXT,
            outcome_time INTEGER,
            outcome_detail TEXT,
            PRIMARY KEY (run_id, number)
        ) STRICT, WITHOUT ROWID;
        -- Runs that were live when this file was brought up to date have no story, but load.
        INSERT INTO run_timeline (run_id, number, time, kind, detail)
            SELECT id, 1, created_at, 'start', 'ordered before timelines were kept' FROM runs
            WHERE state IN ('Starting', 'Running', 'Stopping');
        """

    private static let emergencyStops = """
        CREATE TABLE emergency_stops (
            id TEXT PRIMARY KEY,
            created_at INTEGER NOT NULL,
            -- Null as long as it holds.
            lifted_at INTEGER,
            lifted_by TEXT,
            stop TEXT NOT NULL
        ) STRICT;
        CREATE INDEX emergency_stops_that_hold ON emergency_stops (created_at)
            WHERE lifted_at IS NULL;
        """

    private static let approvals = """
        CREATE INDEX runs_awaiting_approval ON runs (created_at) WHERE state = 'AwaitingApproval';
        """

    /// Runs from before have no verdict: nobody has asked for one.
    private static let verdicts = """
        -- The result, for lists; all of it is in the progress. Null as long as there is none.
        ALTER TABLE runs ADD COLUMN verdict TEXT;
        CREATE INDEX runs_by_verdict ON runs (verdict, created_at, id) WHERE verdict IS NOT NULL;
        -- What a generator told of itself with this report, as JSON.
        ALTER TABLE observations ADD COLUMN generator TEXT;
        """

    /// Until here a key that was not answered did not tell what it had created.
    private static let objectsOfKeys = """
        -- As each start of the service did until here.
        DELETE FROM idempotency_keys WHERE status IS NULL;
        DROP INDEX idempotency_keys_unanswered;
        -- The id under which the request creates its object, and whether it has.
        ALTER TABLE idempotency_keys ADD COLUMN object_id TEXT;
        ALTER TABLE idempotency_keys ADD COLUMN is_created INTEGER NOT NULL DEFAULT 0;
        CREATE INDEX idempotency_keys_of_object ON idempotency_keys (object_id)
            WHERE status IS NULL;
        CREATE INDEX idempotency_keys_of_principal ON idempotency_keys (principal, claimed_at);
        -- Noted in the transaction that creates the object, so that neither can be without the
        -- other, also when the object is deleted again before its request is repeated.
        CREATE TRIGGER run_of_idempotency_key AFTER INSERT ON runs BEGIN
            UPDATE idempotency_keys SET is_created = 1
            WHERE object_id = NEW.id AND status IS NULL;
        END;
        CREATE TRIGGER load_test_of_idempotency_key AFTER INSERT ON load_tests BEGIN
            UPDATE idempotency_keys SET is_created = 1
            WHERE object_id = NEW.id AND status IS NULL;
        END;
        """

    /// Until here only runs at a time were limited, and only per tenant. Runs that are live now
    /// count for no target: where their load goes was not kept.
    private static let limits = """
        ALTER TABLE runs ADD COLUMN requests_per_second REAL NOT NULL DEFAULT 0;
        -- Where the load of a run goes.
        CREATE TABLE run_hosts (
            run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
            host TEXT NOT NULL,
            port INTEGER NOT NULL,
            PRIMARY KEY (run_id, host, port)
        ) STRICT, WITHOUT ROWID;
        -- How many runs have begun, by days since 1970, UTC: runs may be deleted, counts may not.
        CREATE TABLE daily_runs (
            day INTEGER NOT NULL,
            tenant_id TEXT NOT NULL,
            env_id TEXT NOT NULL,
            runs INTEGER NOT NULL,
            PRIMARY KEY (day, tenant_id, env_id)
        ) STRICT, WITHOUT ROWID;
        INSERT INTO daily_runs (day, tenant_id, env_id, runs)
            SELECT created_at / 86400000, tenant_id, env_id, count(*) FROM runs
            WHERE created_at >= (unixepoch() - 86400) * 1000 GROUP BY 1, 2, 3;
        """
}
