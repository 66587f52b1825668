extension Scope {
    /// Nil for all tenants.
    package var tenantID: String? {
        switch self {
        case .everything: nil
        case .tenant(let id): id
        }
    }

    package func covers(_ key: EnvironmentKey) -> Bool { covers(tenant: key.tenantID) }
}
