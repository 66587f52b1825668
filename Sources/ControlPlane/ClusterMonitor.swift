import Foundation
import Logging

/// Looks at every configured cluster all the time, whether a run is on it or not, and knows how
/// each was found last.
///
/// Each cluster has a task of its own, so that a slow one delays no other, and dead ones share
/// fewer slots than those that answer.
package actor ClusterMonitor {
    struct Watched {
        /// Differs between two configurations of one cluster: news of the old one are dropped.
        let generation: Int
        /// From 0 to 1: where in the interval its looks are, so that not all come at once.
        let phase: Double
        var status: ClusterStatus
        var failures = 0
        /// When the look began that the status is from; an older one that comes later is dropped.
        var lookedAt: Duration?
        /// When a run's poll last told of the cluster.
        var heardAt: Duration?
        var foreignSeenAt: (time: Duration, date: Date)?
        var returned: [RunID: ReturnedLoad] = [:]
        /// Whether the figures are known not to be so any more.
        var isOutdated = false
    }

    let drivers: any LoadDriverProvider
    let store: any RunStore
    let settings: SupervisionSettings
    let time: any TimeSource
    let logger: Logger
    var clusters: [String: Watched] = [:]
    private let executor: SupervisionExecutor
    private let lane: SupervisionLane
    private let slots: Slots
    private let slotsOfDead: Slots
    private var lastGeneration = 0
    private let newcomers: AsyncStream<Newcomer>
    private let admit: AsyncStream<Newcomer>.Continuation

    private struct Newcomer {
        let id: String
        let generation: Int
    }

    init(
        _ configured: [Cluster], drivers: any LoadDriverProvider, store: any RunStore,
        settings: SupervisionSettings, time: any TimeSource, logger: Logger,
        executor: SupervisionExecutor
    ) {
        self.executor = executor
        lane = SupervisionLane(on: executor)
        self.drivers = drivers
        self.store = store
        self.settings = settings
        self.time = time
        self.logger = logger
        slots = Slots(settings.clusterLooksMax)
        slotsOfDead = Slots(settings.clusterLooksOfDeadMax)
        (newcomers, admit) = AsyncStream.makeStream()
        for (index, cluster) in configured.enumerated() {
            clusters[cluster.id] = Watched(
                generation: 0, phase: Double(index) / Double(configured.count),
                status: ClusterStatus(cluster))
            admit.yield(Newcomer(id: cluster.id, generation: 0))
        }
    }

    /// Supervisors tell it what they see, and must not wait for whoever reads it meanwhile.
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        lane.asUnownedSerialExecutor()
    }

    /// Watches from now on what is configured now. A cluster whose generator has changed is
    /// another one.
    func watch(_ configured: [Cluster]) {
        let before = clusters
        clusters = [:]
        lastGeneration += 1
        for (index, cluster) in configured.enumerated() {
            if var known = before[cluster.id],
                known.status.cluster.generator == cluster.generator
            {
                known.status.cluster = cluster
                clusters[cluster.id] = known
                continue
            }
            clusters[cluster.id] = Watched(
                generation: lastGeneration, phase: Double(index) / Double(configured.count),
                status: ClusterStatus(cluster))
            admit.yield(Newcomer(id: cluster.id, generation: lastGeneration))
        }
    }

    /// Looks until the task is cancelled.
    func run(for orchestrator: Orchestrator) async {
        await withDiscardingTaskGroup { group in
            for await newcomer in newcomers {
                group.addTask { await self.keepLooking(at: newcomer, for: orchestrator) }
            }
            group.cancelAll()
        }
    }

    /// How these clusters are, in this order.
    ///
    /// - Parameter fresh: looks at each of them now. Otherwise only those are looked at that nobody
    ///   has looked at yet, or not since they have changed; either takes `clusterLooksWait` at the
    ///   most.
    func statuses(of ids: [String], fresh: Bool, for orchestrator: Orchestrator) async
        -> [ClusterStatus]
    {
        let wanted = ids.filter { id in
            fresh || clusters[id].map { $0.status.isReachable == nil || $0.isOutdated } ?? false
        }
        await lookNow(at: wanted, within: settings.clusterLooksWait, for: orchestrator)
        return ids.compactMap { clusters[$0]?.status }
    }

    func knownStatuses(of ids: [String]) -> [ClusterStatus] {
        ids.compactMap { clusters[$0]?.status }
    }

    /// Looks at all of them at once, for as long as `wait` at the most.
    func lookNow(at ids: [String], within wait: Duration, for orchestrator: Orchestrator) async {
        guard !ids.isEmpty else { return }
        let time = time
        await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                // Cut short, everybody has been looked at.
                try? await time.sleep(for: wait)
                return false
            }
            for id in ids {
                // Also for a request: runs' polls and stops go through the same drivers.
                group.addTask(executorPreference: executor) {
                    _ = await self.look(at: id, for: orchestrator)
                    return true
                }
            }
            var left = ids.count
            while left > 0, await group.next() == true { left -= 1 }
            group.cancelAll()
        }
    }

    private func keepLooking(at newcomer: Newcomer, for orchestrator: Orchestrator) async {
        let id = newcomer.id
        var isFirst = true
        while let watched = clusters[id], watched.generation == newcomer.generation {
            if !isHeardOf(watched), let returned = await look(at: id, for: orchestrator) {
                for load in returned { await stop(load, on: id, for: orchestrator) }
            }
            let pause = pauseBeforeLook(at: id) * (isFirst ? 0.5 + watched.phase : 1)
            isFirst = false
            do { try await time.sleep(for: pause) } catch { return }
        }
    }

    /// Whether its runs' polls tell of a cluster, and a look has to tell nothing more for now.
    private func isHeardOf(_ watched: Watched) -> Bool {
        guard let heardAt = watched.heardAt, let lookedAt = watched.lookedAt else { return false }
        return time.uptime < heardAt + settings.clusterLookInterval
            && time.uptime < lookedAt + settings.clusterLookIntervalWhilePolled
    }

    private func pauseBeforeLook(at id: String) -> Duration {
        guard let watched = clusters[id] else { return .zero }
        if let pause = watched.returned.values.map(\.pause).min() { return pause }
        let backoff = settings.clusterLookInterval * (1 << min(watched.failures, 6))
        return min(backoff, max(settings.clusterLookBackoffMax, settings.clusterLookInterval))
    }

    /// Looks once, and takes note of what was seen.
    ///
    /// - Returns: load of runs that are over; nil when nothing was learnt.
    func look(at id: String, for orchestrator: Orchestrator) async -> [(ClusterLoad, Run)]? {
        guard let watched = clusters[id] else { return nil }
        let slots = watched.failures > 0 ? slotsOfDead : slots
        guard await slots.enter() else { return nil }
        let began = time.uptime
        // What changes during the look is looked at once more.
        clusters[id]?.isOutdated = false
        // Before and after: what a cluster shows may be of a run that begins or ends meanwhile.
        var runs = await orchestrator.liveRuns(on: id)
        let result: Result<ClusterHealth, DriverError>
        do {
            result = .success(try await drivers.driver(for: watched.status.cluster).health())
        } catch {
            result = .failure(error)
        }
        await slots.leave()
        runs.formUnion(await orchestrator.liveRuns(on: id))
        // A look that was cut short says nothing about the cluster.
        guard !Task.isCancelled else { return nil }
        var owners: [LoadOwner] = []
        if case .success(let health) = result {
            for load in health.loads {
                owners.append(await orchestrator.owner(of: load, beside: runs))
            }
        }
        guard var now = clusters[id], now.generation == watched.generation,
            now.lookedAt ?? .zero <= began
        else { return nil }
        now.lookedAt = began
        let returned = take(result, owners, runs, into: &now)
        clusters[id] = now
        return returned
    }
}
