import Foundation
import JSON
import Logging

/// Workers that are lost and come back while load is on.
extension RunSupervisor {
    /// Takes what a look has shown of the workers of load that is on.
    func watchWorkers(_ seen: WorkersSeen?) async {
        guard let seen, isLoadExpected else { return }
        let (changes, seenAt) = (workers.see(seen, at: time.uptime), time.now)
        let known = workers.idsBeforeLoss ?? []
        if !changes.isEmpty { await monitor.outdate(clusterID) }
        for change in changes { await note(change, among: known, at: seenAt) }
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
        await watchWorkers(
            callback.workers.map { WorkersSeen(count: $0, silence: Self.silenceBeforeLoss) })
    }

    /// A master counts a worker that it does not hear of any more for about this long. A hook does
    /// not tell which of them left with a word, and at once.
    private static let silenceBeforeLoss = Duration.seconds(5)
    /// Tries to learn who was lost, and the pause before each: a master shows who is there as it
    /// was up to 2 s ago.
    private static let namingTries = 4
    private static let namingPause = Duration.milliseconds(750)

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
                + "about " + text(away),
            facts: [
                "before": .int(Int64(most)), "now": .int(Int64(now)),
                "secondsAffected": seconds(away),
            ])
    }

    /// - Parameter known: the ids before a loss that does not tell them.
    private func note(_ change: WorkerWatch.Change, among known: Set<String>, at seenAt: Date) async
    {
        switch change {
        case .lost(let before, let now, let ids):
            guard ids.isEmpty, !known.isEmpty else {
                return await noteLoss(before, now, ids, at: seenAt)
            }
            // Neither the hook that has told of it nor the next poll waits for the names.
            Task(executorPreference: executor) {
                let ids = await self.lost(before - now, of: known)
                await self.noteLoss(before, now, ids, at: seenAt)
            }
        case .returned(let before, let now, let away):
            logger.info("workers returned", ["before": .int(before), "now": .int(now)])
            await note(
                .workersReturned,
                "\(amount(now - before)) \(now - before == 1 ? "is" : "are") there again; "
                    + "\(now) of \(workers.most) after about " + text(away),
                facts: [
                    "before": .int(Int64(before)), "now": .int(Int64(now)),
                    "secondsAffected": seconds(away),
                ])
        }
    }

    /// Who of `known` is not there any more; nobody where that is not told.
    private func lost(_ count: Int, of known: Set<String>) async -> [String] {
        for _ in 0..<Self.namingTries {
            do {
                guard let present = try await driver.workersPresent() else { return [] }
                let lost = known.subtracting(present)
                if lost.count >= count { return lost.sorted() }
                try await time.sleep(for: Self.namingPause)
            } catch {
                return []  // The loss itself is worth more than the names.
            }
        }
        return []
    }

    private func noteLoss(_ before: Int, _ now: Int, _ ids: [String], at seenAt: Date) async {
        let names = ids.joined(separator: ", ")
        logger.warning(
            "workers lost",
            ["before": .int(before), "now": .int(now), "lost": .string(names)])
        let count = before - now
        let line = TimelineNote(
            .workersLost, at: seenAt,
            "\(count) of \(amount(before)) \(count == 1 ? "was" : "were") lost; what "
                + "\(count == 1 ? "it" : "they") counted in up to 3 s before is not in the "
                + "numbers",
            facts: [
                "before": .int(Int64(before)), "now": .int(Int64(now)),
                "lost": .array(ids.map { .string($0) }),
            ])
        do {
            try await store.note(line, of: id)
        } catch {
            logger.error("timeline not stored", ["cause": .string("\(error)")])
        }
    }

    private func amount(_ count: Int) -> String { count == 1 ? "1 worker" : "\(count) workers" }

    private func seconds(_ duration: Duration) -> JSONValue {
        .double((duration / .milliseconds(100)).rounded() / 10)
    }

    private func text(_ duration: Duration) -> String {
        "\(Int((duration / .seconds(1)).rounded())) s"
    }
}
