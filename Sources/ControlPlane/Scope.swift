/// Which objects a caller can see. Every query of the store takes one, so that an object outside it
/// does not exist for the caller.
package enum Scope: Hashable, Sendable {
    case everything
    case tenant(String)
    /// Some environments of a tenant, sorted: what belongs to others of it does not exist either.
    case environments([String], of: String)

    /// - Parameter environments: nil is all of the tenant, also those that it does not have yet.
    package init(tenant: String, environments: [String]?) {
        self =
            environments.map { .environments(Set($0).sorted(), of: tenant) } ?? .tenant(tenant)
    }

    /// Nil for all tenants.
    package var tenantID: String? {
        switch self {
        case .everything: nil
        case .tenant(let id), .environments(_, of: let id): id
        }
    }

    /// Whether the caller knows the tenant; it may be that it does not see all of it.
    package func knows(tenant id: String) -> Bool {
        tenantID == nil || tenantID == id
    }

    package func covers(_ key: EnvironmentKey) -> Bool {
        guard knows(tenant: key.tenantID) else { return false }
        guard case .environments(let own, of: _) = self else { return true }
        return own.contains(key.envID)
    }

    /// Whether all that `other` sees can be seen here.
    package func covers(_ other: Scope) -> Bool {
        guard let tenant = other.tenantID else { return self == .everything }
        guard knows(tenant: tenant) else { return false }
        guard case .environments(let own, of: _) = self else { return true }
        guard case .environments(let others, of: _) = other else { return false }
        return Set(others).isSubset(of: own)
    }
}
