import Foundation
import Logging

/// What a look, or a run's poll, tells of a cluster.
extension ClusterMonitor {
    /// - Returns: load of runs that are over.
    func take(
        _ result: Result<ClusterHealth, DriverError>, _ owners: [LoadOwner], _ runs: Set<RunID>,
        into watched: inout Watched
    ) -> [(ClusterLoad, Run)] {
        switch result {
        case .failure(let error):
            noteFailure(error, in: &watched)
            return []
        case .success(let health):
            noteAnswer(in: &watched)
            let loads = zip(health.loads, owners)
            noteForeign(loads.first { $0.1 == .nobody }?.0, in: &watched)
            let returned = loads.compactMap { load, owner in
                if case .over(let run) = owner { (load, run) } else { nil }
            }
            watched.status.health = health
            watched.status.runs = runs.union(returned.map(\.1.id))
            let over = returned.isEmpty ? nil : Self.returnedText
            watched.status.problem = health.problem ?? over
            // What is gone may come back, which is then another story.
            watched.returned = watched.returned.filter { id, _ in
                returned.contains { $0.1.id == id }
            }
            return returned
        }
    }

    /// Names no run: everybody that the cluster serves is told of it.
    private static let returnedText =
        "it shows load of a run that is over, which is being stopped"

    /// A run's poll was answered.
    func heard(from id: String, _ run: RunID, _ sighting: Sighting) {
        guard var watched = clusters[id] else { return }
        watched.heardAt = time.uptime
        noteAnswer(in: &watched)
        watched.status.runs.insert(run)
        if let glimpse = sighting.cluster {
            if watched.status.health == nil {
                watched.status.health = ClusterHealth(glimpse)
            } else {
                watched.status.health?.take(glimpse)
            }
        }
        clusters[id] = watched
    }

    /// The hook of a run's load has told of its cluster. That says nothing about whether the
    /// master answers.
    func heard(from id: String, users: Int, workers: Int?) {
        clusters[id]?.status.health?.users = users
        if let workers { clusters[id]?.status.health?.workers = workers }
    }

    /// A run's load has ended, or its workers have changed: what was seen before is not so any
    /// more, and whoever asks next is told what a new look shows.
    func outdate(_ id: String) {
        clusters[id]?.isOutdated = true
    }

    /// A run's poll was not answered.
    func heardNothing(from id: String, _ error: DriverError) {
        guard var watched = clusters[id] else { return }
        watched.heardAt = time.uptime
        noteFailure(error, in: &watched)
        clusters[id] = watched
    }

    private func noteAnswer(in watched: inout Watched) {
        watched.failures = 0
        watched.status.lastSeenAt = time.now
        watched.status.problem = nil
        guard watched.status.isReachable != true else { return }
        let wasKnown = watched.status.isReachable != nil
        (watched.status.isReachable, watched.status.changedAt) = (true, time.now)
        guard wasKnown else { return }
        logger.info("cluster reachable", ["clusterId": .string(watched.status.cluster.id)])
    }

    private func noteFailure(_ error: DriverError, in watched: inout Watched) {
        watched.failures += 1
        watched.status.lastError = .init(at: time.now, message: error.description)
        watched.status.problem = error.description
        (watched.status.health, watched.status.foreignLoad) = (nil, nil)
        guard watched.status.isReachable != false else { return }
        (watched.status.isReachable, watched.status.changedAt) = (false, time.now)
        logger.warning(
            "cluster unreachable",
            [
                "clusterId": .string(watched.status.cluster.id),
                "cause": .string(error.description),
            ])
    }

    private func noteForeign(_ load: ClusterLoad?, in watched: inout Watched) {
        let before = watched.status.foreignLoad
        guard let load else {
            (watched.status.foreignLoad, watched.foreignSeenAt) = (nil, nil)
            if before != nil {
                logger.info(
                    "foreign load gone", ["clusterId": .string(watched.status.cluster.id)])
            }
            return
        }
        let foreign = ForeignLoad(load, seen: watched.foreignSeenAt?.date ?? time.now)
        watched.foreignSeenAt = (time.uptime, watched.foreignSeenAt?.date ?? time.now)
        watched.status.foreignLoad = foreign
        guard before?.detail != foreign.detail else { return }
        logger.warning(
            "foreign load",
            [
                "clusterId": .string(watched.status.cluster.id),
                "detail": .string(foreign.detail), "users": .int(foreign.users),
            ])
    }
}
