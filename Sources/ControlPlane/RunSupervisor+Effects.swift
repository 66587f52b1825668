import Foundation
import Logging

/// What the lane does: every touch of the cluster, one after the other.
extension RunSupervisor {
    func prepare() async {
        do {
            try await driver.prepare(LoadOrder(run: run, lease: settings.lease))
            lastContact = time.uptime
            await apply(.clusterReady)
        } catch {
            await apply(.startRefused(error.description))
        }
    }

    func startLoad() async {
        guard run.state == .starting else {
            // A stop came first; nothing was sent, and its own effect finds nothing to stop.
            return
        }
        do {
            try await persist()
        } catch {
            // Load that no store knows of would outlive a crash unseen.
            return await apply(.startRefused("the run could not be stored: \(error)"))
        }
        guard run.state == .starting else { return }  // It came while the run was being stored.
        logger.info(
            "load asked for",
            ["users": .int(run.plan.targetUsers), "spawnRate": .double(run.plan.spawnRate)])
        order = .sent
        defer { order = .answered }
        do {
            try await driver.start(LoadOrder(run: run, lease: settings.lease))
        } catch  where error.outcomeIsUnknown {
            await apply(.startUncertain(error.description))
        } catch {
            await apply(.startRefused(error.description))
        }
    }

    /// Stops the load and stays until the cluster shows none, or none can be left.
    func stopLoad() async {
        await storeBestEffort()
        guard order != .notSent else {
            // Whatever the cluster runs now is somebody else's.
            return await apply(.loadGone(.stoppedByUser, "no load was asked for"))
        }
        var pause = settings.stopRetryMin
        let asked = time.uptime
        while run.state == .stopping, !Task.isCancelled {
            let wasSent = await sendStop()
            // A master needs up to 2 s to show what a stop has done, so it is asked again before
            // the stop is repeated.
            let patience = time.uptime + (wasSent ? settings.numbersSettleAfter : .zero)
            repeat {
                if await isLoadGone() { return }
                if giveUpIfHopeless(since: asked) { return await reportUnconfirmed() }
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
            logger.warning("stop failed, will be repeated", ["cause": .string(error.description)])
            return false
        }
    }

    private func isLoadGone() async -> Bool {
        let sighting: Sighting
        do {
            sighting = try await driver.look(for: id)
        } catch {
            return false  // Not seen gone; the stop goes on.
        }
        lastContact = time.uptime
        noteBoot(of: sighting)
        if let restarted = masterRestartedAt,
            time.uptime < restarted + settings.orphanedWorkersLast
        {
            return false
        }
        await take(sighting.observations)
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

    private func giveUpIfHopeless(since asked: Duration) -> Bool {
        // Load that can still be seen is stopped until it is gone, however long that takes.
        let last = max(asked, deadline ?? asked, lastLoadSeen ?? asked)
        return time.uptime >= last + settings.stopUnconfirmedAfter
    }

    private func reportUnconfirmed() async {
        await apply(
            .stopUnconfirmed(
                "the cluster could not be asked whether the load is gone; its own timers have "
                    + "ended it by now"))
    }

    /// Waits for the numbers that arrive after the load is gone: the hook's last message where
    /// there is a hook, else polls that no longer change. Load that comes back is stopped again.
    func collectFinalNumbers() async {
        guard run.state == .stopping else { return }
        await storeBestEffort()
        guard order != .notSent else { return await apply(.numbersFinal) }
        let started = time.uptime
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
        await apply(.numbersFinal)
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
                logger.error("end of run not stored", ["cause": .string("\(error)")])
            }
            do { try await time.sleep(for: pause) } catch { return }
            pause = min(pause * 2, settings.stopRetryMax)
        }
    }

    /// A stop is never held up by the store: what could not be stored is stored later.
    private func storeBestEffort() async {
        do {
            try await persist()
        } catch {
            logger.error("run not stored", ["cause": .string("\(error)")])
        }
    }
}
