/// What a run is compared with, or why there is nothing.
package struct Baseline: Equatable, Sendable {
    /// The newest first; empty where there is none.
    package let runs: [Run]
    /// Why there is none, or fewer than were asked for.
    package let missing: String?

    package init(_ runs: [Run], missing: String? = nil) {
        self.runs = runs
        self.missing = missing
    }

    package static func none(_ reason: String) -> Baseline { Baseline([], missing: reason) }
}

/// The baseline that a run was judged by, as it is stored with its verdict.
package struct JudgedBaseline: Equatable, Sendable, Codable {
    private let runIds: [String]
    package let missing: String?

    package var runs: [RunID] { runIds.map { RunID($0) } }

    package init(_ baseline: Baseline) {
        runIds = baseline.runs.map(\.id.text)
        missing = baseline.missing
    }
}

/// The port to the runs that a baseline is chosen from.
package protocol BaselineRuns: RunMeasurements {
    func run(_ id: RunID, in scope: Scope) async throws(ControlPlaneError) -> RunRecord?

    func runs(_ query: RunQuery) async throws(ControlPlaneError) -> Page<RunRecord>
}

extension Baseline {
    /// Runs that are looked through for one that suits: whoever runs a test each hour has those of
    /// a week.
    static let runsLookedThroughMax = 200

    /// What `rule` means for `run` to somebody with this scope: only earlier runs of the same load
    /// test are taken, and unless one is pinned only those of its environment with the same load on
    /// the same requests.
    package static func find(
        _ rule: BaselineRule, for run: Run, in scope: Scope, from store: any BaselineRuns
    ) async throws(ControlPlaneError) -> Baseline {
        guard let test = run.loadTestID else {
            return .none("a run without a load test has no baseline")
        }
        if let pinned = rule.pinnedRun {
            return try await find(pinned: pinned, for: run, in: scope, from: store)
        }
        var query = RunQuery(
            scope: .environments([run.spec.envId], of: run.spec.tenantId), page: .init())
        query.loadTestID = test
        query.labels = rule.labels
        for key in rule.sameLabels {
            guard let value = run.labels[key] else {
                return .none("the run has no label \(key), which its baseline must share")
            }
            guard query.labels[key] ?? value == value else {
                return .none(rule.reasonForNone(labels: rule.labels.merging([key: value]) { $1 }))
            }
            query.labels[key] = value
        }
        query.states = [.finished]
        query.earlierThan = .init(createdAt: run.audit.createdAt, id: run.id)
        let wanted = rule.runs ?? 1
        var (found, looked) = ([Run](), 0)
        while found.count < wanted, looked < runsLookedThroughMax {
            let page = try await store.runs(query)
            looked += page.items.count
            found += page.items.map(\.run).filter { rule.takes($0, for: run) }
            guard let next = page.next else { break }
            query.page.after = next
        }
        guard !found.isEmpty else { return .none(rule.reasonForNone(labels: query.labels)) }
        let missing =
            found.count < wanted
            ? "there are only \(found.count) of \(wanted) such runs yet" : nil
        return Baseline(Array(found.prefix(wanted)), missing: missing)
    }

    /// The runs that a run was judged by, as far as they are still there.
    package static func recall(
        _ judged: JudgedBaseline, in scope: Scope, from store: any BaselineRuns
    ) async throws(ControlPlaneError) -> Baseline {
        var found: [Run] = []
        for id in judged.runs {
            if let run = try await store.run(id, in: scope)?.run { found.append(run) }
        }
        let lost = judged.runs.count - found.count
        guard lost > 0 else { return Baseline(found, missing: judged.missing) }
        return Baseline(
            found,
            missing: "\(lost) of the \(judged.runs.count) runs that it was judged by "
                + "\(lost == 1 ? "is" : "are") not there any more")
    }

    private static func find(
        pinned id: RunID, for run: Run, in scope: Scope, from store: any BaselineRuns
    ) async throws(ControlPlaneError) -> Baseline {
        guard id != run.id else { return .none("the run is itself the pinned baseline") }
        let found = try await store.run(id, in: scope)?.run
        guard let found, found.loadTestID == run.loadTestID else {
            return .none(
                "the pinned baseline, run \(id), is not there any more: it was deleted, or older "
                    + "than runs are kept")
        }
        guard found.state.isOver else {
            return .none("the pinned baseline, run \(id), is not over")
        }
        return Baseline([found])
    }
}

extension BaselineRule {
    fileprivate func takes(_ other: Run, for run: Run) -> Bool {
        guard RunDifference.between(other, run).allSatisfy({ !$0.isSerious }),
            [.durationElapsed, .testEnded].contains(other.endReason)
        else { return false }
        guard let verdict = other.verdict else {
            // Nothing was asked of it, so nothing was found bad.
            return kind == .median
        }
        // Somebody must be the first: otherwise no run would ever pass that needs a baseline.
        return verdict.result == .passed || verdict.lacksOnlyBaseline == true
    }

    fileprivate func reasonForNone(labels: [String: String]) -> String {
        let place =
            labels.isEmpty
            ? ""
            : " with "
                + labels.sorted { $0.key < $1.key }
                .map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        return kind == .lastPassed
            ? "no earlier run\(place) and with the same load has passed"
            : "there is no earlier run\(place) and with the same load that was not found bad"
    }
}
