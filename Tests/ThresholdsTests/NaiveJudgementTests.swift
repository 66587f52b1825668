import Metrics
import TestSupport
import Testing

@testable import Thresholds

/// Judged again by looking at every window and every response by itself.
struct NaiveJudgementTests {
    private struct Second {
        var times: [UInt64]
        var failures: Int
        var dropped: Int
        var quality: MeasuredQuality

        init(_ random: inout SeededGenerator) {
            let count = Int.random(in: 0...6, using: &random)
            // In whole microseconds below 2,048, which a histogram keeps exactly.
            times = (0..<count).map { _ in UInt64.random(in: 1...2000, using: &random) }
            failures = count > 0 ? Int.random(in: 0...count, using: &random) : 0
            dropped = Int.random(in: 0...2, using: &random)
            quality =
                [.clean, .clean, .clean, .shortOfLoad, .generator]
                .randomElement(using: &random) ?? .clean
        }

        func interval(_ number: Int) -> MeasuredInterval {
            var histogram = Histogram()
            for time in times { histogram.record(time) }
            return MeasuredInterval(
                from: Double(number), to: Double(number) + 1, requests: times.count,
                failures: failures, dropped: dropped,
                responseTimes: times.isEmpty ? nil : histogram.encoded(), quality: quality)
        }
    }

    private func value(of measure: Measure, in seconds: some Collection<Second>) -> Double? {
        let times = seconds.flatMap(\.times).sorted()
        func milliseconds(_ time: UInt64?) -> Double? { time.map { Double($0) / 1000 } }
        switch measure {
        case .percentile(let share):
            guard !times.isEmpty else { return nil }
            let rank = (share * Double(times.count) / 100 - 1e-9).rounded(.up)
            return milliseconds(times[max(0, Int(rank) - 1)])
        case .min: return milliseconds(times.first)
        case .max: return milliseconds(times.last)
        case .mean:
            guard !times.isEmpty else { return nil }
            return Double(times.reduce(0, +)) / 1000 / Double(times.count)
        case .errorRate:
            guard !times.isEmpty else { return nil }
            return Double(seconds.reduce(0) { $0 + $1.failures }) / Double(times.count)
        case .rps: return Double(times.count) / Double(seconds.count)
        case .count: return Double(times.count)
        case .failures: return Double(seconds.reduce(0) { $0 + $1.failures })
        case .dropped: return Double(seconds.reduce(0) { $0 + $1.dropped })
        }
    }

    private func threshold(_ random: inout SeededGenerator) -> Threshold {
        let measures: [Measure] = [
            .percentile(50), .percentile(90), .percentile(99.9), .min, .mean, .max, .errorRate,
            .rps, .count, .failures, .dropped,
        ]
        let measure = measures.randomElement(using: &random) ?? .max
        let limit: Double =
            switch measure.kind {
            case .time: Double.random(in: 0.5...2, using: &random)
            case .share: Double.random(in: 0.2...0.8, using: &random)
            case .rate: Double.random(in: 1...5, using: &random)
            case .count: Double(Int.random(in: 0...40, using: &random))
            }
        var threshold = Threshold(
            measure, Comparison.allCases.randomElement(using: &random) ?? .below, limit)
        if Bool.random(using: &random) {
            threshold.windowSeconds = Double(Int.random(in: 1...8, using: &random))
        }
        threshold.ignoredSeconds = Double(Int.random(in: 0...4, using: &random))
        return threshold
    }

    @Test(arguments: 1...4)
    func `every measure and window agrees with a look at each of them`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var outcomes: [Bool: Int] = [:]
        for _ in 0..<400 {
            let seconds = (0..<Int.random(in: 1...25, using: &random)).map { _ in
                Second(&random)
            }
            let threshold = threshold(&random)
            let judgement = threshold.judge(
                MeasuredRun(
                    intervals: seconds.enumerated().map { $1.interval($0) },
                    seconds: Double(seconds.count)))
            check(judgement, of: threshold, seconds)
            if judgement.outcome == .broken { outcomes[judgement.isCertain, default: 0] += 1 }
        }
        #expect(outcomes[true] ?? 0 > 20 && outcomes[false] ?? 0 > 5, "\(outcomes)")
    }

    private func check(_ judgement: Judgement, of threshold: Threshold, _ all: [Second]) {
        var counted = all.dropFirst(Int(threshold.ignoredSeconds))
        var windows = [counted]
        let isWhole = Int(threshold.windowSeconds ?? .infinity, clamped: counted.count)
        if isWhole < counted.count {
            // The rate of the second in which load begins is not known.
            if threshold.measure == .rps, counted.startIndex == 0 { counted = counted.dropFirst() }
            windows = counted.indices.dropLast(isWhole - 1).map { counted[$0..<$0 + isWhole] }
        }
        let values = windows.filter { !$0.isEmpty }.map { value(of: threshold.measure, in: $0) }
        let told = values.compactMap(\.self)
        let broken = told.filter { !threshold.holds(for: $0) }
        let comment = Comment("\(threshold), \(all)")
        guard !told.isEmpty else {
            guard case .noData = judgement.outcome else {
                Issue.record("\(judgement) of nothing: \(threshold)")
                return
            }
            return
        }
        #expect(judgement.outcome == (broken.isEmpty ? .held : .broken), comment)
        let worst = threshold.isUpperBound ? told.max() : told.min()
        #expect(abs((judgement.decisive?.value ?? -1) - (worst ?? -2)) < 1e-9, comment)
        if judgement.isCertain, threshold.measure.kind != .count {
            #expect(all.contains { $0.quality != .generator }, comment)
        }
    }
}

extension Int {
    fileprivate init(_ value: Double, clamped limit: Int) {
        self = value < Double(limit) ? Int(value) : limit
    }
}
