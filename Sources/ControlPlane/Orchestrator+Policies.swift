import Logging

/// What the passing of time does to runs, by the rules of their environments.
extension Orchestrator {
    /// Between two looks at the clock for windows that begin: short beside what a stop takes.
    static let policyLookInterval = Duration.seconds(5)

    /// Looks until the task is cancelled.
    func enforcePolicies() async {
        while !Task.isCancelled {
            await haltFrozen()
            await expireApprovals()
            do { try await time.sleep(for: Self.policyLookInterval) } catch { return }
        }
    }

    /// - Throws: `.frozen` while the environment is in a window.
    func checkNotFrozen(_ key: EnvironmentKey) throws(ControlPlaneError) {
        if let freeze = currentCatalog.freezes(of: key, at: time.now).first {
            throw .frozen(freeze)
        }
    }

    /// Stops the runs that a window stops.
    private func haltFrozen() async {
        for supervisor in live.values where !beingStored.contains(supervisor.id) {
            let freezes = currentCatalog.freezes(of: supervisor.spec.environment, at: time.now)
            guard let freeze = freezes.first(where: { $0.window.stopsRuns }) else { continue }
            do {
                // Of a run that is stopping already, nothing changes.
                _ = try await supervisor.halt(.frozen, freeze.description)
            } catch {
                // The supervisor stores it as soon as the store takes it.
                logger.error("stop by a freeze not stored", ["cause": .string("\(error)")])
            }
        }
    }
}
