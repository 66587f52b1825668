/// Who may use what: the tenants and clusters of one configuration. A reload replaces it whole, so
/// that no decision sees half of an old and half of a new one.
package struct Catalog: Equatable, Sendable {
    package let tenants: [Tenant]
    package let clusters: [Cluster]

    package init(tenants: [Tenant], clusters: [Cluster]) {
        self.tenants = tenants
        self.clusters = clusters
    }

    package func tenant(_ id: String) -> Tenant? {
        tenants.first { $0.id == id }
    }

    package func cluster(_ id: String) -> Cluster? {
        clusters.first { $0.id == id }
    }

    /// The clusters that may run load for one environment, in the order of the configuration.
    package func clusters(serving key: EnvironmentKey) -> [Cluster] {
        clusters.filter { $0.serves.contains(key) }
    }
}

package struct Tenant: Equatable, Sendable {
    package let id: String
    package let name: String
    package let environments: [String]
    package let limits: TenantLimits
    package let policy: StartPolicy
    /// Of those environments that say something themselves, by name.
    package let environmentPolicies: [String: StartPolicy]

    package init(
        id: String, name: String, environments: [String], limits: TenantLimits,
        policy: StartPolicy = .init(), environmentPolicies: [String: StartPolicy] = [:]
    ) {
        self.id = id
        self.name = name
        self.environments = environments
        self.limits = limits
        self.policy = policy
        self.environmentPolicies = environmentPolicies
    }

    /// Those that a caller can see.
    package func environments(in scope: Scope) -> [String] {
        environments.filter { scope.covers(EnvironmentKey(tenantID: id, envID: $0)) }
    }
}

/// What one tenant may use at the most; nil is no limit of the tenant's own.
package struct TenantLimits: Equatable, Sendable {
    package var maxConcurrentRuns: Int?
    package var maxUsers: Int?
    package var maxDurationSeconds: Int?

    package init(
        maxConcurrentRuns: Int? = nil, maxUsers: Int? = nil, maxDurationSeconds: Int? = nil
    ) {
        self.maxConcurrentRuns = maxConcurrentRuns
        self.maxUsers = maxUsers
        self.maxDurationSeconds = maxDurationSeconds
    }
}
