import Logging

/// What becomes of observations while the store fails.
extension RunSupervisor {
    /// Lets observations count and stores them, in order. Those that the store does not take now
    /// are kept, and stored before any later one; a repeated one changes nothing.
    func take(_ observations: [Observation]) async {
        for observation in observations {
            guard held.isEmpty, !held.areBeingStored else {
                hold(observation)
                continue
            }
            do {
                try await absorb(observation)
            } catch {
                giveBack(observation, error)
            }
        }
        do {
            try await storeHeld()
        } catch {
            // They stay where they are; the first of them was logged.
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

    private func giveBack(_ observation: Observation, _ error: ControlPlaneError) {
        // One that is refused for what is in it would be refused for ever.
        guard error.isStoreThatMayRecover else {
            logger.error("observation not stored", ["cause": .string("\(error)")])
            return
        }
        if held.isEmpty {
            logger.error(
                "observations are kept until they can be stored",
                [
                    "cause": .string("\(error)")
                ])
        }
        hold(observation)
    }

    /// It counts already: nobody will send it again.
    private func hold(_ observation: Observation) {
        if numbers.absorb(observation) { held.append(observation) }
    }
}

extension ControlPlaneError {
    /// Whether the same may succeed when the store's trouble is over.
    var isStoreThatMayRecover: Bool {
        guard case .store(let failure) = self else { return false }
        return failure.kind != .other
    }
}
