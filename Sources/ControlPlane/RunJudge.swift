import Foundation
import Thresholds

/// Judges runs that are over, by what is stored of them: the same each time.
package enum RunJudge {
    /// A generator that was in the way for a smaller share of the time spoils no verdict: what held
    /// all the same did hold, and what was broken needs a break beside it.
    static let uncleanShareMax = 0.05
    /// In seconds: a master's last numbers are as old when its load ends.
    private static let gapMax = 10.0
    /// In characters; names of endpoints can be long.
    private static let reasonLengthMax = 4_000

    /// - Returns: nil where there is nothing to judge by.
    package static func verdict(on run: Run, from store: any BaselineRuns)
        async throws(ControlPlaneError) -> Verdict?
    {
        guard !run.plan.judgedBy.isEmpty, run.state.isOver else { return nil }
        guard run.startRequestedAt != nil else { return .withoutLoad(run) }
        let measured = try await RunMeasurement(of: run, from: store)
        let thresholds = run.plan.judgedBy
        var results = thresholds.map { ThresholdResult(.noData("nothing tells it"), of: $0) }
        // One scope in memory at a time: the series of an endpoint can be long.
        let own = thresholds.indices.filter { !thresholds[$0].isRegression }
        for (scope, indices) in Dictionary(grouping: own, by: { thresholds[$0].scope }) {
            let scoped = try await measured.measured(scope)
            for index in indices {
                let judgement = judgement(thresholds[index], scoped, measured)
                results[index] = ThresholdResult(judgement, of: thresholds[index])
            }
        }
        let regressions = try await RegressionJudge(run, measured, from: store)
        for (index, result) in regressions?.results ?? [:] { results[index] = result }
        return verdict(on: run, results, measured, regressions)
    }

    private static func judgement(
        _ threshold: Threshold, _ scoped: MeasuredRun?, _ measured: RunMeasurement
    ) -> Judgement {
        if threshold.measure == .dropped, let source = measured.source, source != .engine {
            return .noData("only the native engine tells of dropped arrivals")
        }
        return scoped.map { threshold.judge($0) }
            ?? .noData(unknown(threshold.scope, among: measured.endpoints))
    }

    private static func unknown(_ scope: ThresholdScope, among endpoints: [Endpoint]) -> String {
        guard !endpoints.isEmpty else { return "there were no requests" }
        let known = endpoints.prefix(5).map { "\"\($0.method) \($0.name)\"" }
        return "there is no such endpoint; there are \(known.joined(separator: ", "))"
            + (endpoints.count > known.count ? " and \(endpoints.count - known.count) more" : "")
    }

    private static func verdict(
        on run: Run, _ results: [ThresholdResult], _ measured: RunMeasurement,
        _ regressions: RegressionJudge?
    ) -> Verdict {
        let thresholds = run.plan.judgedBy
        let baseline = regressions.map { JudgedBaseline($0.baseline) }
        let serious = thresholds.indices.filter { thresholds[$0].severity == .fail }
            .map { (index: $0, threshold: thresholds[$0], result: results[$0]) }
        // What no threshold looks at need not be clean.
        let measurement = MeasurementVerdict(
            measured, from: serious.map(\.threshold.ignoredSeconds).min() ?? 0)
        var broken = serious.filter { $0.result.outcome == .failed && $0.result.isCertain }
            .map { Self.words(($0.threshold, $0.result)) }
        if run.endReason == .thresholdBroken, broken.isEmpty, measurement.isClean {
            broken = ["stopped: \(run.endDetail ?? "")"]
        }
        guard broken.isEmpty else {
            return Verdict(.failed, joined(broken), measurement, results, baseline: baseline)
        }
        var doubts: [String] = []
        if let end = earlyEnd(of: run) { doubts.append(end) }
        if let gap = lastGap(of: run, measured) { doubts.append(gap) }
        if measured.intervals.allSatisfy({ $0.requests == 0 }) {
            doubts.append("no requests were measured")
        }
        if !measurement.isClean, !measured.intervals.isEmpty {
            doubts.append(
                "the generator was in the way: " + measurement.evidence.joined(separator: ", "))
        }
        var (lacking, unproven) = ([String](), [String]())
        for (index, threshold, result) in serious {
            let words = Self.words((threshold, result))
            switch result.outcome {
            case .passed: break
            case .noData where regressions?.lacking.contains(index) == true: lacking.append(words)
            case .noData where regressions?.unproven.contains(index) == true:
                unproven.append(words)
            case .noData: doubts.append(words)
            case .failed:
                doubts.append(words + ", but not by what was measured of the target alone")
            }
        }
        // There is something to compare with, and it speaks against the run: as the baseline of the
        // next one, or among those that tell the noise, it would make a regression pass for good.
        let lacksOnlyBaseline = (doubts + unproven).isEmpty && !lacking.isEmpty
        doubts += unproven
        if run.spec.baseline?.passesIfMissing != true { doubts += lacking }
        guard doubts.isEmpty else {
            return Verdict(
                .inconclusive, joined(doubts), measurement, results, baseline: baseline,
                lacksOnlyBaseline: lacksOnlyBaseline)
        }
        let warnings = zip(thresholds, results).filter { $0.1.outcome != .passed }.map(Self.words)
        return Verdict(
            .passed, warnings.isEmpty ? nil : "passed with warnings: " + joined(warnings),
            measurement, results, baseline: baseline)
    }

    private static func joined(_ texts: [String]) -> String {
        // A person reads the first few; the others are with their thresholds.
        String(texts.prefix(5).joined(separator: "; ").prefix(reasonLengthMax))
            + (texts.count > 5 ? "; and \(texts.count - 5) more" : "")
    }

    private static func words(_ item: (threshold: Threshold, result: ThresholdResult)) -> String {
        "\(ThresholdText.write(item.threshold)): \(item.result.reason ?? "")"
    }

    /// What is missing at the end.
    private static func lastGap(of run: Run, _ measured: RunMeasurement) -> String? {
        let expected =
            run.endReason == .durationElapsed
            ? max(run.plan.durationSeconds, measured.seconds) : measured.seconds
        let last = measured.intervals.last?.to ?? 0
        guard expected - last > max(gapMax, expected * uncleanShareMax) else { return nil }
        return "nothing was measured from second \(last.words) to second \(expected.words)"
    }

    /// Why what was measured is not what was asked for.
    private static func earlyEnd(of run: Run) -> String? {
        switch run.endReason {
        case .durationElapsed, .testEnded: nil
        case let reason:
            "the run ended before its time (\(reason?.rawValue ?? "unknown")): "
                + (run.endDetail ?? "")
        }
    }
}

