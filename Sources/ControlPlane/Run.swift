import Foundation

/// One execution of a load test, or of an ad-hoc definition.
package struct Run: Equatable, Sendable {
    package let id: RunID
    /// Nil for an ad-hoc run.
    package let loadTestID: LoadTestID?
    /// The definition as it was when the run was started.
    package let spec: LoadTestSpec
    package let plan: RunPlan
    /// Nil for one that a caller has started.
    package let origin: RunOrigin?
    /// Empty while the run waits, and where it never had one.
    package internal(set) var clusterID: String
    /// Of a run that is queued, or was.
    package internal(set) var ticket: QueueTicket?
    package internal(set) var state: RunState
    /// Set when the end begins, so a run that is stopping already says why.
    package internal(set) var endReason: EndReason?
    /// The reason in words that name the cause.
    package internal(set) var endDetail: String?
    /// When load was asked for; the duration counts from here.
    package internal(set) var startRequestedAt: Date?
    /// When load was first seen.
    package internal(set) var startedAt: Date?
    package internal(set) var deadline: Date?
    /// The same on the machine's own clock, which holds where it can be read.
    package internal(set) var machineDeadline: MachineInstant?
    /// Which process of the master has the load, where masters tell.
    package internal(set) var masterBoot: String?
    /// What its hook's own token is known by; nil where there is no such token.
    package internal(set) var callbackTokenDigest: String?
    /// What keeps the run from going on as it should, such as a master that does not answer.
    package internal(set) var problem: String?
    package internal(set) var stopRequestedAt: Date?
    /// When the load was seen gone, whoever ended it.
    package internal(set) var loadGoneAt: Date?
    /// When the load ended, as well as that can be known; set at the end of the run.
    package internal(set) var loadEndedAt: Date?
    package internal(set) var endedAt: Date?
    /// What was asked for last while load was on; nil as long as the plan holds.
    package internal(set) var targetUsersNow: Int?
    package internal(set) var spawnRateNow: Double?
    /// Nil as long as the run is not over, and where there is nothing to judge by.
    package internal(set) var verdict: Verdict?
    /// Nil for a run that needed none.
    package internal(set) var approval: Approval?
    package internal(set) var audit: Audit
    /// Grows with each change, so that a late save can never undo a newer one.
    package internal(set) var revision: Int

    package init(
        id: RunID, loadTestID: LoadTestID?, spec: LoadTestSpec, plan: RunPlan, clusterID: String,
        audit: Audit, ticket: QueueTicket? = nil, origin: RunOrigin? = nil
    ) {
        self.origin = origin
        self.id = id
        self.loadTestID = loadTestID
        self.spec = spec
        self.plan = plan
        self.clusterID = clusterID
        self.audit = audit
        self.ticket = ticket
        state = ticket == nil ? .pending : .queued
        revision = 1
    }
}

extension Run {
    /// What a store needs beside the plain parts to give a run back as it was saved.
    package struct Progress: Equatable, Sendable, Codable {
        package var state: RunState
        package var endReason: EndReason?
        package var endDetail: String?
        package var startRequestedAt: Date?
        package var startedAt: Date?
        package var deadline: Date?
        package var machineDeadline: MachineInstant?
        package var masterBoot: String?
        package var callbackTokenDigest: String?
        package var problem: String?
        package var stopRequestedAt: Date?
        package var loadGoneAt: Date?
        package var loadEndedAt: Date?
        package var endedAt: Date?
        package var targetUsersNow: Int?
        package var spawnRateNow: Double?
        package var approval: Approval?
        package var verdict: Verdict?
        package var revision: Int
        package var ticket: QueueTicket?
        package var origin: RunOrigin?
    }

    package var progress: Progress {
        Progress(
            state: state, endReason: endReason, endDetail: endDetail,
            startRequestedAt: startRequestedAt, startedAt: startedAt, deadline: deadline,
            machineDeadline: machineDeadline, masterBoot: masterBoot,
            callbackTokenDigest: callbackTokenDigest, problem: problem,
            stopRequestedAt: stopRequestedAt, loadGoneAt: loadGoneAt, loadEndedAt: loadEndedAt,
            endedAt: endedAt,
            targetUsersNow: targetUsersNow, spawnRateNow: spawnRateNow, approval: approval,
            verdict: verdict, revision: revision, ticket: ticket, origin: origin)
    }

    package init(
        restoring id: RunID, loadTestID: LoadTestID?, spec: LoadTestSpec, plan: RunPlan,
        clusterID: String, audit: Audit, progress: Progress
    ) {
        self.init(
            id: id, loadTestID: loadTestID, spec: spec, plan: plan, clusterID: clusterID,
            audit: audit, origin: progress.origin)
        state = progress.state
        endReason = progress.endReason
        endDetail = progress.endDetail
        startRequestedAt = progress.startRequestedAt
        startedAt = progress.startedAt
        deadline = progress.deadline
        machineDeadline = progress.machineDeadline
        masterBoot = progress.masterBoot
        callbackTokenDigest = progress.callbackTokenDigest
        problem = progress.problem
        stopRequestedAt = progress.stopRequestedAt
        loadGoneAt = progress.loadGoneAt
        loadEndedAt = progress.loadEndedAt
        endedAt = progress.endedAt
        targetUsersNow = progress.targetUsersNow
        spawnRateNow = progress.spawnRateNow
        approval = progress.approval
        verdict = progress.verdict
        revision = progress.revision
        ticket = progress.ticket
    }
}

extension Run {
    /// Users at the top of the ramp, as asked for last.
    package var targetUsers: Int { targetUsersNow ?? plan.targetUsers }

    /// Users started or stopped per second, as asked for last.
    package var spawnRate: Double { spawnRateNow ?? plan.spawnRate }

    /// To a tenth of a second.
    func secondsAfterOrder(_ date: Date) -> Double {
        (date.timeIntervalSince(startRequestedAt ?? date) * 10).rounded() / 10
    }

    /// How long load has been on, in seconds from the order to its end; 0 before the order.
    package func loadSeconds(at now: Date) -> Double {
        guard let start = startRequestedAt else { return 0 }
        // Runs that ended before ends of loads were kept have none; their stop is the best guess.
        let end =
            loadEndedAt ?? (state.isOver ? stopRequestedAt ?? endedAt : nil)
            ?? loadGoneAt ?? now
        return max(0, end.timeIntervalSince(start))
    }
}
