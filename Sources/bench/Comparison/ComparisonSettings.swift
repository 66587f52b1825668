/// What `bench comparison` is asked for.
struct ComparisonSettings: Equatable {
    /// Comparisons of each situation.
    var pairs = 200
    var seed: UInt64 = 1

    static let help = """
          --pairs N       simulated comparisons of each situation (200)
          --seed N        another row of random numbers (1)
        Prints how often identical runs are called different, and how often a change is found, each
        with its 95 % confidence interval (Wilson's).
        """

    init() {}

    init(_ arguments: [String]) throws(UsageError) {
        let words = try Words(arguments, valued: ["pairs", "seed"])
        if let word = words.operands.first { throw UsageError(message: "unexpected \(word)") }
        pairs = try words.number("pairs", in: 1...100_000, default: pairs)
        seed = UInt64(try words.number("seed", in: 0...1_000_000_000, default: Int(seed)))
    }
}
