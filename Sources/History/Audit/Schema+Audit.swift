extension Schema {
    /// What was done, each record bound to the one before by its hash (`AuditChain`).
    static let auditTrail = """
        CREATE TABLE audit_records (
            number INTEGER PRIMARY KEY,
            -- The number among the tenant's records: what one tenant sees tells nothing of others.
            tenant_number INTEGER,
            time INTEGER NOT NULL,
            -- Of several that were alike: when the last one was.
            until INTEGER,
            count INTEGER NOT NULL,
            actor_kind TEXT NOT NULL,
            actor TEXT NOT NULL,
            actor_tenant TEXT,
            address TEXT NOT NULL,
            request_id TEXT NOT NULL,
            action TEXT NOT NULL,
            outcome TEXT NOT NULL,
            status INTEGER,
            code TEXT,
            tenant_id TEXT,
            env_id TEXT,
            object_kind TEXT,
            object_id TEXT,
            value_before TEXT,
            value_after TEXT,
            detail TEXT NOT NULL,
            -- Which key has signed it; null without a key.
            key_id TEXT,
            previous_hash BLOB NOT NULL,
            hash BLOB NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX audit_records_of_tenant ON audit_records (tenant_id, tenant_number)
            WHERE tenant_id IS NOT NULL;
        CREATE INDEX audit_records_of_object ON audit_records (object_id, number)
            WHERE object_id IS NOT NULL;
        CREATE INDEX audit_records_of_actor ON audit_records (actor, number);
        -- Where the chain ends, so that an end that is cut off is noticed.
        CREATE TABLE audit_head (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            number INTEGER NOT NULL,
            hash BLOB NOT NULL,
            code BLOB NOT NULL
        ) STRICT;
        -- Against mistakes. Against intent there are the hashes.
        CREATE TRIGGER audit_records_are_in_order BEFORE INSERT ON audit_records
            WHEN NEW.number IS NOT (SELECT coalesce(max(number), 0) + 1 FROM audit_records)
        BEGIN
            SELECT RAISE(ABORT, 'audit records are added at the end');
        END;
        CREATE TRIGGER audit_records_stay BEFORE UPDATE ON audit_records BEGIN
            SELECT RAISE(ABORT, 'audit records are never changed');
        END;
        CREATE TRIGGER audit_records_are_kept BEFORE DELETE ON audit_records BEGIN
            SELECT RAISE(ABORT, 'audit records are never deleted');
        END;
        CREATE TRIGGER audit_head_goes_on BEFORE UPDATE ON audit_head
            WHEN NEW.number IS NOT OLD.number + 1
        BEGIN
            SELECT RAISE(ABORT, 'the audit trail only grows');
        END;
        CREATE TRIGGER audit_head_is_kept BEFORE DELETE ON audit_head BEGIN
            SELECT RAISE(ABORT, 'the audit trail is never deleted');
        END;
        """
}
