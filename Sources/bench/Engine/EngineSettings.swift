/// What `bench engine` is asked for.
struct EngineSettings: Equatable {
    var rounds = 3
    var seconds = 5.0
    /// Users where many are the point.
    var users = 10_000
    /// The program under test, if not the one built beside this.
    var engine: String?
    /// Names of cases; all without.
    var cases: [String] = []

    static let help = """
          --rounds N     each contestant once in each, in changing order (3)
          --seconds S    length of a run (5)
          --users N      users of memory10k and connect10k (10000)
          --engine PATH  another swarmkeeper than the one built beside bench
          CASE ...       some of these, all without:
        \(caseNames)
        Quote ratios, never microseconds of different minutes. A round in which others took more
        than 5 % of the cores is marked with !.
        """

    private static var caseNames: String {
        let names = CaseName.allCases.map(\.rawValue)
        return stride(from: 0, to: names.count, by: 6).map {
            "    " + names[$0..<min($0 + 6, names.count)].joined(separator: " ")
        }.joined(separator: "\n")
    }

    init() {}

    init(_ arguments: [String]) throws(UsageError) {
        let words = try Words(arguments, valued: ["rounds", "seconds", "users", "engine"])
        rounds = try words.number("rounds", in: 1...100, default: 3)
        seconds = try words.number("seconds", in: 0.1...3_600, default: 5)
        users = try words.number("users", in: 2...60_000, default: 10_000)
        engine = words["engine"]
        cases = words.operands
        for name in cases where CaseName(rawValue: name) == nil {
            throw UsageError(message: "there is no case \(name)")
        }
    }

    func wants(_ name: CaseName) -> Bool { cases.isEmpty || cases.contains(name.rawValue) }
}

/// What can be measured, in the order of the table.
enum CaseName: String, CaseIterable {
    case closed64
    case closed1024
    case body100k
    case body1m
    case scripted64
    case open1k
    case open10k
    case open30k
    case openLateness
    case openCPU
    case stall
    case memory10k
    case connect10k
    case https64
    case tlsHandshake
    case newConnection
    case threads2
}
