import Foundation

extension Run {
    /// The only way a run changes state. Returns what the caller must now do, in order.
    ///
    /// - Throws: `InvalidTransition` for an event that cannot occur in this state; the run is then
    ///   unchanged. A run that is over takes no event any more, and late news is no mistake.
    package mutating func apply(_ event: RunEvent, at now: Date) throws(InvalidTransition)
        -> [RunEffect]
    {
        if state.isOver { return [] }
        if case .stopRequested(let actor) = event, endReason == nil { audit.updatedBy = actor }
        let effects =
            if let known = applyFact(event) { known } else { try applyChange(event, at: now) }
        if effects.contains(.save) {
            revision += 1
            audit.updatedAt = now
        }
        return effects
    }

    /// What is learned of a run without any consequence for its state; nil for other events.
    private mutating func applyFact(_ event: RunEvent) -> [RunEffect]? {
        switch event {
        case .masterSeen(let boot):
            guard masterBoot == nil else { return [] }
            masterBoot = boot
            return [.save]
        case .callbackTokenMade(let digest):
            callbackTokenDigest = digest
            return [.save]
        case .problemChanged(let text):
            guard problem != text else { return [] }
            problem = text
            return [.save]
        default:
            return nil
        }
    }

    private mutating func applyChange(_ event: RunEvent, at now: Date) throws(InvalidTransition)
        -> [RunEffect]
    {
        switch state {
        case .queued: try applyQueued(event, at: now)
        case .awaitingApproval: try applyAwaitingApproval(event, at: now)
        case .pending: try applyPending(event, at: now)
        case .starting: try applyStarting(event, at: now)
        case .running: try applyRunning(event, at: now)
        case .stopping: try applyStopping(event, at: now)
        case .finished, .failed: []
        }
    }

    private mutating func applyQueued(_ event: RunEvent, at now: Date) throws(InvalidTransition)
        -> [RunEffect]
    {
        switch event {
        case .leftQueue(let cluster):
            state = .pending
            clusterID = cluster
            ticket?.leftAt = now
            return [.save]
        case .queueTimedOut(let detail):
            return end(.queueTimedOut, detail, at: now)
        case .startRefused(let detail):
            return end(.startFailed, detail, at: now)
        case .stopRequested(let actor):
            stopRequestedAt = now
            return end(.stoppedByUser, "stopped by \(actor) in the queue", at: now)
        case .halted(let reason, let detail):
            stopRequestedAt = now
            return end(reason, detail, at: now)
        case .shutdownRequested:
            return []  // It has no load, and waits for the next process.
        default:
            throw InvalidTransition(state: state, event: event)
        }
    }

    /// Keeps a run that was not stored yet from starting without approval.
    mutating func awaitApproval(until end: Date, for requester: String) {
        state = .awaitingApproval
        approval = Approval(expiresAt: end, requester: requester)
    }

    private mutating func applyAwaitingApproval(_ event: RunEvent, at now: Date)
        throws(InvalidTransition) -> [RunEffect]
    {
        switch event {
        case .approved(let actor):
            state = .pending
            decide(by: actor, at: now)
            return [.save]
        case .rejected(let actor, let why):
            decide(by: actor, at: now)
            return end(.rejected, "rejected by \(actor)\(why.isEmpty ? "" : ": \(why)")", at: now)
        case .approvalExpired:
            return end(.approvalExpired, "nobody has approved it in time", at: now)
        case .stopRequested(let actor):
            stopRequestedAt = now
            return end(.stoppedByUser, "stopped by \(actor) before its approval", at: now)
        case .halted(let reason, let detail):
            stopRequestedAt = now
            return end(reason, detail, at: now)
        default:
            throw InvalidTransition(state: state, event: event)
        }
    }

    private mutating func decide(by actor: String, at now: Date) {
        approval?.decidedBy = actor
        approval?.decidedAt = now
        audit.updatedBy = actor
    }

    private mutating func applyPending(_ event: RunEvent, at now: Date) throws(InvalidTransition)
        -> [RunEffect]
    {
        switch event {
        case .clusterReady(let machine):
            state = .starting
            startRequestedAt = now
            deadline = now.addingTimeInterval(plan.durationSeconds)
            machineDeadline = machine?.adding(seconds: plan.durationSeconds)
            return [.save, .startLoad]
        case .startRefused(let detail):
            return end(.startFailed, detail, at: now)
        case .stopRequested(let actor):
            stopRequestedAt = now
            return end(.stoppedByUser, "stopped by \(actor) before the start", at: now)
        case .shutdownRequested:
            stopRequestedAt = now
            return end(.shutdown, "the service was shut down before the start", at: now)
        case .halted(let reason, let detail):
            stopRequestedAt = now
            return end(reason, detail, at: now)
        default:
            throw InvalidTransition(state: state, event: event)
        }
    }

    private mutating func applyStarting(_ event: RunEvent, at now: Date) throws(InvalidTransition)
        -> [RunEffect]
    {
        switch event {
        case .loadSeen:
            state = .running
            startedAt = now
            return [.save]
        case .startRefused(let detail):
            return end(.startFailed, detail, at: now)
        case .startUncertain(let detail), .startTimedOut(let detail):
            return stop(because: .startFailed, detail, at: now)
        case .deadlineReached:
            return stop(because: .startFailed, "no load was seen before the deadline", at: now)
        case .stopRequested(let actor):
            return stop(because: .stoppedByUser, "stopped by \(actor)", at: now)
        case .shutdownRequested:
            return stop(because: .shutdown, Self.stoppedByShutdown, at: now)
        case .usersChanged(let users, let spawnRate, let actor):
            return changeUsers(to: users, spawnRate, by: actor)
        default:
            return try applyLoss(event, at: now)
        }
    }

