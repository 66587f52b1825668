import JSON

extension APIToken {
    package var audited: JSONValue {
        .object([
            "name": .string(name), "role": .string(role.rawValue),
            "envIds": scope.auditedEnvironments,
            "expires": .bool(expiresAt != nil),
        ])
    }
}

extension User {
    /// Whose account it is, as the subject of records.
    package var audited: AuditSubject {
        AuditSubject("user", id.text, tenant: scope.tenantID)
    }

    package var auditedValues: JSONValue {
        .object([
            "name": .string(actor), "role": .string(role.rawValue),
            "envIds": scope.auditedEnvironments, "disabled": .bool(disabledAt != nil),
            "version": .int(Int64(version)),
        ])
    }
}

extension Scope {
    /// Null for all of the tenant's.
    fileprivate var auditedEnvironments: JSONValue {
        guard case .environments(let names, of: _) = self else { return .null }
        return .array(names.map { .string($0) })
    }
}
