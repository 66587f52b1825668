extension Schema {
    static let credentials = """
        -- Of clusters, as set by requests. What is secret is sealed with AES-256-GCM.
        CREATE TABLE cluster_credentials (
            cluster_id TEXT PRIMARY KEY,
            -- Which key has sealed it; the key itself is in the configuration.
            key_id TEXT NOT NULL,
            sealed BLOB NOT NULL,
            set_at INTEGER NOT NULL,
            set_by TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        """
}
