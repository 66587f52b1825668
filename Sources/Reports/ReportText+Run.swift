import ControlPlane
import Foundation

/// What is told of a run in words.
extension RunReport {
    /// One word for what became of the run.
    var heading: String {
        if let verdict { return verdict.outcome.rawValue.capitalized }
        switch run.state {
        case .awaitingApproval: return "Awaiting approval"
        case .pending, .starting, .running: return "Live"
        case .queued, .stopping, .finished, .failed: return run.state.rawValue
        }
    }

    /// What became of it, in words of our own.
    var story: String {
        guard isLive, hasBegun else { return ending }
        return ending + " Numbers as of \(ReportText.moment(madeAt)); they still change."
    }

    /// Why, as the cluster, the scenario or a person says it; nil where that adds nothing.
    var storyDetail: String? {
        if let reason = verdict?.reason { return Self.sentence(reason) }
        guard run.endReason != .durationElapsed, let detail = run.endDetail, !detail.isEmpty else {
            return nil
        }
        return Self.sentence(detail)
    }

    private var ending: String {
        switch run.state {
        case .awaitingApproval: "The run waits for a second person to agree to it."
        case .queued: "The run waits for room on a cluster, and has not begun."
        case .pending: "The run is accepted, and no load was asked for yet."
        case .starting: "Load was asked for, and is not seen yet."
        case .running: "The run is under way."
        case .stopping: "The run is stopping."
        case .finished, .failed:
            run.endReason.map { Self.sentence($0.words) } ?? "The run is over."
        }
    }

    private static func sentence(_ text: String) -> String {
        let end = text.last.map { ".!?…".contains($0) } ?? true
        return text.prefix(1).uppercased() + text.dropFirst() + (end ? "" : ".")
    }

    /// What was asked of which cluster, where and by whom.
    var orders: [(name: String, value: String)] {
        var rows: [(String, String)] = [
            ("Target", run.spec.shownTarget),
            ("Users", ReportText.count(run.targetUsers)),
            ("Spawn rate", "\(ReportText.number(run.spawnRate)) users/s"),
            ("Duration", ReportText.duration(run.plan.durationSeconds)),
            ("Cluster", clusterText),
            ("Tenant", run.spec.tenantId), ("Environment", run.spec.envId),
            ("Asked for by", run.audit.createdBy),
            ("Asked for at", ReportText.moment(run.audit.createdAt)),
        ]
        if let share = run.plan.minWorkersShare, share > 0 {
            rows.append(("Workers needed", ReportText.percent(share * 100)))
        }
        for (key, value) in run.labels.sorted(by: { $0.key < $1.key }) {
            rows.append(("Label \(key)", value))
        }
        if !run.spec.tags.isEmpty { rows.append(("Tags", run.spec.tags.joined(separator: ", "))) }
        if run.spec.scenario != nil || run.spec.targetsBase64 != nil {
            rows.append(("Scenario", "one of its own; not part of this report"))
        }
        if let locustfile = run.spec.locustfile { rows.append(("Locustfile", locustfile)) }
        if let approval = run.approval, let by = approval.decidedBy {
            rows.append(("Decided by", by))
        }
        rows.append(("Run", run.id.text))
        return rows
    }

    private var clusterText: String {
        guard !run.clusterID.isEmpty else { return "none yet" }
        return switch clusterKind {
        case .locust: "\(run.clusterID) (Locust)"
        case .native: "\(run.clusterID) (native engine)"
        case nil: run.clusterID
        }
    }
}

extension EndReason {
    /// Part of a sentence, for people.
    fileprivate var words: String {
        switch self {
        case .durationElapsed: "the run went on for its planned duration"
        case .stoppedByUser: "the run was stopped as asked"
        case .testEnded: "the test ended by itself before its time"
        case .thresholdBroken: "the run was stopped because a threshold was broken"
        case .queueTimedOut: "the run found no room in time and never began"
        case .startFailed: "the load never came to be"
        case .clusterLost: "the cluster was lost under the run"
        case .loadVanished: "the load vanished before its time"
        case .workersLost: "too many of the cluster's workers were lost"
        case .replaced: "somebody else's test took the cluster"
        case .shutdown: "the service was shut down"
        case .emergencyStop: "an emergency stop ended the run"
        case .frozen: "a freeze window ended the run"
        case .rejected: "the run was refused and never began"
        case .approvalExpired: "nobody agreed to the run in time"
        }
    }
}
