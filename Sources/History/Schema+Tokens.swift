extension Schema {
    static let apiTokens = """
        -- Of the secret only a salted hash: whoever reads this file cannot use a token.
        CREATE TABLE api_tokens (
            id TEXT PRIMARY KEY,
            tenant_id TEXT NOT NULL,
            -- A JSON array of environments; null for all of the tenant.
            env_ids TEXT,
            name TEXT NOT NULL,
            description TEXT NOT NULL,
            role TEXT NOT NULL,
            salt BLOB NOT NULL,
            hash BLOB NOT NULL,
            created_at INTEGER NOT NULL,
            created_by TEXT NOT NULL,
            expires_at INTEGER,
            revoked_at INTEGER,
            revoked_by TEXT,
            last_used_at INTEGER
        ) STRICT;
        CREATE INDEX api_tokens_by_created ON api_tokens (created_at, id);
        CREATE INDEX api_tokens_of_tenant_by_created ON api_tokens (tenant_id, created_at, id);
        CREATE INDEX unrevoked_api_tokens ON api_tokens (tenant_id, name)
            WHERE revoked_at IS NULL;
        -- Those that ended long ago are looked for each hour.
        CREATE INDEX revoked_api_tokens ON api_tokens (revoked_at) WHERE revoked_at IS NOT NULL;
        CREATE INDEX expiring_api_tokens ON api_tokens (expires_at) WHERE expires_at IS NOT NULL;
        CREATE TRIGGER api_token_of_idempotency_key AFTER INSERT ON api_tokens BEGIN
            UPDATE idempotency_keys SET is_created = 1
            WHERE object_id = NEW.id AND status IS NULL;
        END;
        """
}
