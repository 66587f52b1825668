import Addresses

extension Catalog {
    /// Which servers a tenant's webhooks may be sent to: those that its runs may send load to, and
    /// those that the service allows for all webhooks besides. What a tenant denies stays denied.
    ///
    /// - Parameter envID: of a webhook for one environment, whose rules then hold as well.
    package func receiverRules(tenantID: String, envID: String?) -> TargetRules {
        let key = EnvironmentKey(tenantID: tenantID, envID: envID ?? "")
        let rules = targetRules(for: key)
        guard !receivers.isEmpty else { return rules }
        return TargetRules(
            rules.layers.enumerated().map { index, layer in
                // A list that is empty allows everything but special addresses, of which the
                // service's may name some all the same.
                let all: [TargetPattern] =
                    layer.allow.isEmpty ? [TargetPattern(.anything)] : layer.allow
                let allow = layer.allow.isEmpty && index > 0 ? [] : all + receivers
                return TargetRules.Layer(owner: layer.owner, allow: allow, deny: layer.deny)
            })
    }
}
