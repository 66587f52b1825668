import Foundation
import JSON
import Logging

/// What the lane does: every touch of the cluster, one after the other.
extension RunSupervisor {
    func prepare() async {
        do {
            try await driver.prepare(loadOrder)
            lastContact = time.uptime
            await apply(.clusterReady(machine: time.machine))
        } catch {
            // Cut off by the end of the service: the next process starts the run.
            guard !Task.isCancelled else { return }
            await apply(.startRefused(error.description))
        }
    }

    func startLoad() async {
        guard run.state == .starting else {
            // A stop came first; nothing was sent, and its own effect finds nothing to stop.
            return
        }
        let token = makeCallbackToken()
        let mark: TimelineMark?
        do {
            try await persist()
            callbackTokens?.accept(run)
            mark = try await intend(
                .start, facts: ["users": .int(Int64(run.targetUsers))])
            CrashPoint.startIntended.reach()
        } catch {
            // Load that no store knows of would outlive a crash unseen.
            logger.error("start not stored", ["cause": .string("\(error)")])
            return await apply(.startRefused("the order to start could not be stored"))
        }
        guard run.state == .starting else {
            // It came while the run was being stored.
            return await settle(mark, .refused, "not given: a stop came first")
        }
        logger.info(
            "load asked for",
            ["users": .int(run.plan.targetUsers), "spawnRate": .double(run.plan.spawnRate)])
        order = .sent
        defer { order = .answered }
        do {
            try await driver.start(loadOrder.with(token))
            CrashPoint.startGiven.reach()
            // Load is on from here: no stop may wait for a store that hangs.
            await briefly { await $0.settle(mark, .done) }
            CrashPoint.startSettled.reach()
        } catch  where error.outcomeIsUnknown {
            await briefly { await $0.settle(mark, .unknown, error.description) }
            // Cut off by the end of the service: the next process looks for the load.
            guard !Task.isCancelled else { return }
            await apply(.startUncertain(error.description))
        } catch {
            await settle(mark, .refused, error.description)
            await apply(.startRefused(error.description))
        }
    }

    /// Stops the load and stays until the cluster shows none, or none can be left.
    func stopLoad() async {
        // Ordered twice where a run that is taken over is stopped before its lane begins.
        guard run.state == .stopping, run.loadGoneAt == nil else { return }
        await briefly { await $0.storeBestEffort() }
        guard order != .notSent else {
            // Whatever the cluster runs now is somebody else's.
            return await apply(.loadGone(.stoppedByUser, "no load was asked for"))
        }
        await briefly { await $0.intendStop() }
        CrashPoint.stopIntended.reach()
        let slowness = watchForSlowStop()
        defer { slowness.cancel() }
        var pause = settings.stopRetryMin
        let asked = time.uptime
        while run.state == .stopping, !Task.isCancelled {
            let wasSent = await sendStop()
            CrashPoint.stopGiven.reach()
            // A master needs up to 2 s to show what a stop has done, so it is asked again before
            // the stop is repeated.
            let patience = time.uptime + (wasSent ? settings.numbersSettleAfter : .zero)
            repeat {
                if await isLoadGone() { return await settle(stopOrder, .done, "no load is left") }
                if isHopeless(since: asked) { return await reportUnconfirmed() }
                do { try await time.sleep(for: wasSent ? settings.watchInterval : pause) } catch {
                    return
                }
            } while time.uptime < patience && run.state == .stopping
            pause = min(pause * 2, settings.stopRetryMax)
        }
    }

    private func sendStop() async -> Bool {
        do {
            try await driver.stop(id)
            logger.info("stop sent")
            return true
        } catch {
            // Cut off by the end of the service: the next process repeats it.
            guard !Task.isCancelled else { return false }
            logger.warning("stop failed, will be repeated", ["cause": .string(error.description)])
            let detail = error.description
            await briefly { supervisor in
                await supervisor.settle(supervisor.stopOrder, .retrying, detail)
                await supervisor.apply(
                    .problemChanged("the stop did not work and is being repeated: \(detail)"))
            }
            return false
        }
    }

    /// A stop that could not be noted is given all the same: repeating one does no harm.
    private func intendStop() async {
        stopOrder = await intendAnyway(.stop, run.endDetail ?? "")
    }

    /// Says of a stop that is not seen to work that the load may go on, and until when at most.
    private func watchForSlowStop() -> Task<Void, Never> {
        Task(executorPreference: executor) {
            // Cut short, the stop has come to an end.
            guard (try? await self.time.sleep(for: self.settings.stopIsSlowAfter)) != nil else {
                return
            }
            await self.noteSlowStop()
        }
    }

