extension Baseline {
    /// Runs that are looked through for some that suit: whoever runs a test each hour has those of
    /// a week.
    static let runsLookedThroughMax = 200
    /// Runs that tell how much runs differ among themselves, those of the baseline among them. Ten
    /// tell it to a quarter; more would be of builds that are long gone, and each is read.
    package static let tellingRunsMax = 10

    /// What `rule` means for `run` to somebody with this scope: only earlier runs of the same load
    /// test are taken, and unless one is pinned only those of its environment with the same load on
    /// the same requests.
    package static func find(
        _ rule: BaselineRule, for run: Run, in scope: Scope, from store: any BaselineRuns
    ) async throws(ControlPlaneError) -> Baseline {
        guard run.loadTestID != nil else {
            return .none("a run without a load test has no baseline")
        }
        if let pinned = rule.pinnedRun {
            let found = try await find(pinned: pinned, for: run, in: scope, from: store)
            return try await found.withHistory(of: run, from: store)
        }
        var labels = rule.labels
        for key in rule.sameLabels {
            guard let value = run.labels[key] else {
                return .none("the run has no label \(key), which its baseline must share")
            }
            guard labels[key] ?? value == value else {
                return .none(rule.reasonForNone(labels: rule.labels.merging([key: value]) { $1 }))
            }
            labels[key] = value
        }
        let wanted = rule.runs ?? 1
        let earlier = try await runs(before: run, labels: labels, from: store) { found in
            found.count >= tellingRunsMax && found.count(where: rule.takes) >= wanted
        }
        let chosen = Array(earlier.filter(rule.takes).prefix(wanted))
        guard !chosen.isEmpty else { return .none(rule.reasonForNone(labels: labels)) }
        let missing =
            chosen.count < wanted
            ? "there are only \(chosen.count) of \(wanted) such runs yet" : nil
        return Baseline(chosen, missing: missing).with(earlier)
    }

    /// The same with the runs before `run` that tell how much runs differ among themselves,
    /// whatever their labels: a branch of its own may never have three runs.
    package func withHistory(of run: Run, from store: any BaselineRuns)
        async throws(ControlPlaneError) -> Baseline
    {
        guard !runs.isEmpty else { return self }
        return with(
            try await Self.runs(before: run, labels: [:], from: store) {
                $0.count > Self.tellingRunsMax
            })
    }

    private func with(_ earlier: [Run]) -> Baseline {
        let others = earlier.filter { other in !runs.contains { $0.id == other.id } }
        let history = others.prefix(max(0, Self.tellingRunsMax - runs.count))
        return Baseline(runs, history: Array(history), missing: missing)
    }

    /// The runs that a run was judged by, as far as they are still there.
    package static func recall(
        _ judged: JudgedBaseline, in scope: Scope, from store: any BaselineRuns
    ) async throws(ControlPlaneError) -> Baseline {
        func present(_ ids: [RunID]) async throws(ControlPlaneError) -> [Run] {
            var found: [Run] = []
            for id in ids {
                if let run = try await store.run(id, in: scope)?.run { found.append(run) }
            }
            return found
        }
        let (found, history) = (try await present(judged.runs), try await present(judged.history))
        let lost = [
            words(
                ofLost: judged.runs.count - found.count, of: judged.runs.count, "it was judged by"),
            words(
                ofLost: judged.history.count - history.count, of: judged.history.count,
                "told how much runs differ among themselves"),
        ].compactMap { $0 }
        let missing = lost.isEmpty ? judged.missing : lost.joined(separator: "; ")
        return Baseline(found, history: history, missing: missing)
    }

    /// Without them the numbers of today are not those that the verdict tells.
    private static func words(ofLost lost: Int, of count: Int, _ use: String) -> String? {
        guard lost > 0 else { return nil }
        return "\(lost) of the \(count) runs that \(use) \(lost == 1 ? "is" : "are") "
            + "not there any more"
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

    /// Earlier runs of the same load that were not found bad, the newest first.
    private static func runs(
        before run: Run, labels: [String: String], from store: any BaselineRuns,
        until isEnough: ([Run]) -> Bool
    ) async throws(ControlPlaneError) -> [Run] {
        guard let test = run.loadTestID else { return [] }
        var query = RunQuery(
            scope: .environments([run.spec.envId], of: run.spec.tenantId), page: .init())
        query.loadTestID = test
        query.labels = labels
        query.states = [.finished]
        query.earlierThan = .init(createdAt: run.audit.createdAt, id: run.id)
        var (found, looked) = ([Run](), 0)
        while !isEnough(found), looked < runsLookedThroughMax {
            let page = try await store.runs(query)
            looked += page.items.count
            found += page.items.map(\.run).filter { $0.isLike(run) && !$0.wasFoundBad }
            guard let next = page.next else { break }
            query.page.after = next
        }
        return found
    }
}

extension Run {
    /// Whether it had the same load on the same requests, to the end.
    fileprivate func isLike(_ other: Run) -> Bool {
        RunDifference.between(self, other).allSatisfy { !$0.isSerious }
            && [.durationElapsed, .testEnded].contains(endReason)
    }

    /// Of whom nothing was asked, nothing was found bad. And somebody must be the first: otherwise
    /// no run would ever pass that needs a baseline.
    fileprivate var wasFoundBad: Bool {
        guard let verdict else { return false }
        return verdict.result != .passed && verdict.lacksOnlyBaseline != true
    }
}

extension BaselineRule {
    /// Whether a run that was not found bad is one of the baseline.
    fileprivate func takes(_ other: Run) -> Bool { kind == .median || other.verdict != nil }

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
