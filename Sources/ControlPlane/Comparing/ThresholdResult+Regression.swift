import Thresholds

/// Regressions: what is limited is by how much a run is worse than its baseline.
extension ThresholdResult {
    /// - Parameters:
    ///   - figure: nil where nothing was compared at all, for `reason`.
    ///   - from: where in each run the comparison begins, in seconds.
    init(_ figure: ComparedFigure?, of threshold: Threshold, from: Double, else reason: String?) {
        guard let figure, let found = figure.regression else {
            self.init(regression: .noData, reason: figure?.reason ?? reason ?? "nothing tells it")
            return
        }
        let limit = threshold.limit * 100
        // Also of a limit of 0 "<": what is the same has not become worse.
        let isBeyond = found.range.lowerBound > limit
        var words = Self.words(found, figure, of: threshold)
        if !isBeyond, found.range.upperBound > limit {
            words += ", which is within the noise"
            if let least = figure.smallestRegression, least > limit {
                words += ": less than \(Self.amount(least, of: threshold)) could hardly be shown"
            }
        }
        self.init(
            regression: isBeyond ? .failed : .passed, reason: words, actual: found.value,
            range: found.range, from: from)
    }

    private init(
        regression outcome: Outcome, reason: String?, actual: Double? = nil,
        range: ClosedRange<Double>? = nil, from: Double? = nil
    ) {
        self.init(
            outcome: outcome, actual: actual.flatMap(\.inThousandths),
            actualFrom: range.flatMap(\.lowerBound.inThousandths),
            actualTo: range.flatMap(\.upperBound.inThousandths),
            reason: reason, from: from?.inTenths, seconds: nil, brokenAt: nil, brokenSeconds: nil,
            isCertain: outcome == .failed)
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
