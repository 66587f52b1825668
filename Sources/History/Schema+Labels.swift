extension Schema {
    static let runLabels = """
        -- For lists; a run's plan has them, too.
        CREATE TABLE run_labels (
            key TEXT NOT NULL,
            value TEXT NOT NULL,
            run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
            PRIMARY KEY (key, value, run_id)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX run_labels_of_run ON run_labels (run_id);
        -- A run that is pinned as a baseline is kept for as long as it is pinned.
        ALTER TABLE load_tests ADD COLUMN baseline_run_id TEXT;
        CREATE INDEX pinned_runs ON load_tests (baseline_run_id)
            WHERE baseline_run_id IS NOT NULL;
        """
}
