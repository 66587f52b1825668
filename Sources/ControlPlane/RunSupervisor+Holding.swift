import Logging

/// What becomes of observations while the store fails.
extension RunSupervisor {
    /// Lets observations count and stores them, in order. Those that the store does not take now
    /// are kept, and stored before any later one; a repeated one changes nothing.
    func take(_ observations: [Observation]) async {
        arrivals.begin()
        defer { arrivals.end() }
        // All of them before any wait: the lane's looks and the polls take some at the same time,
        // and one that comes behind a later one of its reporter would count no more.
        let new = observations.filter { numbers.absorb($0) }
        for observation in new { abortIfBroken(by: observation) }
        let countBefore = numbers.absorbedCount
        for observation in new {
            guard held.isEmpty, !held.areBeingStored else {
                held.append(observation)
                continue
            }
            do {
                try await store.append(observation, to: id, numbers: numbers.lastMetrics)
                CrashPoint.observationStored.reach()
            } catch {
                giveBack(observation, error)
            }
        }
        do {
            try await storeHeld()
            if !new.isEmpty, run.state.isOver || numbers.absorbedCount != countBefore {
                // What was stored with them knew nothing of the others, or of the end.
                try await storeNumbers()
            }
        } catch {
            // They stay where they are; the first of them was logged.
        }
    }

    /// Waits until no observation is on its way into the store.
    func observationsHaveArrived() async {
        while arrivals.areUnderWay {
            await withCheckedContinuation { arrivals.wait($0) }
        }
    }

    /// Stores what was kept.
    ///
    /// - Throws: when some of it is still kept afterwards.
    func storeHeld() async throws(ControlPlaneError) {
        guard !held.areBeingStored else {
            throw .store(StoreFailure(.overloaded, "observations are being stored"))
        }
        guard !held.isEmpty else { return }
        held.areBeingStored = true
        defer { held.areBeingStored = false }
        var stored = 0
        while let observation = held.takeFirst() {
            do {
                try await store.append(observation, to: id, numbers: numbers.lastMetrics)
                stored += 1
            } catch {
                guard error.isStoreThatMayRecover else {
                    logger.error("observation not stored", ["cause": .string("\(error)")])
                    continue
                }
                held.putBack(observation)
                throw error
            }
        }
        logger.info(
            "observations stored late",
            [
                "observations": .int(stored), "merged": .int(held.mergedCount),
                "dropped": .int(held.droppedCount),
            ])
    }

    /// Keeps what counts already: nobody will send it again.
    private func giveBack(_ observation: Observation, _ error: ControlPlaneError) {
        // One that is refused for what is in it would be refused for ever.
        guard error.isStoreThatMayRecover else {
            logger.error("observation not stored", ["cause": .string("\(error)")])
            return
        }
        if held.isEmpty {
            logger.error(
                "observations are kept until they can be stored",
                ["cause": .string("\(error)")])
        }
        held.append(observation)
    }
}

/// Observations that count already, or are about to, and may not be stored yet.
struct Arrivals {
    private var count = 0
    private var waiting: [CheckedContinuation<Void, Never>] = []

    var areUnderWay: Bool { count > 0 }

    mutating func begin() { count += 1 }

    mutating func end() {
        count -= 1
        guard count == 0 else { return }
        for waiter in waiting { waiter.resume() }
        waiting = []
    }

    mutating func wait(_ waiter: CheckedContinuation<Void, Never>) { waiting.append(waiter) }
}

extension ControlPlaneError {
    /// Whether the same may succeed when the store's trouble is over.
    var isStoreThatMayRecover: Bool {
        guard case .store(let failure) = self else { return false }
        return failure.kind != .other
    }

    /// Whether what was to be stored may be on the disk all the same: it failed at the last step.
    var leavesDoubt: Bool {
        guard case .store(let failure) = self else { return false }
        return [.ioError, .diskFull].contains(failure.kind)
    }
}
