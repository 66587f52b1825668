import Foundation

/// Limits that a run has to keep to, and whose they are.
package struct Ceiling: Equatable, Sendable {
    package enum Owner: Hashable, Sendable {
        case tenant(String)
        case environment(EnvironmentKey)
        /// All hosts that match, together, over all tenants.
        case target(TargetPattern)
    }

    package let owner: Owner
    package let limits: UsageLimits

    package init(_ owner: Owner, _ limits: UsageLimits) {
        self.owner = owner
        self.limits = limits
    }

    /// Whose runs it is about; nil for a target, on which all tenants' runs count.
    package var tenantID: String? {
        switch owner {
        case .tenant(let id): id
        case .environment(let key): key.tenantID
        case .target: nil
        }
    }

    /// Whether a live run counts here.
    func holds(for share: Usage.Share) -> Bool {
        switch owner {
        case .tenant(let id): share.environment.tenantID == id
        case .environment(let key): share.environment == key
        case .target(let pattern): share.hosts.contains(where: pattern.matches)
        }
    }
}

extension Ceiling {
    /// What a run asks for that it can never have here, whatever else runs.
    package func breaches(by plan: RunPlan) -> [LimitBreach] {
        let reach = plan.reach?.requestsPerSecond ?? 0
        return UsageLimits.Name.allCases.compactMap { name in
            let asked: Double
            switch name {
            case .maxConcurrentRuns, .maxRunsPerDay: asked = 1
            case .maxQueuedRuns: return nil
            case .maxUsers, .maxTotalUsers: asked = Double(plan.targetUsers)
            case .maxSpawnRate: asked = plan.spawnRate
            case .maxRequestsPerSecond, .maxTotalRequestsPerSecond: asked = reach
            case .maxDurationSeconds: asked = plan.durationSeconds
            }
            return breach(name, asked)
        }
    }

    /// What leaves no room for a new run now.
    package func breaches(by run: Usage.Share, beside usage: Usage) -> [LimitBreach] {
        let live = usage.live.filter { holds(for: $0) && $0.run != run.run }
        var found = breaches(byUsers: run.users, of: live)
        found += [breach(.maxConcurrentRuns, 1, live: live, inUse: Double(live.count))]
            .compactMap(\.self)
        if run.requestsPerSecond > 0 {
            let inUse = live.reduce(0) { $0 + $1.requestsPerSecond }
            found += [
                breach(
                    .maxTotalRequestsPerSecond, run.requestsPerSecond, live: live, inUse: inUse)
            ].compactMap(\.self)
        }
        if var daily = breach(.maxRunsPerDay, 1, inUse: Double(today(in: usage))) {
            daily.resetsAt = RunDay.end(of: usage.at)
            found.append(daily)
        }
        return found
    }

    /// What leaves no room for another number of users of a live run.
    package func breaches(byUsers users: Int, of run: Usage.Share, beside usage: Usage)
        -> [LimitBreach]
    {
        guard holds(for: run) else { return [] }
        return breaches(
            byUsers: users, of: usage.live.filter { holds(for: $0) && $0.run != run.run })
    }

    private func breaches(byUsers users: Int, of live: [Usage.Share]) -> [LimitBreach] {
        let inUse = live.reduce(0) { $0 + $1.users }
        return [breach(.maxTotalUsers, Double(users), live: live, inUse: Double(inUse))]
            .compactMap(\.self)
    }

    private func today(in usage: Usage) -> Int {
        switch owner {
        case .tenant(let id):
            usage.today.reduce(0) { $0 + ($1.key.tenantID == id ? $1.value : 0) }
        case .environment(let key): usage.today[key] ?? 0
        case .target: 0
        }
    }

    private func breach(
        _ name: UsageLimits.Name, _ asked: Double, live: [Usage.Share] = [], inUse: Double? = nil
    ) -> LimitBreach? {
        guard let max = limits[name], asked + (inUse ?? 0) > max else { return nil }
        return LimitBreach(
            owner, name, max: max, requested: asked, inUse: inUse, runs: live.map(\.run))
    }
}

extension Catalog {
    /// All limits that load in this environment and on these hosts has to keep to.
    package func ceilings(for key: EnvironmentKey, hosts: [TargetHost]) -> [Ceiling] {
        guard let tenant = tenant(key.tenantID) else { return [] }
        var ceilings: [Ceiling] = []
        if !tenant.limits.isEmpty { ceilings.append(Ceiling(.tenant(tenant.id), tenant.limits)) }
        if let own = tenant.environmentLimits[key.envID] {
            ceilings.append(Ceiling(.environment(key), own))
        }
        return ceilings
            + targets.filter { ceiling in
                guard case .target(let pattern) = ceiling.owner else { return false }
                return hosts.contains(where: pattern.matches)
            }
    }

    package func ceilings(for spec: LoadTestSpec, _ plan: RunPlan) -> [Ceiling] {
        ceilings(for: spec.environment, hosts: plan.reach?.hosts ?? [])
    }

    /// What of a run these limits never allow. The number of runs is left out: a definition of a
    /// tenant that may run nothing now is no mistake.
    package func breaches(by plan: RunPlan, of spec: LoadTestSpec) -> [LimitBreach] {
        ceilings(for: spec, plan).flatMap { $0.breaches(by: plan) }.filter {
            $0.name != .maxConcurrentRuns && $0.name != .maxRunsPerDay
        }
    }
}
