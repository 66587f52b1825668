import Thresholds

/// Judges the thresholds of a run that limit by how much it is worse than its baseline.
struct RegressionJudge {
    let baseline: Baseline
    /// By the threshold's place in the plan.
    private(set) var results: [Int: ThresholdResult] = [:]

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
                results[index] = ThresholdResult(
                    nil, of: thresholds[index], from: 0, else: baseline.missing)
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
            for index in indices {
                results[index] = ThresholdResult(
                    nil, of: thresholds[index], from: 0,
                    else: "cannot be compared with the baseline: \(difference.words)")
            }
            return
        }
        for (scope, indices) in Dictionary(grouping: indices, by: { thresholds[$0].scope }) {
            let measures = Set(indices.map { thresholds[$0].measure })
            let (figures, reason) = try await runs.figures(Array(measures), in: scope)
            for index in indices {
                let figure = figures.first { $0.measure == thresholds[index].measure }
                results[index] = ThresholdResult(
                    figure, of: thresholds[index], from: runs.ignoredSeconds, else: reason)
            }
        }
    }
}
