import Comparison
import Thresholds

/// A run beside its baseline: what differs for sure, and what is noise.
package struct RunComparison: Sendable {
    /// What a comparison finds of one number.
    package enum Finding: String, CaseIterable, Sendable {
        case worse
        case better
        case withinNoise
        /// Nothing tells.
        case unknown
    }

    package struct Row: Sendable {
        /// Nil for all requests.
        package let endpoint: Endpoint?
        package let figures: [ComparedFigure]
        /// Why there are none.
        package let reason: String?
    }

    package static var confidence: Double { CourseComparison.confidence }
    package static let measures: [Measure] = [
        .percentile(50), .percentile(95), .percentile(99), .mean, .errorRate, .rps,
    ]
    /// Those with the most requests; the work and the false alarms grow with their number. Of each,
    /// all that each of the runs has measured is read.
    package static let endpointsMax = 20

    package let run: RunID
    package let baseline: Baseline
    /// Of each run at its start: its ramp.
    package let ignoredSeconds: Double
    /// Of the first run of the baseline, which any other is like where a rule has chosen them.
    package let differences: [RunDifference]
    /// Why nothing can be compared; nil where something can.
    package let trouble: String?
    /// What else to know before one believes it.
    package let notes: [String]
    package let totals: Row
    package let endpoints: [Row]
    package let endpointsLeftOut: Int

    static func words(ofTooFewRuns count: Int) -> String {
        let runs = count == 1 ? "run tells" : "runs tell"
        return "only \(count) earlier \(runs) how much runs of one build differ among themselves, "
            + "and \(CourseComparison.runsMin) are needed to call a difference sure"
    }

    /// Numbers that were compared.
    package var comparisonCount: Int {
        ([totals] + endpoints).reduce(0) { $0 + $1.figures.count { $0.change != nil } }
    }

    /// Whether what differs can be the target's doing.
    package var isComparable: Bool {
        trouble == nil && differences.allSatisfy { !$0.isSerious }
    }
}

/// Why something is not compared.
package struct ComparisonLack: Equatable, Sendable {
    package let words: String
    /// Whether the run is as it should be, and only what it is compared with is not: it may be what
    /// the next one is compared with.
    package let isOfBaseline: Bool

    static func own(_ words: String) -> ComparisonLack {
        ComparisonLack(words: words, isOfBaseline: false)
    }

    static func ofBaseline(_ words: String) -> ComparisonLack {
        ComparisonLack(words: words, isOfBaseline: true)
    }
}

/// One number of a run and of its baseline.
package struct ComparedFigure: Equatable, Sendable {
    package let measure: Measure
    /// In milliseconds, per cent, or a rate per second; nil where nothing tells.
    package let change: Change?
    let lack: ComparisonLack?

    /// Why nothing tells.
    package var reason: String? {
        guard let change else { return lack?.words }
        return finding == .unknown ? RunComparison.words(ofTooFewRuns: change.runCount) : nil
    }

    /// What is beyond the noise within the runs may be nothing but another run.
    package var finding: RunComparison.Finding {
        guard let change else { return .unknown }
        guard change.isBeyondNoise else { return .withinNoise }
        guard change.knowsRuns else { return .unknown }
        return (change.difference.lowerBound > 0) == (measure == .rps) ? .better : .worse
    }

    /// By how much it is worse: in per cent of the baseline, and a share of errors in percentage
    /// points. Nil where the baseline may be nothing.
    package var regression: (value: Double, range: ClosedRange<Double>)? {
        guard let change else { return nil }
        if measure == .errorRate { return (change.after - change.before, change.difference) }
        guard let ratio = change.ratio, change.before > 0 else { return nil }
        let value = (change.after / change.before - 1) * 100
        let range = (ratio.lowerBound * 100)...(ratio.upperBound * 100)
        guard measure == .rps else { return (value, range) }
        return (-value, -range.upperBound ... -range.lowerBound)
    }

    /// The smallest regression, in the same unit, that these runs could have shown.
    package var smallestRegression: Double? {
        guard let change else { return nil }
        if measure == .errorRate { return change.smallestShown }
        return change.before > 0 ? 100 * change.smallestShown / change.before : nil
    }
}
