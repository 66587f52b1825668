import Comparison

/// `bench comparison`: how often the comparison of runs is wrong.
enum ComparisonCommand {
    private static let figures: [(name: String, figure: Figure)] = [
        ("p50", .percentile(50)), ("p95", .percentile(95)), ("p99", .percentile(99)),
        ("mean", .mean), ("rps", .rate), ("errors", .errorRate),
    ]

    static let kinds: [SimulatedRuns.Kind] = [
        .init(name: "identical, 60 s"),
        .init(name: "identical, 60 s, seconds alike by .7", alike: 0.7),
        .init(name: "identical, 300 s, alike by .7", seconds: 300, alike: 0.7),
        .init(name: "runs differ by 5 %, 1 before", alike: 0.5, between: 0.05),
        .init(name: "runs differ by 5 %, 3 before", alike: 0.5, between: 0.05, runs: 3),
        .init(name: "runs differ by 5 %, 5 before", alike: 0.5, between: 0.05, runs: 5),
        .init(name: "runs differ by 5 %, 10 before", alike: 0.5, between: 0.05, runs: 10),
        .init(name: "slower by 10 %, 120 s, alike by .7", seconds: 120, alike: 0.7, slower: 0.1),
        .init(name: "slower by 30 %, 60 s, alike by .7", alike: 0.7, slower: 0.3),
        .init(
            name: "slower by 30 %, runs differ by 5 %, 5 before", alike: 0.5, between: 0.05,
            runs: 5, slower: 0.3),
    ]

    static func run(_ arguments: [String]) throws {
        let settings = try ComparisonSettings(arguments)
        if settings.isReal { _ = try RealRuns.get(settings) ; return }
        Console.output("share of \(settings.pairs) comparisons that see a difference\n")
        for kind in kinds {
            let hits = hits(kind, settings)
            Console.output(kind.name + "\n")
            for (name, figure) in figures {
                let share = Share(of: hits[figure] ?? 0, among: settings.pairs)
                Console.output("  \(name.padded(8))\(share.text)\n")
            }
        }
    }

    static func hits(_ kind: SimulatedRuns.Kind, _ settings: ComparisonSettings)
        -> [Figure: Int]
    {
        var runs = SimulatedRuns(seed: settings.seed)
        var hits: [Figure: Int] = [:]
        for number in 0..<settings.pairs {
            let (before, after) = runs.pair(kind)
            let seed = settings.seed &+ UInt64(number)
            let comparison = CourseComparison(before: before, after: after, seed: seed)
            let changes = comparison?.changes(of: figures.map(\.figure)) ?? [:]
            for (figure, change) in changes where change.isSure { hits[figure, default: 0] += 1 }
        }
        return hits
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
