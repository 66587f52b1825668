import Foundation
import JSON
import Logging

/// Workers that are lost and come back while load is on.
extension RunSupervisor {
    /// Takes what a look has shown of the workers of load that is on.
    func watchWorkers(_ seen: WorkersSeen?) async {
        guard let seen, isLoadExpected else { return }
        for change in workers.see(seen, at: time.uptime) { await note(change) }
        guard isLoadExpected, workers.areLost(at: time.uptime, grace: settings.workersLossGrace)
        else { return }
        await apply(
            .workersLost(
                "\(workers.present ?? 0) of \(workers.most) workers were left for "
                    + "\(Int(settings.workersLossGrace / .seconds(1))) s, and the run needs the "
                    + "share \(run.plan.minWorkersShare ?? 0) of them"))
    }

    /// The same for a hook's message, unless that was on its way for so long that a poll has seen
    /// what has become of the workers since.
    func watchWorkers(in callback: Callback, _ observation: Observation) async {
        let age = time.now.timeIntervalSince(observation.time)
        guard callback.kind == .metrics, age < Self.workersNewsAgeMax else { return }
        if capacity == .oneRun {
            await monitor.heard(from: clusterID, users: callback.users, workers: callback.workers)
        }
        await watchWorkers(callback.workers.map { WorkersSeen(count: $0) })
    }

    /// A hook sends once a second or less often, and a message that is repeated comes later.
    private static let workersNewsAgeMax: TimeInterval = 2

    /// A cluster that is polled need not be looked at as well. Engines are on this machine, and
    /// what one of them does says nothing about the others of its cluster.
    func tellMonitor(of sighting: Sighting) async {
        guard capacity == .oneRun else { return }
        await monitor.heard(from: clusterID, id, sighting)
        // While users come, what was seen is soon too little.
        if let users = sighting.cluster?.users, isLoadExpected, users < run.targetUsers {
            await monitor.outdate(clusterID)
        }
    }

    func tellMonitor(of error: DriverError) async {
        guard capacity == .oneRun else { return }
        await monitor.heardNothing(from: clusterID, error)
    }

    /// Says at the end of the load for how long workers were missing that did not come back.
    func noteMissingWorkersOnce() async {
        guard !isLoadExpected, let away = workers.end(at: time.uptime) else { return }
        let (now, most) = (workers.present ?? 0, workers.most)
        await note(
            .workersLost,
            "\(most - now) of \(most) workers were missing at the end of the load, for "
                + text(away),
            facts: [
                "before": .int(Int64(most)), "now": .int(Int64(now)),
                "secondsAffected": seconds(away),
            ])
    }

    private func note(_ change: WorkerWatch.Change) async {
        switch change {
        case .lost(let before, let now, let ids):
            logger.warning("workers lost", ["before": .int(before), "now": .int(now)])
            await note(
                .workersLost, "\(before - now) of \(before) workers were lost",
                facts: [
                    "before": .int(Int64(before)), "now": .int(Int64(now)),
                    "lost": .array(ids.map { .string($0) }),
                ])
        case .returned(let before, let now, let away):
            logger.info("workers returned", ["before": .int(before), "now": .int(now)])
            await note(
                .workersReturned,
                "\(now - before) workers are there again; \(now) of \(workers.most) after "
                    + text(away),
                facts: [
                    "before": .int(Int64(before)), "now": .int(Int64(now)),
                    "secondsAffected": seconds(away),
                ])
        }
    }

    private func seconds(_ duration: Duration) -> JSONValue {
        .double((duration / .milliseconds(100)).rounded() / 10)
    }

    private func text(_ duration: Duration) -> String {
        "\(Int((duration / .seconds(1)).rounded())) s"
    }
}
