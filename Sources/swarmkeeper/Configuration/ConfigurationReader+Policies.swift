import Addresses
import ControlPlane
import YAML

/// Environments, and what they and their tenants say about which runs may be started.
extension ConfigurationReader {
    static let policyKeys = ["targets", "freeze"]
    private static let approvalKeys = ["protected", "approvers", "approvalExpirySeconds"]

    struct Environment {
        let name: String
        var policy = StartPolicy()
        var limits = UsageLimits()
    }

    /// Each by its name alone, or as keys with `id`.
    mutating func environments(_ fields: NodeReader.Fields) -> [Environment] {
        guard let node = fields["environments"] else {
            reader.report(fields.position, "environments is missing, such as [dev, staging]")
            return []
        }
        var environments: [Environment] = []
        for item in reader.items(of: node, what: "environments") {
            var (policy, limits) = (StartPolicy(), UsageLimits())
            var name: String?
            if case .mapping = item.value {
                let own = reader.fields(
                    of: item, known: ["id", "limits"] + Self.policyKeys + Self.approvalKeys)
                name = reader.requiredString("id", in: own)
                limits = self.limits(own["limits"], among: UsageLimits.Name.ofEnvironments)
                policy = self.policy(own)
                policy.approval = approval(own)
            } else {
                name = reader.string(item, "an environment")
            }
            guard let name else { continue }
            let taken = environments.map(\.name)
            if check(name, "environment", taken: taken, at: item.position) {
                environments.append(Environment(name: name, policy: policy, limits: limits))
            }
        }
        return environments
    }

    mutating func policy(_ fields: NodeReader.Fields) -> StartPolicy {
        var policy = StartPolicy()
        let targets = reader.fields(of: fields["targets"], known: ["allow", "deny"])
        policy.allow = patterns(targets["allow"], "allow")
        policy.deny = patterns(targets["deny"], "deny")
        policy.freezes = freezes(fields["freeze"])
        return policy
    }

    private mutating func approval(_ fields: NodeReader.Fields) -> ApprovalPolicy? {
        let approvers = choice(
            fields["approvers"], "approvers",
            among: [Permission.start, .configure, .administer])
        // From a minute to a week.
        let expiry = reader.seconds(
            fields["approvalExpirySeconds"], "approvalExpirySeconds", in: 60...604_800)
        guard toggle(fields["protected"], "protected") else {
            for key in Self.approvalKeys.dropFirst() {
                guard let node = fields[key] else { continue }
                reader.report(node.position, "\(key) is for environments with protected: true")
            }
            return nil
        }
        return ApprovalPolicy(
            approvers: approvers ?? ApprovalPolicy.approversDefault,
            expiry: expiry.map { .seconds($0) } ?? ApprovalPolicy.expiryDefault)
    }

    mutating func patterns(_ node: Node?, _ what: String) -> [TargetPattern] {
        var patterns: [TargetPattern] = []
        for item in reader.items(of: node, what: "targets, such as [shop.example.org, 10.0.0.0/8]")
        {
            guard let text = reader.string(item, "a target") else { continue }
            do throws(TargetPattern.Fault) {
                patterns.append(try TargetPattern(text))
            } catch {
                reader.report(item.position, "\(what): \(item.text ?? text) \(error.message)")
            }
        }
        // An empty list of what is allowed could mean nothing as well as everything.
        if let node, case .sequence(let items) = node.value, items.isEmpty {
            reader.report(node.position, "\(what) has no targets; leave it out")
        }
        return patterns
    }
}
