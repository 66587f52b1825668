import ControlPlane
import YAML

/// How much may be used: by tenants, in their environments, and on targets.
extension ConfigurationReader {
    /// Names alone, or `{ id: prod, limits: {...} }` for those that have limits of their own.
    mutating func environments(_ fields: NodeReader.Fields) -> ([String], [String: UsageLimits]) {
        guard let node = fields["environments"] else {
            reader.report(fields.position, "environments is missing, such as [dev, staging]")
            return ([], [:])
        }
        var names: [String] = []
        var own: [String: UsageLimits] = [:]
        for item in reader.items(of: node, what: "environments") {
            guard case .mapping = item.value else {
                guard let name = reader.string(item, "an environment") else { continue }
                if check(name, "environment", taken: names, at: item.position) {
                    names.append(name)
                }
                continue
            }
            let entry = reader.fields(of: item, known: ["id", "limits"])
            let id = identifier("id", in: entry, taken: names, what: "environment")
            let limits = limits(entry["limits"], among: UsageLimits.Name.ofEnvironments)
            guard let id else { continue }
            names.append(id)
            if !limits.isEmpty { own[id] = limits }
        }
        return (names, own)
    }

    mutating func limits(_ node: Node?, among names: [UsageLimits.Name]) -> UsageLimits {
        let fields = reader.fields(of: node, known: names.map(\.rawValue))
        var limits = UsageLimits()
        for name in names {
            let value = fields[name.rawValue]
            limits[name] =
                name.isCount
                ? reader.integer(value, name.rawValue, in: 0...Int.max).map { Double($0) }
                : reader.rate(value, name.rawValue)
        }
        return limits
    }

    /// What holds for targets, after tenants and clusters are read.
    mutating func readTargets(_ node: Node?) {
        var targets: [Ceiling] = []
        for item in reader.items(of: node, what: "targets") {
            let fields = reader.fields(of: item, known: ["host", "limits"])
            if fields["limits"] == nil { reader.report(fields.position, "limits is missing") }
            let limits = limits(fields["limits"], among: UsageLimits.Name.ofTargets)
            guard let text = reader.requiredString("host", in: fields) else { continue }
            let position = fields["host"]?.position ?? fields.position
            guard let pattern = TargetPattern(text) else {
                reader.report(
                    position,
                    "host must be a host such as shop.example, shop.example:8443, [::1]:80, "
                        + "*.example for all names below it, or * for all hosts")
                continue
            }
            let ceiling = Ceiling(.target(pattern), limits)
            if targets.contains(where: { $0.owner == ceiling.owner }) {
                reader.report(position, "the target \(fields["host"]?.text ?? text) is given twice")
            }
            targets.append(ceiling)
        }
        configuration.catalog = Catalog(
            tenants: configuration.catalog.tenants, clusters: configuration.catalog.clusters,
            targets: targets)
    }
}