extension MeasurementVerdict {
    /// - Parameter start: what was measured before does not count.
    init(_ measured: RunMeasurement, from start: Double) {
        self.init()
        for interval in measured.intervals where interval.seconds > 0 && interval.from >= start {
            seconds += interval.seconds
            guard interval.quality == .clean else { continue }
            cleanSeconds += interval.seconds
            if let last = clean.indices.last, clean[last].to == interval.from {
                clean[last] = Stretch(from: clean[last].from, to: interval.to)
            } else if clean.count < Self.stretchesMax {
                clean.append(Stretch(from: interval.from, to: interval.to))
            }
        }
        isClean = seconds > 0 && seconds - cleanSeconds <= seconds * RunJudge.uncleanShareMax
        evidence = Self.evidence(measured, from: start)
    }

    private static func evidence(_ measured: RunMeasurement, from start: Double) -> [String] {
        let counted = measured.troubles.joined().filter { $0.from >= start }
        let spans = Dictionary(grouping: counted, by: \.trouble)
        let texts = GeneratorTrouble.allCases.compactMap { trouble -> String? in
            guard let found = spans[trouble], let first = found.map(\.from).min() else {
                return nil
            }
            let amounts = found.map(\.amount)
            let amount = trouble.isCount ? amounts.reduce(0, +) : amounts.max() ?? 0
            let seconds = found.reduce(0) { $0 + $1.to - $1.from }
            return trouble.text(amount)
                + " (in \(seconds.words) s of \(measured.seconds.words), first at second "
                + "\(first.words))"
        }
        return texts + (measured.gap.map { [$0] } ?? [])
    }
}
