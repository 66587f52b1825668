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
            let isAhead = deadline > time.uptime
            try await time.sleep(until: deadline)
            // One that was over before anybody here could know of it is not late through us.
            if isAhead { noteLateness(ofDeadline: deadline) }
        } catch {
            return  // Cancelled: the run is over, or is left to the next process.
        }
        await apply(.deadlineReached)
    }

    /// Polls one at a time, so a slow master is never asked twice at once. The pauses count from
    /// the moments when polls were due, so that what they take does not add up.
    func pollWhileLoadIsExpected() async {
        // Runs that are adopted together are not polled together for ever after.
        var due = time.uptime - (order == .answered ? pauseBeforePoll * id.phase : .zero)
        while run.state == .pending || run.state == .starting || run.state == .running {
            let pause = pauseBeforePoll
            // A master that takes long for its answers is left alone for a while after each.
            due = max(due + pause, time.uptime + pause / 2)
            do { due = try await waitForPoll(at: due) } catch { return }
            executor.polls.record(time.uptime - due)
            // Before the order is sent, whatever there is to see is not of this run.
            guard isLoadExpected, order != .notSent else { continue }
            await poll()
        }
    }

    var isLoadExpected: Bool { run.state == .starting || run.state == .running }

    private var pauseBeforePoll: Duration {
        guard run.state == .running, !workers.areTooFew else { return settings.watchInterval }
        let interval = driver.lookInterval ?? pollInterval
        let backoff = interval * (1 << min(pollFailures, 6))
        return min(backoff, max(settings.pollBackoffMax, interval))
    }

    private var pollInterval: Duration {
        let isWatched = liveEvents?.isWatched(id, in: environment) ?? false
        return isWatched
            ? min(settings.pollInterval, settings.watchedPollInterval) : settings.pollInterval
    }

    /// Waits until a poll is due, or sooner where somebody begins to watch meanwhile.
    ///
    /// - Returns: when it was due.
    private func waitForPoll(at due: Duration) async throws -> Duration {
        let (began, interval) = (time.uptime, settings.watchedPollInterval)
        guard liveEvents != nil, driver.lookInterval == nil else {
            try await time.sleep(until: due)
            return due
        }
        var due = due
        while time.uptime < due {
            try await time.sleep(until: min(due, time.uptime + interval))
            due = min(due, max(began + pauseBeforePoll, time.uptime))
        }
        return due
    }

    private func poll() async {
        let (stateBefore, orderBefore) = (run.state, order)
        let asked = time.uptime
        do {
            let sighting = try await driver.look(for: id)
            executor.meters.polls.record(time.uptime - asked)
            lastContact = time.uptime
            await noteAnswer()
            await interpret(sighting, wasRunning: stateBefore == .running, orderBefore)
            await tellMonitor(of: sighting)
        } catch {
            // Cut off by the end of the run or of the service: that says nothing of the cluster.
            guard !Task.isCancelled else { return }
            executor.meters.polls.record(time.uptime - asked)
            executor.meters.noteFailedPoll()
            await tellMonitor(of: error)
            await noteSilence(error.description)
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

    /// - Parameters:
    ///   - wasRunning: whether load had been seen before this look began. A slow answer may be
    ///     older than what a callback has told since.
    ///   - order: how far the order had come when the look began.
    private func interpret(_ sighting: Sighting, wasRunning: Bool, _ order: OrderProgress) async {
        await noteBoot(of: sighting)
        if masterRestartedAt != nil {
            return await apply(
                .clusterLost(
                    "the Locust master was restarted; its old workers may go on for a minute"))
        }
        await take(sighting.observations)
        // A stop that came meanwhile does its own looking.
        guard isLoadExpected else { return }
        switch sighting.load {
        case .on:
            lastLoadSeen = time.uptime
            await apply(.loadSeen)
            await watchWorkers(sighting.workers)
        case .over(let reason, let detail):
            await loadEnded(reason, detail)
        case .absent where wasRunning:
            await loadEnded(nil, "the cluster shows no load")
        case .foreign(let whose) where order == .answered:
            await apply(.replaced("the cluster runs \(whose)"))
        case .absent, .unclear, .foreign:
            break  // An order on its way may yet take effect, and must then be stopped.
        }
    }

    /// The load is over and nobody here asked for it.
    private func loadEnded(_ reason: EndReason?, _ detail: String) async {
        await apply(.loadSeen)
        if let reason {
            return await apply(.loadGone(reason, detail, at: numbers.engineEnd))
        }
        if let deadline, time.uptime >= deadline - settings.deadlineTolerance {
            return await apply(.loadGone(.durationElapsed, "the planned duration is over"))
        }
        switch hookStopReason {
        case .deadline:
            await apply(.loadGone(.durationElapsed, "the hook stopped the test at its deadline"))
        case .lease:
            await apply(
                .loadGone(.loadVanished, "the hook stopped the test: its lease had run out"))
        case .workersLost:
            await apply(.loadGone(.workersLost, "all workers of the master were lost"))
        case .controlPlane, nil:
            await apply(.loadGone(.loadVanished, detail))
        }
    }

    /// Notices that the master is another process than the one that took the order.
    func noteBoot(of sighting: Sighting) async {
        guard let seen = sighting.boot else { return }
        guard let boot else {
            boot = seen
            return await apply(.masterSeen(boot: seen))
        }
        guard boot != seen, masterRestartedAt == nil else { return }
        masterRestartedAt = time.uptime
        logger.warning("master restarted")
        await note(.masterRestarted, "the master is another process than the one with the load")
    }

    private func noteSilence(_ cause: String) async {
        pollFailures += 1
        logger.warning("poll failed", ["cause": .string(cause), "inARow": .int(pollFailures)])
        if pollFailures == 1 {
            silentSince = time.uptime
            await note(.clusterUnreachable, cause)
        }
        await apply(.problemChanged("the cluster does not answer: \(cause)"))
    }

    func noteAnswer() async {
        guard pollFailures > 0 else { return }
        pollFailures = 0
        await apply(.problemChanged(nil))
        let seconds = ((time.uptime - silentSince) / .seconds(1) * 10).rounded() / 10
        await note(
            .clusterReachable, "the cluster answers again",
            facts: ["secondsAffected": .double(seconds)])
    }

    /// For a sender that repeats what was not stored; see `take` for the others.
    func absorb(_ observation: Observation) async throws(ControlPlaneError) {
        var preview = numbers
        guard preview.absorb(observation) else { return }
        arrivals.begin()
        defer { arrivals.end() }
        let countBefore = numbers.absorbedCount
        // It counts only once it is stored: the sender of one that is not will send it again.
        try await store.append(observation, to: id, numbers: preview.lastMetrics)
        CrashPoint.observationStored.reach()
        guard numbers.absorb(observation) else { return }
        abortIfBroken(by: observation)
        if run.state.isOver || numbers.absorbedCount != countBefore + 1 {
            // What was stored with it knew nothing of the others, or of the end.
            try await storeNumbers()
        }
    }

    /// Stores the numbers as they are now, those of a run that is over as final and behind all of
    /// its observations.
    func storeNumbers() async throws(ControlPlaneError) {
        if run.state.isOver { try await storeHeld() }
        let metrics =
            run.state.isOver
            ? numbers.finalMetrics(loadSeconds: run.loadSeconds(at: time.now))
            : numbers.lastMetrics
        if let metrics { try await store.setNumbers(metrics, of: id) }
    }

    func receive(_ callback: Callback) async throws(ControlPlaneError) -> CallbackAnswer {
        guard callback.concerns(run) else { throw .unknownRun(callback.runID) }
        guard !run.state.isOver else { throw .runIsOver(id, run.state) }
        guard order != .notSent else { throw .unknownRun(id) }  // It has no load yet.
        lastContact = time.uptime
        let observation = callback.observation(of: run, receivedAt: time.now)
        let isDuplicate = numbers.hasSeen(observation.key)
        if !isDuplicate { try await absorb(observation) }
        if run.state == .starting { await apply(.loadSeen) }
        if !isDuplicate { await watchWorkers(in: callback, observation) }
        if callback.kind == .testStop {
            hookStopReason = callback.stopReason ?? hookStopReason
            if run.state == .running { await loadEnded(nil, "the test was stopped at the master") }
        }
        return CallbackAnswer(
            runID: id, lease: settings.lease, stop: run.state == .stopping,
            isDuplicate: isDuplicate)
    }
}

extension RunID {
    /// From 0 to just below 1, the same for a run each time, and spread evenly over many runs.
    var phase: Double {
        // FNV-1a; its low bits differ the most.
        let hash = text.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) {
            ($0 ^ UInt64($1)) &* 0x100_0000_01B3
        }
        return Double(hash % 1_024) / 1_024
    }
}
