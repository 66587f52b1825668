/// One thing that must hold of a run, such as `p95 of "GET /cart" < 300ms`.
package struct Threshold: Hashable, Sendable {
    /// What happens when it does not hold.
    package enum Severity: String, CaseIterable, Sendable {
        case fail
        /// It is told, and the run passes all the same.
        case warn
    }

    package let measure: Measure
    package var scope = ThresholdScope.all
    package let comparison: Comparison
    /// Whether it is not the value that is limited but by how much it is worse than that of a
    /// baseline.
    package let isRegression: Bool
    /// In the unit of the measure: milliseconds, a share from 0 to 1, a rate per second or a count.
    /// Of a regression a share of the baseline's value, or what is added to its share of errors.
    package let limit: Double
    /// It must hold in every stretch of so many seconds; nil: in the whole run.
    package var windowSeconds: Double?
    /// So many seconds from the start of the load do not count.
    package var ignoredSeconds = 0.0
    package var severity = Severity.fail
    /// The run is stopped when it was broken for so many seconds on end; nil: it never is.
    package var abortAfterSeconds: Double?

    package init(
        _ measure: Measure, _ comparison: Comparison, _ limit: Double, isRegression: Bool = false
    ) {
        self.measure = measure
        self.comparison = comparison
        self.isRegression = isRegression
        self.limit = (isRegression ? Measure.errorRate : measure).normalised(limit)
    }

    /// Whether a measured value is as it must be.
    package func holds(for value: Double) -> Bool { comparison.holds(value, limit) }

    /// Whether a smaller value is a better one.
    var isUpperBound: Bool { comparison == .below || comparison == .atMost }
}

/// Which requests a threshold is about.
package enum ThresholdScope: Hashable, Sendable {
    case all
    /// By its method and name as the run's summary shows them, or by its name alone.
    case endpoint(String)
}

package enum Comparison: String, CaseIterable, Sendable {
    // The longer ones first: a text that begins with one begins with the shorter, too.
    case atMost = "<="
    case atLeast = ">="
    case below = "<"
    case above = ">"

    package func holds(_ value: Double, _ limit: Double) -> Bool {
        switch self {
        case .atMost: value <= limit
        case .atLeast: value >= limit
        case .below: value < limit
        case .above: value > limit
        }
    }

    /// What holds exactly where this does not: for tools that say what must not be.
    package var negated: Comparison {
        switch self {
        case .atMost: .above
        case .atLeast: .below
        case .below: .atLeast
        case .above: .atMost
        }
    }
}