    private mutating func applyRunning(_ event: RunEvent, at now: Date) throws(InvalidTransition)
        -> [RunEffect]
    {
        switch event {
        case .loadSeen:
            return []
        case .stopRequested(let actor):
            return stop(because: .stoppedByUser, "stopped by \(actor)", at: now)
        case .shutdownRequested:
            return stop(because: .shutdown, Self.stoppedByShutdown, at: now)
        case .deadlineReached:
            return stop(because: .durationElapsed, "the planned duration is over", at: now)
        case .usersChanged(let users, let spawnRate, let actor):
            return changeUsers(to: users, spawnRate, by: actor)
        case .startUncertain, .startTimedOut:
            return []  // The load was seen before the answer to its order came, or was missed.
        default:
            return try applyLoss(event, at: now)
        }
    }

    /// What load that was asked for can lose, in the same way before and after it was seen.
    private mutating func applyLoss(_ event: RunEvent, at now: Date) throws(InvalidTransition)
        -> [RunEffect]
    {
        switch event {
        case .loadGone(let reason, let detail, let moment):
            state = .stopping
            loadGoneAt = min(moment ?? now, now)
            (endReason, endDetail) = (reason, detail)
            return [.save, .collectFinalNumbers]
        case .replaced(let detail):
            return end(.replaced, detail, at: now)  // It is not ours to stop.
        case .clusterLost(let detail):
            return stop(because: .clusterLost, detail, at: now)
        case .workersLost(let detail):
            return stop(because: .workersLost, detail, at: now)
        case .halted(let reason, let detail):
            return stop(because: reason, detail, at: now)
        default:
            throw InvalidTransition(state: state, event: event)
        }
    }

    private mutating func applyStopping(_ event: RunEvent, at now: Date) throws(InvalidTransition)
        -> [RunEffect]
    {
        switch event {
        case .stopRequested, .shutdownRequested, .deadlineReached, .startUncertain, .startTimedOut,
            .clusterLost, .workersLost, .halted:
            return []  // The stop that is under way covers these; repeating it is a retry.
        case .loadSeen:
            guard loadGoneAt != nil else { return [] }
            // It was not gone, or an order that was taken for lost has arrived: stop again.
            loadGoneAt = nil
            return [.save, .stopLoad]
        case .loadGone(_, _, let moment):
            guard loadGoneAt == nil else { return [] }
            loadGoneAt = min(moment ?? now, now)
            return [.save, .collectFinalNumbers]
        case .requestsCounted:
            // So short a run may be over before its master shows any load.
            guard endReason == .startFailed, let deadline, let stopRequestedAt,
                stopRequestedAt >= deadline
            else { return [] }
            startedAt = startRequestedAt
            (endReason, endDetail) = (.durationElapsed, "the planned duration is over")
            return [.save]
        case .startRefused, .numbersFinal, .replaced:
            return end(endReason ?? .stoppedByUser, endDetail ?? "", at: now)
        case .stopUnconfirmed(let detail):
            return end(.clusterLost, detail, at: now)
        case .clusterReady, .usersChanged, .masterSeen, .callbackTokenMade, .problemChanged,
            .leftQueue, .queueTimedOut, .approved, .rejected, .approvalExpired:
            throw InvalidTransition(state: state, event: event)
        }
    }

    /// Who brings this event tells the cluster of it once it is stored, and nobody else does: that
    /// way its sender can be answered with what the cluster says.
    private mutating func changeUsers(to users: Int, _ spawnRate: Double, by actor: String)
        -> [RunEffect]
    {
        (targetUsersNow, spawnRateNow) = (users, spawnRate)
        audit.updatedBy = actor
        return [.save]
    }

    private static let stoppedByShutdown = "the service was shut down, and stopped its runs"

    private mutating func stop(because reason: EndReason, _ detail: String, at now: Date)
        -> [RunEffect]
    {
        state = .stopping
        stopRequestedAt = now
        (endReason, endDetail) = (reason, detail)
        return [.save, .stopLoad]
    }

    /// Says in a copy that is only shown what keeps the run from being stored.
    package mutating func showProblem(_ text: String) { problem = text }

    /// Says of a run that is over when its load ended, before that is stored.
    package mutating func setLoadEnd(_ date: Date?) {
        guard state.isOver else { return }
        loadEndedAt = date
    }

    /// Says of a run that is over what it has shown, before that is stored; only once.
    package mutating func setVerdict(_ verdict: Verdict?) {
        guard state.isOver, self.verdict == nil else { return }
        self.verdict = verdict
    }

    private mutating func end(_ reason: EndReason, _ detail: String, at now: Date) -> [RunEffect] {
        state = reason.isAsAsked ? .finished : .failed
        endedAt = now
        problem = nil
        (endReason, endDetail) = (reason, detail)
        if startRequestedAt == nil, !plan.judgedBy.isEmpty { verdict = .withoutLoad(self) }
        return [.save, .close]
    }
}
