extension Schema {
    static let accounts = """
        -- People who log in. Of the password only what scrypt made of it.
        CREATE TABLE users (
            id TEXT PRIMARY KEY,
            -- Null for a user of all tenants.
            tenant_id TEXT,
            -- A JSON array of environments; null for all of the tenant.
            env_ids TEXT,
            name TEXT NOT NULL,
            description TEXT NOT NULL,
            role TEXT NOT NULL,
            password_hash TEXT NOT NULL,
            version INTEGER NOT NULL,
            disabled_at INTEGER,
            created_at INTEGER NOT NULL,
            created_by TEXT NOT NULL,
            updated_at INTEGER NOT NULL,
            updated_by TEXT NOT NULL,
            password_changed_at INTEGER NOT NULL,
            last_login_at INTEGER
        ) STRICT;
        -- Two nulls are different to an index, and no tenant's id is empty.
        CREATE UNIQUE INDEX one_user_per_name ON users (coalesce(tenant_id, ''), name);
        CREATE INDEX users_by_created ON users (created_at, id);
        CREATE INDEX users_of_tenant_by_created ON users (tenant_id, created_at, id);

        CREATE TABLE sessions (
            id TEXT PRIMARY KEY,
            user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
            -- Of the newest refresh token only a salted hash.
            salt BLOB NOT NULL,
            hash BLOB NOT NULL,
            key_id TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL,
            ended_at INTEGER
        ) STRICT;
        CREATE INDEX sessions_of_user ON sessions (user_id, created_at, id);
        CREATE INDEX expiring_sessions ON sessions (expires_at);
        CREATE INDEX ended_sessions ON sessions (ended_at) WHERE ended_at IS NOT NULL;
        """
}
