import Addresses

/// Who may use what: the tenants and clusters of one configuration. A reload replaces it whole, so
/// that no decision sees half of an old and half of a new one.
package struct Catalog: Equatable, Sendable {
    package let tenants: [Tenant]
    package let clusters: [Cluster]
    /// What holds for targets, whoever makes the load on them.
    package let targets: [Ceiling]
    /// Servers that webhooks may be sent to besides those that a tenant's rules allow.
    package let receivers: [TargetPattern]

    package init(
        tenants: [Tenant], clusters: [Cluster], targets: [Ceiling] = [],
        receivers: [TargetPattern] = []
    ) {
        self.tenants = tenants
        self.clusters = clusters
        self.targets = targets
        self.receivers = receivers
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
    package let limits: UsageLimits
    /// What holds besides for the runs of one environment, by its id.
    package let environmentLimits: [String: UsageLimits]
    package let policy: StartPolicy
    /// Of those environments that say something themselves, by name.
    package let environmentPolicies: [String: StartPolicy]

    package init(
        id: String, name: String, environments: [String], limits: UsageLimits,
        environmentLimits: [String: UsageLimits] = [:], policy: StartPolicy = .init(),
        environmentPolicies: [String: StartPolicy] = [:]
    ) {
        self.id = id
        self.name = name
        self.environments = environments
        self.limits = limits
        self.environmentLimits = environmentLimits
        self.policy = policy
        self.environmentPolicies = environmentPolicies
    }

    /// Those that a caller can see.
    package func environments(in scope: Scope) -> [String] {
        environments.filter { scope.covers(EnvironmentKey(tenantID: id, envID: $0)) }
    }
}
