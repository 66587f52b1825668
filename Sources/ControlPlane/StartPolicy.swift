import Addresses

/// What a tenant, or one of its environments, says about which runs may be started.
package struct StartPolicy: Equatable, Sendable {
    /// Servers that load may, and may not, be sent to; see `TargetRules`.
    package var allow: [TargetPattern] = []
    package var deny: [TargetPattern] = []
    /// When no run is started.
    package var freezes: [FreezeWindow] = []
    /// Of an environment: what a run needs before it starts; nil is nothing.
    package var approval: ApprovalPolicy?

    package init() {}
}

extension Catalog {
    /// Which servers runs of an environment may send load to. The environment narrows its tenant.
    package func targetRules(for key: EnvironmentKey) -> TargetRules {
        guard let tenant = tenant(key.tenantID) else { return TargetRules() }
        var layers = [
            TargetRules.Layer(
                owner: "tenant \(tenant.id)", allow: tenant.policy.allow, deny: tenant.policy.deny)
        ]
        if let own = tenant.environmentPolicies[key.envID] {
            layers.append(
                .init(owner: "environment \(key.envID)", allow: own.allow, deny: own.deny))
        }
        return TargetRules(layers)
    }
}
