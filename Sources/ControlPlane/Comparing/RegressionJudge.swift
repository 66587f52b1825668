import Thresholds

/// Judges the thresholds of a run that limit by how much it is worse than its baseline.
struct RegressionJudge {
    let baseline: Baseline
    /// By the threshold's place in the plan.
    private(set) var results: [Int: ThresholdResult] = [:]
    /// Those that nothing keeps from being judged but what the run is to be compared with.
    private(set) var lacking: Set<Int> = []
    /// Those that would be broken if runs of one build did not differ among themselves, which too
    /// few runs tell yet.
    private(set) var unproven: Set<Int> = []

    /// - Returns: nil for a run without such thresholds.
    init?(_ run: Run, _ measured: RunMeasurement, from store: any BaselineRuns)
        async throws(ControlPlaneError)
    {
        let thresholds = run.plan.judgedBy
        let regressions = thresholds.indices.filter { thresholds[$0].isRegression }
        guard !regressions.isEmpty else { return nil }
        if let rule = run.spec.baseline {
            baseline = try await Baseline.find(
                rule, for: run, in: .tenant(run.spec.tenantId), from: store)
        } else {
            baseline = .none("the load test has no baseline")
        }
        guard !baseline.runs.isEmpty else {
            for index in regressions {
                note(.lacking(.ofBaseline(baseline.missing ?? "there is none")), index)
            }
            return
        }
        for (ignored, indices) in Dictionary(
            grouping: regressions, by: { thresholds[$0].ignoredSeconds })
        {
            let runs = try await ComparedRuns(
                run, baseline, ignoring: ignored, measured: measured, from: store)
            try await judge(indices, of: thresholds, by: runs)
        }
    }

    private mutating func judge(
        _ indices: [Int], of thresholds: [Threshold], by runs: ComparedRuns
    ) async throws(ControlPlaneError) {
        // What was loaded in another way differs, and not by what was built.
        if let difference = runs.differences.first(where: \.isSerious) {
            let words = "cannot be compared with the baseline: \(difference.words)"
            for index in indices { note(.lacking(.own(words)), index) }
            return
        }
        for (scope, indices) in Dictionary(grouping: indices, by: { thresholds[$0].scope }) {
            let measures = Set(indices.map { thresholds[$0].measure })
            let (figures, lack) = try await runs.figures(Array(measures), in: scope)
            for index in indices {
                let threshold = thresholds[index]
                let figure = figures.first { $0.measure == threshold.measure }
                note(
                    .init(figure, against: threshold, from: runs.ignoredSeconds, else: lack), index)
            }
        }
    }

    private mutating func note(_ finding: RegressionFinding, _ index: Int) {
        results[index] = ThresholdResult(finding)
        switch finding {
        case .lacking(let lack) where lack.isOfBaseline: lacking.insert(index)
        case .unproven: unproven.insert(index)
        default: break
        }
    }
}
