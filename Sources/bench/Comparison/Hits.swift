import Comparison

/// How often comparisons of a kind have seen a difference.
struct Hits: Equatable {
    static let figures: [(name: String, figure: Figure)] = [
        ("p50", .percentile(50)), ("p95", .percentile(95)), ("p99", .percentile(99)),
        ("mean", .mean), ("rps", .rate), ("errors", .errorRate),
    ]
    /// Of a threshold such as `p95 regression < 10%`.
    private static let limit = 0.1

    private(set) var comparisons = 0
    /// Up or down, and for sure.
    private(set) var different: [Figure: Int] = [:]
    /// Breaks the threshold.
    private(set) var broken: [Figure: Int] = [:]
    /// Differs by more than the noise within the runs, whatever other runs tell.
    private(set) var beyondSeconds: [Figure: Int] = [:]

    mutating func add(_ runs: ComparedRuns, seed: UInt64, drawCount: Int) {
        func changes(history: [Comparison.Course], _ before: [Comparison.Course])
            -> [Figure: Change]
        {
            CourseComparison(
                before: before, history: history, after: runs.after, drawCount: drawCount,
                seed: seed)?.changes(of: Self.figures.map(\.figure)) ?? [:]
        }
        comparisons += 1
        for (figure, change) in changes(history: runs.history, runs.before) {
            if change.isSure { different[figure, default: 0] += 1 }
            if change.knowsRuns, change.worseAtLeast(figure) > Self.limit {
                broken[figure, default: 0] += 1
            }
        }
        for (figure, change) in changes(history: [], runs.before.suffix(1))
        where change.isBeyondNoise { beyondSeconds[figure, default: 0] += 1 }
    }

    var text: String {
        Self.figures.map { name, figure in
            func share(_ hits: [Figure: Int]) -> String {
                Share(of: hits[figure] ?? 0, among: comparisons).text.padded(24)
            }
            let broken = figure == .errorRate ? "".padded(24) : share(broken)
            return "  \(name.padded(8))\(share(different))\(broken)\(share(beyondSeconds))\n"
        }.joined()
    }

    static let head =
        "  " + "".padded(8) + "differs".padded(24) + "fails < 10%".padded(24)
        + "by its seconds alone\n"
}

extension Change {
    /// By which share it is worse for sure.
    fileprivate func worseAtLeast(_ figure: Figure) -> Double {
        guard let ratio else { return 0 }
        return figure == .rate ? -ratio.upperBound : ratio.lowerBound
    }
}

/// A share with Wilson's interval for 95 %.
struct Share: Equatable {
    let value: Double
    let range: ClosedRange<Double>

    init(of count: Int, among all: Int) {
        let (n, z) = (Double(max(1, all)), 1.96)
        value = Double(count) / n
        let middle = value + z * z / (2 * n)
        let half = z * (value * (1 - value) / n + z * z / (4 * n * n)).squareRoot()
        let scale = 1 + z * z / n
        range = max(0, (middle - half) / scale)...min(1, (middle + half) / scale)
    }

    var text: String {
        func percent(_ share: Double) -> String { "\((share * 1000).rounded() / 10)" }
        return "\(percent(value)) % (\(percent(range.lowerBound)) to "
            + "\(percent(range.upperBound)) %)"
    }
}

extension String {
    fileprivate func padded(_ width: Int) -> String {
        self + String(repeating: " ", count: max(1, width - count))
    }
}
