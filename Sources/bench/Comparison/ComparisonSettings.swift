/// What `bench comparison` is asked for.
struct ComparisonSettings: Equatable {
    /// Comparisons of each situation.
    var pairs = 200
    var seed: UInt64 = 1
    /// Runs of the native engine, instead of simulated ones; none by default.
    var realRuns = 0
    var seconds = 22
    /// Requests per second.
    var rate = 200.0
    /// Of the target.
    var delay = "0ms"
    /// Where real runs are kept.
    var file: String?
    /// Where they are taken from instead of being made.
    var source: String?

    var isReal: Bool { realRuns > 0 || source != nil }

    static let help = """
          --pairs N       simulated comparisons of each situation (200)
          --seed N        another row of random numbers (1)
          --real N        instead N runs of the native engine against `bench target`, one after the
                          other, each compared with those before it; 110 take 40 minutes
          --seconds S     length of such a run, at least 22 (22)
          --rate N        its requests per second (200)
          --delay TIME    of the target, such as 500us or 20ms (0ms)
          --save FILE     keep these runs
          --from FILE     take kept ones instead of making them
        Prints how often identical runs are called different, and how often a change is found, each
        with its 95 % confidence interval (Wilson's).
        """

    init() {}

    init(_ arguments: [String]) throws(UsageError) {
        let words = try Words(
            arguments,
            valued: ["pairs", "seed", "real", "seconds", "rate", "delay", "save", "from"])
        if let word = words.operands.first { throw UsageError(message: "unexpected \(word)") }
        pairs = try words.number("pairs", in: 1...100_000, default: pairs)
        seed = UInt64(try words.number("seed", in: 0...1_000_000_000, default: Int(seed)))
        realRuns = try words.number("real", in: 1...10_000, default: realRuns)
        seconds = try words.number("seconds", in: 22...3_600, default: seconds)
        rate = try words.number("rate", in: 1...100_000, default: rate)
        delay = words["delay"] ?? delay
        (file, source) = (words["save"], words["from"])
    }
}
