import Foundation
import JSON
import Logging

/// Load of a run that is over, for which nobody is there any more to stop it.
struct ReturnedLoad: Sendable {
    /// The stop as the run's timeline has it; nil where that could not be stored.
    let order: TimelineMark?
    /// Until it is looked for, and stopped, again.
    var pause: Duration
}

extension ClusterMonitor {
    /// Stops load that is shown to be of a run that is over. It is looked at again soon, and
    /// stopped again as long as it is there.
    func stop(
        _ returned: (load: ClusterLoad, run: Run), on id: String, for orchestrator: Orchestrator
    )
        async
    {
        let (load, run) = returned
        guard let cluster = clusters[id]?.status.cluster else { return }
        // A stop concerns the whole master: while it is under way nothing is started there.
        guard await orchestrator.beginClearing(cluster) else { return }
        let order: TimelineMark?
        if let known = clusters[id]?.returned[run.id] {
            clusters[id]?.returned[run.id]?.pause = min(
                known.pause * 2, settings.loadReturnedRetryMax)
            order = known.order
        } else {
            logger.warning(
                "load of a run that is over",
                [
                    "clusterId": .string(id), "runId": .string(run.id.text),
                    "users": .int(load.users),
                ])
            order = await note(load, of: run, on: id)
            clusters[id]?.returned[run.id] = ReturnedLoad(
                order: order, pause: settings.loadReturnedRetryMin)
        }
        await settle(order, await stop(run.id, on: cluster))
        await orchestrator.endClearing(cluster)
    }

    private func stop(_ run: RunID, on cluster: Cluster) async -> TimelineEntry.Outcome {
        let fields: [String: LogValue] = [
            "clusterId": .string(cluster.id), "runId": .string(run.text),
        ]
        do {
            try await drivers.driver(for: cluster).stop(run)
            logger.info("stop sent", fields)
            return .init(.done, at: time.now)
        } catch {
            logger.warning(
                "stop failed, will be repeated",
                fields.merging(["cause": .string(error.description)]) { $1 })
            return .init(.retrying, error.description, at: time.now)
        }
    }

    /// Stores that the load was found and will be stopped. A stop is never held up by the store.
    private func note(_ load: ClusterLoad, of run: Run, on id: String) async -> TimelineMark? {
        do {
            try await store.note(
                TimelineNote(
                    .loadReturned, at: time.now,
                    "cluster \(id) shows load of this run, which is over; it is stopped",
                    facts: ["users": .int(Int64(load.users)), "state": .string(load.state)]),
                of: run.id)
            return try await store.note(
                TimelineNote(.stop, at: time.now, "load of a run that is over"), of: run.id)
        } catch {
            logger.error("timeline not stored", ["cause": .string("\(error)")])
            return nil
        }
    }

    private func settle(_ order: TimelineMark?, _ outcome: TimelineEntry.Outcome) async {
        guard let order else { return }
        do {
            try await store.settle(order, outcome)
        } catch {
            logger.error("timeline not stored", ["cause": .string("\(error)")])
        }
    }
}
