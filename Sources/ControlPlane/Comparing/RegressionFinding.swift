import Comparison
import Thresholds

/// What a comparison says of a threshold that limits by how much a run is worse than its baseline.
enum RegressionFinding {
    /// What was found, and where in each run the comparison begins, in seconds.
    struct Evidence {
        let value: Double
        let range: ClosedRange<Double>
        let words: String
        let from: Double

        /// Runs like this one neither pass nor tell the noise, so somebody has to say what it is.
        fileprivate var withAdvice: Evidence {
            let advice = "; run the test again, or pin a run of this level if it is meant to stay"
            return Evidence(value: value, range: range, words: words + advice, from: from)
        }
    }

    case held(Evidence)
    /// It is worse by more than the limit and than what runs differ by.
    case broken(Evidence)
    /// It is worse by more than the limit and the noise within the runs. But that knows nothing of
    /// what runs of one build differ by, and too few of them tell that yet.
    case unproven(Evidence)
    case lacking(ComparisonLack)

    /// - Parameters:
    ///   - figure: nil where nothing was compared at all, for `lack`.
    ///   - from: in seconds.
    init(
        _ figure: ComparedFigure?, against threshold: Threshold, from: Double,
        else lack: ComparisonLack?
    ) {
        guard let figure, let change = figure.change else {
            self = .lacking(figure?.lack ?? lack ?? .own("nothing tells it"))
            return
        }
        guard let found = figure.regression else {
            self = .lacking(
                .ofBaseline("the baseline's may be 0, of which there is no percentage"))
            return
        }
        let limit = threshold.limit * 100
        var words = Self.words(found, figure, of: threshold)
        // Also of a limit of 0 "<": what is the same has not become worse.
        let isBeyond = found.range.lowerBound > limit
        if !isBeyond, found.range.upperBound > limit {
            words += ", which is within the noise"
            if let least = figure.smallestRegression, least > limit {
                words += ": less than \(Self.amount(least, of: threshold)) could hardly be shown"
            }
        }
        if !change.knowsRuns {
            words += "; " + RunComparison.words(ofTooFewRuns: change.runCount)
        }
        let evidence = Evidence(value: found.value, range: found.range, words: words, from: from)
        guard isBeyond else {
            self = .held(evidence)
            return
        }
        self = change.knowsRuns ? .broken(evidence) : .unproven(evidence.withAdvice)
    }

    private static func words(
        _ found: (value: Double, range: ClosedRange<Double>), _ figure: ComparedFigure,
        of threshold: Threshold
    ) -> String {
        let factor = threshold.measure.kind == .share ? 0.01 : 1
        func value(_ value: Double?) -> String {
            value.map { ThresholdText.measured($0 * factor, of: threshold.measure) } ?? "?"
        }
        let percent = (RunComparison.confidence * 100).words
        let sign = found.value < 0 ? "better" : "worse"
        return "was \(value(figure.change?.after)), \(amount(abs(found.value), of: threshold)) "
            + "\(sign) than the baseline's \(value(figure.change?.before)) "
            + "(\(percent)% sure: between "
            + "\(amount(found.range.lowerBound, of: threshold)) and "
            + "\(amount(found.range.upperBound, of: threshold)))"
    }

    private static func amount(_ value: Double, of threshold: Threshold) -> String {
        let digits = abs(value) >= 10 || threshold.measure.kind != .share ? 10.0 : 1000
        let rounded = (value * digits).rounded() / digits
        let text = Int(exactly: rounded).map { "\($0)" } ?? "\(rounded)"
        return text + ThresholdText.unit(ofRegressionOf: threshold.measure)
    }
}

extension ThresholdResult {
    init(_ finding: RegressionFinding) {
        switch finding {
        case .held(let evidence): self.init(.passed, evidence)
        case .broken(let evidence): self.init(.failed, evidence)
        case .unproven(let evidence): self.init(.noData, evidence)
        case .lacking(let lack): self.init(lack.words)
        }
    }

    private init(_ outcome: Outcome, _ evidence: RegressionFinding.Evidence) {
        self.init(
            outcome: outcome, actual: evidence.value.inThousandths,
            actualFrom: evidence.range.lowerBound.inThousandths,
            actualTo: evidence.range.upperBound.inThousandths, reason: evidence.words,
            from: evidence.from.inTenths, seconds: nil, brokenAt: nil, brokenSeconds: nil,
            isCertain: outcome == .failed)
    }

    private init(_ reason: String) {
        self.init(
            outcome: .noData, actual: nil, actualFrom: nil, actualTo: nil, reason: reason,
            from: nil, seconds: nil, brokenAt: nil, brokenSeconds: nil, isCertain: false)
    }
}
