import Thresholds

/// What a run says of its target, and whether it can say it.
///
/// - `failed`: a threshold of severity `fail` is broken by the target: also by the clean seconds
///   alone.
/// - `inconclusive`: otherwise, when a threshold is broken or could not be told, the generator was
///   in the way for more than a twentieth of the time, numbers are missing, nothing was measured,
///   or the run ended before its time, whoever ended it.
/// - `passed`: otherwise: every threshold held, of a clean measurement of a whole run.
///
/// It is made once, from what is stored, and stored together with the end of the run.
package struct Verdict: Equatable, Sendable, Codable {
    package enum Result: String, CaseIterable, Sendable, Codable {
        case passed
        case failed
        case inconclusive
    }

    package let result: Result
    /// Nil where there is nothing to say.
    package let reason: String?
    package let measurement: MeasurementVerdict
    /// In the order of the plan's.
    package let thresholds: [ThresholdResult]
    /// What regressions were told by; nil without any.
    package let baseline: JudgedBaseline?
    /// Whether nothing but a baseline was missing for it to pass, so that the run may be one. Nil
    /// is no, as in what earlier versions have stored.
    package let lacksOnlyBaseline: Bool?

    package init(
        _ result: Result, _ reason: String?, _ measurement: MeasurementVerdict,
        _ thresholds: [ThresholdResult], baseline: JudgedBaseline? = nil,
        lacksOnlyBaseline: Bool = false
    ) {
        self.baseline = baseline
        self.lacksOnlyBaseline = lacksOnlyBaseline ? true : nil
        self.result = result
        self.reason = reason
        self.measurement = measurement
        self.thresholds = thresholds
    }
}

/// Whether the numbers are the target's.
package struct MeasurementVerdict: Equatable, Sendable, Codable {
    /// A stretch of the run, in seconds since load was asked for.
    package struct Stretch: Equatable, Sendable, Codable {
        package let from: Double
        package let to: Double
    }

    /// A generator that changes from second to second for hours needs no longer list.
    package static let stretchesMax = 100

    package var isClean = false
    /// Of which numbers have come.
    package var seconds = 0.0
    package var cleanSeconds = 0.0
    /// The first `stretchesMax` of them.
    package var clean: [Stretch] = []
    /// What was in the way, in words.
    package var evidence: [String] = []
}

/// What became of one threshold.
package struct ThresholdResult: Equatable, Sendable, Codable {
    package enum Outcome: String, CaseIterable, Sendable, Codable {
        case passed
        case failed
        /// Nothing tells.
        case noData
    }

    package let outcome: Outcome
    /// In milliseconds, per cent, per second or a count; of the window that decided, or of the run.
    /// Of a regression by how much it is worse, in per cent or percentage points.
    package let actual: Double?
    /// Of a regression: where that lies with `RunComparison.confidence`.
    package let actualFrom: Double?
    package let actualTo: Double?
    package let reason: String?
    /// The stretch that was decisive, in seconds since load was asked for.
    package let from: Double?
    package let seconds: Double?
    package let brokenAt: Double?
    package let brokenSeconds: Double?
    /// Of one that failed: whether the clean seconds alone say so.
    package let isCertain: Bool
}

extension Verdict {
    /// On a run that never had load.
    static func withoutLoad(_ run: Run) -> Verdict {
        Verdict(
            .inconclusive, "no load was made: \(run.endDetail ?? "the run never began")",
            MeasurementVerdict(),
            run.plan.judgedBy.map { ThresholdResult(.noData("nothing was measured"), of: $0) })
    }

    /// On a run whose numbers nobody can read any more.
    static func unreadable(_ run: Run, _ cause: String) -> Verdict {
        Verdict(
            .inconclusive, "what was measured cannot be read: \(cause)", MeasurementVerdict(),
            run.plan.judgedBy.map {
                ThresholdResult(.noData("what was measured cannot be read"), of: $0)
            })
    }
}

extension ThresholdResult {
    init(_ judgement: Judgement, of threshold: Threshold) {
        let found = judgement.decisive
        isCertain = judgement.isCertain
        actual = found.flatMap {
            // What is no number of JSON could never be stored, and the run never end.
            (threshold.measure.kind == .share ? $0.value * 100 : $0.value).inThousandths
        }
        (actualFrom, actualTo) = (nil, nil)
        (from, seconds) = (found?.from.inTenths, found?.seconds.inTenths)
        brokenAt = judgement.brokenAt?.inTenths
        brokenSeconds = judgement.outcome == .broken ? judgement.brokenSeconds.inTenths : nil
        switch judgement.outcome {
        case .held: (outcome, reason) = (.passed, nil)
        case .noData(let cause): (outcome, reason) = (.noData, cause)
        case .broken:
            outcome = .failed
            reason = Self.words(judgement, of: threshold)
        }
    }

    private static func words(_ judgement: Judgement, of threshold: Threshold) -> String {
        var words = "was "
        if let found = judgement.decisive {
            words += ThresholdText.measured(found.value, of: threshold.measure)
            if threshold.windowSeconds != nil {
                words += " in the \(found.seconds.words) s from second \(found.from.words) on"
            }
        }
        if let at = judgement.brokenAt {
            words += "; broken from second \(at.words) on"
            if judgement.brokenSeconds > 0 {
                words += ", for \(judgement.brokenSeconds.words) s in all"
            }
        }
        return words
    }
}

extension Double {
    var inTenths: Double { (self * 10).rounded() / 10 }

    /// Nil for what is no number of JSON.
    var inThousandths: Double? {
        let rounded = (self * 1000).rounded() / 1000
        return rounded.isFinite ? rounded : nil
    }

    /// To a tenth, without one where it is none.
    var words: String {
        let tenths = (self * 10).rounded() / 10
        return tenths == tenths.rounded() ? "\(Int(tenths))" : "\(tenths)"
    }
}
