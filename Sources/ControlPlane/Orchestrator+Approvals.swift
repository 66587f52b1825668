import Foundation
import Logging

/// Runs of protected environments, which wait until a second person agrees. They are stored, and
/// have neither a cluster nor a supervisor.
extension Orchestrator {
    /// Of one tenant at a time: somebody has to look at each.
    package static let awaitingMax = 100

    /// Stores a run that is to be approved.
    ///
    /// - Parameter requester: the identity of who asks for it.
    func awaitApproval(of run: Run, for requester: String, by policy: ApprovalPolicy)
        async throws(ControlPlaneError) -> Run
    {
        let own = awaiting.values.filter { $0.spec.tenantId == run.spec.tenantId }
        guard own.count < Self.awaitingMax else {
            throw .tooManyAwaiting(max: Self.awaitingMax)
        }
        var run = run
        run.awaitApproval(
            until: time.now.addingTimeInterval(policy.expiry / .seconds(1)), for: requester)
        awaiting[run.id] = run
        beingDecided.insert(run.id)
        do {
            defer { beingDecided.remove(run.id) }
            try await store.enqueue(run)
        } catch {
            // One that is stored after all must have its end.
            if !error.leavesDoubt { awaiting[run.id] = nil }
            throw error
        }
        CrashPoint.accepted.reach()
        if let stop = emergencyStop(of: run.spec, writtenServers(of: run.spec)) {
            // It came while the run was being stored, and could not end it yet.
            _ = try await endAwaiting(run.id, by: .halted(.emergencyStop, stop.description))
            throw .emergencyStop(stop)
        }
        logger.info("run awaits approval", fields(of: run, by: run.audit.createdBy))
        return run
    }

    /// Lets a run start that awaits it. Everything that a start must pass is looked at once more.
    ///
    /// - Throws: `.mayNotApprove` for whoever has asked for the run, or may not do enough in its
    ///   environment; `.notAwaiting`; and whatever keeps a start from succeeding, with which the
    ///   run goes on to wait.
    package func approve(_ id: RunID, by principal: Principal) async throws(ControlPlaneError)
        -> Run
    {
        try checkReady()
        let waiting = try await claim(id, for: principal)
        defer { beingDecided.remove(id) }
        let servers = try await checkMayStart(waiting.spec)
        var run = waiting
        try change(&run, by: .approved(by: principal.name))
        // From its first moment on a cluster it is its supervisor's, however the placing ends.
        defer { if live[id] != nil { awaiting[id] = nil } }
        let placed = try await place(run, for: servers) {
            [store] run, room async throws(ControlPlaneError) in
            try await store.admit(run, room: room)
        }
        logger.info("run approved", fields(of: placed, by: principal.name))
        return placed
    }

    /// Ends a run that awaits approval.
    ///
    /// - Throws: as `approve`.
    package func reject(_ id: RunID, by principal: Principal, because reason: String)
        async throws(ControlPlaneError) -> Run
    {
        _ = try await claim(id, for: principal)
        beingDecided.remove(id)
        return try await endAwaiting(id, by: .rejected(by: principal.name, reason))
    }

    /// Ends one that awaits approval, whoever or whatever is the cause. Stored when this returns.
    func endAwaiting(_ id: RunID, by event: RunEvent) async throws(ControlPlaneError) -> Run {
        guard var run = awaiting[id] else { throw .unknownRun(id) }
        // It is being given to a cluster: who stops it then stops it there.
        guard !beingDecided.contains(id) else { throw .notAwaiting(id, run.state) }
        beingDecided.insert(id)
        defer { beingDecided.remove(id) }
        try change(&run, by: event)
        try await store.save(run, numbers: nil)
        awaiting[id] = nil
        logger.info("run ended before its approval", fields(of: run, by: run.audit.updatedBy))
        return run
    }

    /// Ends those whose time is over.
    func expireApprovals() async {
        for (id, run) in awaiting where !beingDecided.contains(id) {
            guard let end = run.approval?.expiresAt, end <= time.now else { continue }
            do {
                _ = try await endAwaiting(id, by: .approvalExpired)
            } catch {
                // Looked at again with the next tick.
                logger.error("expiry not stored", ["cause": .string("\(error)")])
            }
        }
    }

    /// The run, if this principal may decide about it; nobody else does until it is let go.
    private func claim(_ id: RunID, for principal: Principal) async throws(ControlPlaneError) -> Run
    {
        guard let run = awaiting[id], principal.scope.covers(run.spec.environment) else {
            guard let record = try await store.run(id, in: principal.scope) else {
                throw .unknownRun(id)
            }
            throw .notAwaiting(id, record.run.state)
        }
        let policy = currentCatalog.approvalPolicy(of: run.spec.environment) ?? ApprovalPolicy()
        // A name may be changed, and given to somebody else.
        guard run.audit.createdBy != principal.name, run.approval?.requester != principal.identity
        else {
            throw .mayNotApprove("somebody else than \(principal.name), who has asked for it")
        }
        guard principal.may(policy.approvers) else {
            throw .mayNotApprove("somebody with the permission \(policy.approvers.rawValue)")
        }
        guard !beingDecided.contains(id), let end = run.approval?.expiresAt, time.now < end else {
            throw .notAwaiting(id, run.state)
        }
        beingDecided.insert(id)
        return run
    }

    private func change(_ run: inout Run, by event: RunEvent) throws(ControlPlaneError) {
        do {
            _ = try run.apply(event, at: time.now)
        } catch {
            throw .notAwaiting(run.id, run.state)
        }
    }

    private func fields(of run: Run, by actor: String) -> [String: LogValue] {
        [
            "runId": .string(run.id.text), "tenantId": .string(run.spec.tenantId),
            "envId": .string(run.spec.envId), "state": .string(run.state.rawValue),
            "by": .string(actor),
        ]
    }
}