    private func noteSlowStop() async {
        guard run.state == .stopping, run.loadGoneAt == nil, run.problem == nil else { return }
        logger.warning("stop not confirmed yet")
        await settle(stopOrder, .retrying, "not confirmed by the cluster yet")
        await apply(
            .problemChanged(
                "the cluster has not confirmed the stop yet; its load may go on until it does, at "
                    + "the longest for its lease of \(settings.lease)"))
    }

    private func isLoadGone() async -> Bool {
        let sighting: Sighting
        do {
            sighting = try await driver.look(for: id)
        } catch {
            return false  // Not seen gone; the stop goes on.
        }
        lastContact = time.uptime
        await briefly { await $0.noteAnswer() }
        await briefly { await $0.noteBoot(of: sighting) }
        if let restarted = masterRestartedAt,
            time.uptime < restarted + settings.orphanedWorkersLast
        {
            return false
        }
        await briefly { await $0.take(sighting.observations) }
        switch sighting.load {
        case .on:
            lastLoadSeen = time.uptime
            return false
        case .unclear:
            return false
        case .over(let reason, let detail):
            await apply(.loadGone(reason ?? .stoppedByUser, detail))
            return true
        case .absent:
            await apply(.loadGone(.stoppedByUser, "the cluster shows no load"))
            return true
        case .foreign(let whose):
            await apply(.replaced("the cluster runs \(whose)"))
            return true
        }
    }

    /// Whether no load can be left, although the cluster does not say so. That counts from the
    /// deadline, whichever process tries: a service that is restarted often would otherwise never
    /// come to it.
    ///
    /// - Parameter asked: when this process began to stop the run.
    private func isHopeless(since asked: Duration) -> Bool {
        // What an earlier process saw of the load is not known, but what it counted last is.
        let counted = adoption?.numbers.lastMetrics.map { uptime(of: $0.timestamp) }
        // Load that can still be seen is stopped until it is gone, however long that takes.
        let last = max(deadline ?? asked, lastLoadSeen ?? counted ?? .zero)
        // A process that has only just begun has not tried enough.
        return time.uptime
            >= max(last + settings.stopUnconfirmedAfter, asked + settings.stopRetryMax)
    }

    private func reportUnconfirmed() async {
        let detail =
            "the cluster could not be asked whether the load is gone; its own timers have ended "
            + "it by now"
        await settle(stopOrder, .unknown, detail)
        await apply(.stopUnconfirmed(detail))
    }

    /// Waits for the numbers that arrive after the load is gone: the hook's last message where
    /// there is a hook, else polls that no longer change. Load that comes back is stopped again.
    func collectFinalNumbers() async {
        guard run.state == .stopping else { return }
        await storeBestEffort()
        guard order != .notSent else { return await apply(.numbersFinal) }
        let started = numbersAwaitedSince
        var settledSince = time.uptime
        var requests = numbers.lastMetrics?.totalRequests
        while !numbers.finalNumbersAreIn, time.uptime < started + settings.numbersFinalTimeout,
            numbers.hasCallbacks || time.uptime < settledSince + settings.numbersSettleAfter
        {
            do { try await time.sleep(for: settings.watchInterval) } catch { return }
            // A failed look only means fewer chances to see a late number.
            if let sighting = try? await driver.look(for: id) {
                if case .foreign = sighting.load { break }
                await take(sighting.observations)
                if sighting.load == .on { return await apply(.loadSeen) }
            }
            if numbers.lastMetrics?.totalRequests != requests {
                requests = numbers.lastMetrics?.totalRequests
                settledSince = time.uptime
            }
        }
        await noteLoadEnd()
        if numbers.lastMetrics?.totalRequests ?? 0 > 0 { await apply(.requestsCounted) }
        await apply(.numbersFinal)
    }

    /// Tells who ended the load, which nobody may have seen.
    private func noteLoadEnd() async {
        let end = numbers.loadEnd(of: run) ?? run.loadGoneAt ?? time.now
        let by = hookStopReason.map { "the hook stopped the test (\($0.rawValue))" }
        await note(
            .loadEnded, by ?? "the load is over",
            facts: ["secondsAfterOrder": .double(run.secondsAfterOrder(end))])
    }

    /// Stores the end and the final numbers; repeated until it succeeds, because a run that looks
    /// live keeps its cluster busy.
    func close() async {
        var pause = settings.stopRetryMin
        while !Task.isCancelled {
            do {
                try await persist()
                return try await storeNumbers()
            } catch {
                logger.debug("end of run not stored", ["cause": .string("\(error)")])
            }
            do { try await time.sleep(for: pause) } catch { return }
            pause = min(pause * 2, settings.stopRetryMax)
        }
    }

    /// A stop is never held up by the store: what could not be stored is stored later.
    func storeBestEffort() async {
        // `persist` tells of it.
        try? await persist()
    }
}
