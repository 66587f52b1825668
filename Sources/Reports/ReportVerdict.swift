/// Whether a run was good enough, and what decided that.
package struct ReportVerdict: Equatable, Sendable {
    package enum Outcome: String, CaseIterable, Sendable {
        case passed
        case failed
        case inconclusive
    }

    /// One thing that had to hold.
    package struct Check: Equatable, Sendable {
        package enum Outcome: String, CaseIterable, Sendable {
            case passed
            case failed
            case noData
        }

        package let expression: String
        package let outcome: Outcome
        /// Whether the run fails when it does not hold; else it only warns.
        package let isRequired: Bool
        /// What was measured, with its unit; nil without data.
        package let actual: String?

        package init(
            expression: String, outcome: Outcome, isRequired: Bool = true, actual: String? = nil
        ) {
            self.expression = expression
            self.outcome = outcome
            self.isRequired = isRequired
            self.actual = actual
        }
    }

    package let outcome: Outcome
    package let reason: String?
    package let checks: [Check]

    package init(outcome: Outcome, reason: String? = nil, checks: [Check] = []) {
        self.outcome = outcome
        self.reason = reason
        self.checks = checks
    }
}
