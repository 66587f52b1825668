import Addresses
import Logging

/// Stops all load of one kind and keeps it away.
extension Orchestrator {
    /// Stops every run that `order` is about, and lets none start until it is lifted. Returns when
    /// both are stored; the stops go on afterwards. One that is the same as one that holds stops
    /// again what it is about, and is that one.
    ///
    /// - Returns: the order that holds, and the runs that were told to stop now.
    /// - Throws: `.emergencyNotStored` when the runs are being stopped and starts are refused, and
    ///   this would not outlive the process; `.tooManyEmergencyStops` when nothing was done.
    package func impose(_ order: EmergencyStop) async throws(ControlPlaneError)
        -> (stop: EmergencyStop, runs: [RunID])
    {
        let known = emergencyStops.first { $0.isSame(as: order) }
        guard known != nil || emergencyStops.count < EmergencyStop.countMax else {
            throw .tooManyEmergencyStops(max: EmergencyStop.countMax)
        }
        let stop = known ?? order
        // Before the first wait: from here on no start gets by.
        if known == nil { emergencyStops.append(stop) }
        let told = live.values.filter {
            // Whoever starts one that is not stored yet looks again when it is.
            !beingStored.contains($0.id) && concerns(stop, $0)
        }
        logger.warning(
            "emergency stop",
            [
                "emergencyStopId": .string(stop.id), "reach": .string(stop.reach.rawValue),
                "tenantId": .string(stop.tenantID ?? ""), "host": .string(stop.host ?? ""),
                "by": .string(order.createdBy), "reason": .string(stop.reason),
                "runs": .int(told.count),
            ])
        let waiting = awaiting.values.filter { run in
            !beingDecided.contains(run.id)
                && stop.concerns(tenant: run.spec.tenantId, writtenServers(of: run.spec))
        }
        async let queued = haltQueued(by: stop)
        let failure = await carryOut(stop, on: Array(told), waiting.map(\.id))
        let ended = await queued
        if let failure { throw .emergencyNotStored(failure) }
        return (stop, told.map(\.id) + waiting.map(\.id) + ended)
    }

    /// Lets start again what the order was about. Stored when this returns; nothing starts by
    /// itself.
    ///
    /// - Throws: `.unknownEmergencyStop`, and `.notYoursToLift` for one of the service's
    ///   administrators.
    package func lift(_ id: String, in scope: Scope, by actor: String)
        async throws(ControlPlaneError)
    {
        guard let stop = emergencyStops.first(where: { $0.id == id }), stop.isVisible(in: scope)
        else { throw .unknownEmergencyStop(id) }
        guard stop.mayBeLifted(in: scope) else { throw .notYoursToLift(stop) }
        try await store.lift(id, at: time.now, by: actor)
        emergencyStops.removeAll { $0.id == id }
        logger.warning(
            "emergency stop lifted", ["emergencyStopId": .string(id), "by": .string(actor)])
    }

    /// Those that hold and that somebody with this scope may know of, oldest first.
    package func emergencyStops(in scope: Scope) -> [EmergencyStop] {
        emergencyStops.filter { $0.isVisible(in: scope) }
    }

    /// The first that keeps load of this definition away.
    ///
    /// - Parameter servers: the definition's, with what is known of them.
    func emergencyStop(of spec: LoadTestSpec, _ servers: [CheckedServer]) -> EmergencyStop? {
        emergencyStops.first { $0.concerns(tenant: spec.tenantId, servers) }
    }

    /// The servers of a definition as it writes them.
    nonisolated func writtenServers(of spec: LoadTestSpec) -> [CheckedServer] {
        // A run with others was not started by a service that checks them.
        targets(of: spec).compactMap { try? TargetServer(url: $0.url) }.map { CheckedServer($0) }
    }

    /// Ends a run that an earlier process left, where it may not go on.
    func haltIfStopped(_ supervisor: RunSupervisor) async {
        guard let stop = emergencyStops.first(where: { concerns($0, supervisor) }) else { return }
        do {
            _ = try await supervisor.halt(.emergencyStop, stop.description)
        } catch {
            // The supervisor stores it as soon as the store takes it.
            logger.error("emergency stop of a run not stored", ["cause": .string("\(error)")])
        }
    }

    private func concerns(_ stop: EmergencyStop, _ supervisor: RunSupervisor) -> Bool {
        stop.concerns(
            tenant: supervisor.environment.tenantID,
            checkedServers[supervisor.id] ?? writtenServers(of: supervisor.spec))
    }

    /// Stores the order and tells the runs of it, all at the same time: a store that hangs holds up
    /// no stop.
    private nonisolated func carryOut(
        _ stop: EmergencyStop, on supervisors: [RunSupervisor], _ waiting: [RunID]
    ) async -> StoreFailure? {
        let detail = stop.description
        return await withTaskGroup(of: StoreFailure?.self) { group in
            group.addTask(executorPreference: executor) { await self.insert(stop) }
            for supervisor in supervisors {
                group.addTask(executorPreference: executor) {
                    await Self.halt(supervisor, detail)
                }
            }
            for id in waiting {
                group.addTask(executorPreference: executor) { await self.halt(id, detail) }
            }
            return await group.reduce(nil) { $0 ?? $1 }
        }
    }

    private nonisolated func insert(_ stop: EmergencyStop) async -> StoreFailure? {
        do {
            try await store.insert(stop)
            return nil
        } catch {
            return Self.failure(error)
        }
    }

    private nonisolated func halt(_ waiting: RunID, _ detail: String) async -> StoreFailure? {
        do {
            _ = try await endAwaiting(waiting, by: .halted(.emergencyStop, detail))
            return nil
        } catch {
            return Self.failure(error)
        }
    }

    private static func halt(_ supervisor: RunSupervisor, _ detail: String) async -> StoreFailure? {
        do {
            _ = try await supervisor.halt(.emergencyStop, detail)
            return nil
        } catch {
            return failure(error)
        }
    }

    private static func failure(_ error: ControlPlaneError) -> StoreFailure {
        switch error {
        case .store(let failure), .stopNotStored(let failure): failure
        default: StoreFailure(.other, error.description)
        }
    }
}
