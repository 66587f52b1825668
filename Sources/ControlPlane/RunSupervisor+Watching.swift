import Foundation
import Logging

/// What is seen of the run: polls, callbacks and the clock.
extension RunSupervisor {
    func watchDeadline() async {
        do {
            while deadline == nil, !run.state.isOver {
                try await time.sleep(for: settings.watchInterval)
            }
            guard let deadline else { return }
            try await time.sleep(until: deadline)
        } catch {
            return  // Cancelled: the run is over, or is left to the next process.
        }
        await apply(.deadlineReached)
    }

    /// Polls one at a time, so a slow master is never asked twice at once.
    func pollWhileLoadIsExpected() async {
        while run.state == .pending || run.state == .starting || run.state == .running {
            do { try await time.sleep(for: pauseBeforePoll) } catch { return }
            guard run.state == .starting || run.state == .running else { continue }
            await poll()
        }
    }

    private var pauseBeforePoll: Duration {
        guard run.state == .running else { return settings.watchInterval }
        let backoff = settings.pollInterval * (1 << min(pollFailures, 6))
        return min(backoff, max(settings.pollBackoffMax, settings.pollInterval))
    }

    private func poll() async {
        do {
            let sighting = try await driver.look(for: id)
            lastContact = time.uptime
            pollFailures = 0
            await interpret(sighting)
        } catch {
            pollFailures += 1
            logger.warning(
                "poll failed", ["cause": .string(error.description), "inARow": .int(pollFailures)])
            if time.uptime >= lastContact + settings.clusterLostAfter {
                await apply(.clusterLost(error.description))
            }
        }
        if run.state == .starting, let orderedAt,
            time.uptime >= orderedAt + settings.startTimeout
        {
            await apply(
                .startTimedOut("no load was seen within \(settings.startTimeout) of the order"))
        }
    }

    private func interpret(_ sighting: Sighting) async {
        noteBoot(of: sighting)
        if masterRestartedAt != nil {
            return await apply(
                .clusterLost(
                    "the Locust master was restarted; its old workers may go on for a minute"))
        }
        await take(sighting.observation)
        switch sighting.load {
        case .on:
            await apply(.loadSeen)
        case .over(let reason, let detail):
            await loadEnded(reason, detail)
        case .absent where run.state == .running:
            await loadEnded(nil, "the cluster shows no load")
        case .foreign(let whose):
            await apply(.replaced("the cluster runs \(whose)"))
        case .absent, .unclear:
            break
        }
    }

    /// The load is over and nobody here asked for it.
    private func loadEnded(_ reason: EndReason?, _ detail: String) async {
        await apply(.loadSeen)
        if let reason { return await apply(.loadGone(reason, detail)) }
        if let deadline, time.uptime >= deadline - settings.deadlineTolerance {
            return await apply(.loadGone(.durationElapsed, "the planned duration is over"))
        }
        switch hookStopReason {
        case .deadline:
            await apply(.loadGone(.durationElapsed, "the hook stopped the test at its deadline"))
        case .lease:
            await apply(
                .loadGone(.loadVanished, "the hook stopped the test: its lease had run out"))
        case .controlPlane, nil:
            await apply(.loadGone(.loadVanished, detail))
        }
    }

    /// Notices that the master is another process than the one that took the order.
    func noteBoot(of sighting: Sighting) {
        guard let seen = sighting.boot else { return }
        if let boot, boot != seen, masterRestartedAt == nil {
            masterRestartedAt = time.uptime
            logger.warning("master restarted")
        }
        boot = boot ?? seen
    }

    /// Stores an observation and lets it count; a repeated one changes nothing.
    func take(_ observation: Observation?) async {
        guard let observation else { return }
        do {
            try await absorb(observation)
        } catch {
            logger.error("observation not stored", ["cause": .string("\(error)")])
        }
    }

    private func absorb(_ observation: Observation) async throws(ControlPlaneError) {
        var preview = numbers
        guard preview.absorb(observation) else { return }
        // It counts only once it is stored: the sender of one that is not will send it again.
        try await store.append(observation, to: id, numbers: preview.lastMetrics)
        numbers.absorb(observation)
    }

    func receive(_ callback: Callback) async throws(ControlPlaneError) -> CallbackAnswer {
        guard callback.concerns(run) else { throw .unknownRun(callback.runID) }
        guard !run.state.isOver else { throw .runIsOver(id, run.state) }
        guard run.state != .pending else { throw .unknownRun(id) }  // It has no load yet.
        lastContact = time.uptime
        let observation = callback.observation(of: run, receivedAt: time.now)
        let isDuplicate = numbers.hasSeen(observation.key)
        if !isDuplicate { try await absorb(observation) }
        if run.state == .starting { await apply(.loadSeen) }
        if callback.kind == .testStop {
            hookStopReason = callback.stopReason ?? hookStopReason
            if run.state == .running { await loadEnded(nil, "the test was stopped at the master") }
        }
        return CallbackAnswer(
            runID: id, lease: settings.lease, stop: run.state == .stopping,
            isDuplicate: isDuplicate)
    }
}
