/// One look at the queue: who can start, and what the others wait for. Decides by what it was
/// given, and waits for nothing.
struct QueuePass {
    enum Verdict: Equatable {
        case start(on: String)
        case wait(Obstacle)
        /// What no waiting can mend.
        case refuse(ControlPlaneError)
    }

    var catalog: Catalog
    var usage: Usage
    /// What keeps runs from a cluster beside the runs that it has.
    var inTheWay: [String: ReachedLimit] = [:]
    /// Runs that the store has refused within this look, although there seemed to be room.
    var refused: [RunID: Obstacle] = [:]

    /// The first run in the order of turns that can start, or nil. Notes with all others that were
    /// looked at what they wait for.
    func next(in queue: inout RunQueue) -> (run: RunID, verdict: Verdict)? {
        for tenant in queue.turns {
            var claims = QueueClaims()
            for waiter in queue.line(of: tenant) {
                let id = waiter.run.id
                if waiter.isBeingStored {
                    // It has its place already, and what it waits for.
                    if let obstacle = waiter.obstacle { claims.add(obstacle, of: id) }
                    continue
                }
                switch verdict(on: waiter.run.spec, waiter.run.plan, of: id, behind: claims) {
                case .wait(let obstacle):
                    note(obstacle, of: waiter.run, in: &queue)
                    claims.add(obstacle, of: id)
                case let verdict: return (id, verdict)
                }
            }
        }
        return nil
    }

    /// - Parameter claims: of the tenant's runs that come before this one.
    func verdict(
        on spec: LoadTestSpec, _ plan: RunPlan, of id: RunID, behind claims: QueueClaims
    ) -> Verdict {
        if let obstacle = refused[id] { return .wait(obstacle) }
        let candidates: [Cluster]
        do throws(ControlPlaneError) {
            candidates = try catalog.candidates(for: spec, plan)
        } catch {
            return .refuse(error)
        }
        let ceilings = catalog.ceilings(for: spec, plan)
        if let earlier = claims.claimant(of: ceilings) { return .wait(.earlier(earlier)) }
        var share = Usage.Share(
            run: id, environment: spec.environment, clusterID: "", users: plan.targetUsers,
            requestsPerSecond: plan.reach?.requestsPerSecond ?? 0, hosts: plan.reach?.hosts ?? [])
        let reached = ceilings.flatMap { $0.breaches(by: share, beside: usage) }
        guard reached.isEmpty else { return .wait(.limits(reached)) }
        var full: [FullCluster] = []
        var earlier: RunID?
        for cluster in candidates {
            if let claimant = claims.claimant(of: cluster.id) {
                earlier = earlier ?? claimant
                continue
            }
            share = share.on(cluster.id)
            if let limit = inTheWay[cluster.id] {
                full.append(FullCluster(cluster.id, limit, []))
            } else if let busy = Room(cluster.capacity, within: [], at: usage.at)
                .fullCluster(for: share, beside: usage)
            {
                full.append(busy)
            } else {
                return .start(on: cluster.id)
            }
        }
        guard full.isEmpty, let earlier else { return .wait(.clusters(full)) }
        return .wait(.earlier(earlier))
    }

    private func note(
        _ obstacle: Obstacle, of run: Run, in queue: inout RunQueue
    ) {
        // Who can read of this run may see no other environment than its own.
        let environment = run.spec.environment
        let live = usage.live.filter { $0.environment == environment }.map(\.run)
        let waiting = queue.line(of: environment.tenantID).map(\.run)
            .filter { $0.spec.environment == environment }.map(\.id)
        queue.change(run.id) {
            $0.obstacle = obstacle
            $0.waitsFor = obstacle.text(showing: Set(live + waiting))
        }
    }
}
