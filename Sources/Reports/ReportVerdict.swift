import ControlPlane
import Thresholds

/// Whether a run was good enough, and what decided that.
package struct ReportVerdict: Equatable, Sendable {
    /// One thing that had to hold.
    package struct Check: Equatable, Sendable {
        package let expression: String
        package let outcome: ThresholdResult.Outcome
        /// Whether the run fails when it does not hold; else it only warns.
        package let isRequired: Bool
        /// What was measured, with its unit; nil without data.
        package let actual: String?

        package init(
            expression: String, outcome: ThresholdResult.Outcome, isRequired: Bool = true,
            actual: String? = nil
        ) {
            self.expression = expression
            self.outcome = outcome
            self.isRequired = isRequired
            self.actual = actual
        }
    }

    package let outcome: Verdict.Result
    package let reason: String?
    package let checks: [Check]

    package init(outcome: Verdict.Result, reason: String? = nil, checks: [Check] = []) {
        self.outcome = outcome
        self.reason = reason
        self.checks = checks
    }
}

extension ReportVerdict {
    /// Nil for a run that was not judged.
    package init?(of run: Run) {
        guard let verdict = run.verdict else { return nil }
        self.init(
            outcome: verdict.result, reason: verdict.reason,
            checks: zip(run.plan.judgedBy, verdict.thresholds).map { Check($0, $1) })
    }
}

extension ReportVerdict.Check {
    fileprivate init(_ threshold: Threshold, _ result: ThresholdResult) {
        self.init(
            expression: ThresholdText.write(threshold), outcome: result.outcome,
            isRequired: threshold.severity == .fail,
            actual: result.actual.map {
                if threshold.isRegression {
                    return ReportText.signed($0)
                        + ThresholdText.unit(ofRegressionOf: threshold.measure)
                }
                // Shares are stored in per cent.
                return ThresholdText.measured(
                    threshold.measure.kind == .share ? $0 / 100 : $0, of: threshold.measure)
            })
    }
}
