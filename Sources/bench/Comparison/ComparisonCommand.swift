import Comparison

/// `bench comparison`: how often the comparison of runs is wrong.
enum ComparisonCommand {
    static let kinds: [SimulatedRuns.Kind] = [
        .init(name: "identical"),
        .init(name: "identical, seconds alike by .7", alike: 0.7),
        .init(name: "identical, 300 s, seconds alike by .7", seconds: 300, alike: 0.7),
        .init(name: "runs differ by 5 %, only one is known", alike: 0.5, between: 0.05, history: 0),
        .init(name: "runs differ by 5 %, 3 are known", alike: 0.5, between: 0.05, history: 2),
        .init(name: "runs differ by 5 %, 5 are known", alike: 0.5, between: 0.05, history: 4),
        .init(name: "runs differ by 5 %, 10 are known", alike: 0.5, between: 0.05),
        .init(name: "runs differ by 20 %, 10 are known", alike: 0.5, between: 0.2),
        .init(
            name: "runs differ by 10 % and those in a row less, 10 are known", alike: 0.5,
            between: 0.1, alikeRuns: 0.7),
        .init(
            name: "runs differ by 5 %, median of 5, 10 are known", alike: 0.5, between: 0.05,
            runs: 5, history: 5),
        .init(name: "slower by 10 %, 120 s, alike by .7", seconds: 120, alike: 0.7, slower: 0.1),
        .init(name: "slower by 30 %, alike by .7", alike: 0.7, slower: 0.3),
        .init(
            name: "slower by 30 %, runs differ by 5 %, 3 are known", alike: 0.5, between: 0.05,
            history: 2, slower: 0.3),
        .init(
            name: "slower by 30 %, runs differ by 5 %, 10 are known", alike: 0.5, between: 0.05,
            slower: 0.3),
        .init(
            name: "slower by 30 %, runs differ by 5 %, median of 5, 10 are known", alike: 0.5,
            between: 0.05, runs: 5, history: 5, slower: 0.3),
        .init(
            name: "twice as slow, runs differ by 20 %, 10 are known", alike: 0.5, between: 0.2,
            slower: 1),
    ]

    static func run(_ arguments: [String]) throws {
        let settings = try ComparisonSettings(arguments)
        if settings.isReal {
            try RealRuns.report(settings)
        } else {
            Console.output("of \(settings.pairs) comparisons of each kind\n\(Hits.head)")
            for kind in kinds { Console.output("\(kind.name)\n\(hits(kind, settings).text)") }
        }
    }

    static func hits(
        _ kind: SimulatedRuns.Kind, _ settings: ComparisonSettings, drawCount: Int = 400
    ) -> Hits {
        var runs = SimulatedRuns(seed: settings.seed)
        var hits = Hits()
        for number in 0..<settings.pairs {
            hits.add(
                runs.compared(kind), seed: settings.seed &+ UInt64(number), drawCount: drawCount)
        }
        return hits
    }
}
