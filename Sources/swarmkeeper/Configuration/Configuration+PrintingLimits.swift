import ControlPlane

extension Configuration {
    func printedEnvironments(of tenant: Tenant) -> [String] {
        guard !tenant.environmentLimits.isEmpty else {
            return [
                "    environments: [\(tenant.environments.map(quoted).joined(separator: ", "))]"
            ]
        }
        return ["    environments:"]
            + tenant.environments.flatMap { id -> [String] in
                ["      - id: \(quoted(id))"]
                    + printed(tenant.environmentLimits[id] ?? [:], indent: "        ")
            }
    }

    func printed(_ limits: UsageLimits, indent: String) -> [String] {
        guard !limits.isEmpty else { return [] }
        return ["\(indent)limits:"]
            + UsageLimits.Name.allCases.compactMap { name in
                limits[name].map { "\(indent)  \(name.rawValue): \(LimitBreach.plain($0))" }
            }
    }

    var printedTargets: [String] {
        guard !catalog.targets.isEmpty else { return [] }
        return ["targets:"]
            + catalog.targets.flatMap { ceiling -> [String] in
                let limits = printed(ceiling.limits, indent: "    ")
                return ["  - host: \(quoted(ceiling.owner.id))"]
                    + (limits.isEmpty ? ["    limits: {}"] : limits)
            }
    }
}
