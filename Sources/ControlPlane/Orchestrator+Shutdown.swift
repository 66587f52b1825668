import Foundation
import Logging

/// The way down: nothing new starts, what is there is stopped or waited for.
extension Orchestrator {
    /// Between two lines that tell what is waited for.
    static let progressInterval = Duration.seconds(5)
    /// Between two looks whether the runs are over: short beside the seconds that a stop takes.
    static let progressPollInterval = Duration.milliseconds(50)

    /// Refuses new runs from now on. Everything else is served as before.
    package func beginShutdown() {
        isShuttingDown = true
    }

    /// How many runs this process supervises.
    package var liveCount: Int { live.count }

    /// Tells of each run that this process leaves to the next one, with the time until its
    /// deadline. To be called when nothing is served any more.
    ///
    /// - Returns: how many there are.
    package func tellLeftRuns() async -> Int {
        var left: [Run] = []
        for supervisor in live.values { left.append(await supervisor.run) }
        left.removeAll { $0.state.isOver }
        for run in left.sorted(by: { $0.id.text < $1.id.text }) {
            var fields: [String: LogValue] = [
                "runId": .string(run.id.text), "tenantId": .string(run.spec.tenantId),
                "clusterId": .string(run.clusterID), "state": .string(run.state.rawValue),
            ]
            // A run that was never started has none.
            if let deadline = run.deadline {
                fields["deadline"] = .string(
                    deadline.ISO8601Format(.init(includingFractionalSeconds: true)))
                fields["secondsLeft"] = .int(
                    max(0, Int(deadline.timeIntervalSince(time.now).rounded())))
            }
            logger.info("run left", fields)
        }
        if !queue.isEmpty { logger.info("queue left", ["runs": .int(queue.count)]) }
        return left.count
    }

    /// Waits until these runs are over, at most for `limit`.
    package func untilOver(_ runs: [RunID], within limit: Duration) async {
        _ = await wait(within: limit) { live in live.filter { runs.contains($0.key) } }
    }

    /// Stops all runs, and waits until their clusters show no load and their last numbers are
    /// stored. To be called after `beginShutdown`.
    ///
    /// - Parameter limit: for the wait.
    /// - Returns: the runs that are not over then. That they are to stop is stored, so the next
    ///   process goes on stopping them.
    package func stopAll(within limit: Duration) async -> [RunID] {
        var told: Set<RunID> = []
        return await wait(within: limit) { live in
            // A start that was under way when the shutdown began may yet succeed.
            let untold = live.filter { !told.contains($0.key) && !beingStored.contains($0.key) }
            told.formUnion(untold.keys)
            await withDiscardingTaskGroup { group in
                for supervisor in untold.values {
                    group.addTask { await supervisor.apply(.shutdownRequested) }
                }
            }
            return live
        }
    }

    /// Waits until `awaited` picks none of the live runs any more. Returns those that are left.
    private func wait(
        within limit: Duration,
        for awaited: ([RunID: RunSupervisor]) async -> [RunID: RunSupervisor]
    ) async -> [RunID] {
        let end = time.uptime + limit
        var nextLine = time.uptime
        while true {
            let left = await awaited(live).keys.filter { live[$0] != nil }
            guard !left.isEmpty, time.uptime < end else { return left.sorted { $0.text < $1.text } }
            if time.uptime >= nextLine {
                nextLine = time.uptime + Self.progressInterval
                logger.info(
                    "waiting for runs to end",
                    [
                        "runs": .int(left.count),
                        "secondsLeft": .double(((end - time.uptime) / .seconds(1)).rounded()),
                    ])
            }
            do { try await time.sleep(for: Self.progressPollInterval) } catch {
                return left.sorted { $0.text < $1.text }
            }
        }
    }
}
