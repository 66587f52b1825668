/// What `bench fleet` is asked for.
struct FleetSettings: Equatable {
    var masters = 500
    var slow = 20
    var dead = 20
    /// From the last accepted start to the end of the last run.
    var seconds = 40.0
    /// How often a run is polled.
    var interval = 1.0
    /// The program under test, if not the one built beside this.
    var program: String?

    /// Gets the counts as JSON.
    var report: String?

    static let help = """
          --masters N     fake Locust masters, each a cluster with one run (500)
          --slow N        masters that take 5 s for an answer once their test runs (20)
          --dead N        masters that die then: half refuse, half hang (20)
          --seconds S     length of the shortest run; deadlines spread over the half after it (40)
          --interval S    metricsPollIntervalSeconds (1)
          --report FILE   the counts of each kind of master as JSON
          --engine PATH   another swarmkeeper than the one built beside bench
        Exits with 1 when a limit is broken. Memory and processor time are those of this machine.
        """

    init() {}

    init(_ arguments: [String]) throws(UsageError) {
        let words = try Words(
            arguments,
            valued: ["masters", "slow", "dead", "seconds", "interval", "engine", "report"])
        if let word = words.operands.first { throw UsageError(message: "unexpected \(word)") }
        masters = try words.number(
            "masters", in: 1...FakeMastersSettings.mastersMax, default: masters)
        slow = try words.number("slow", in: 0...masters, default: min(slow, masters / 10))
        dead = try words.number("dead", in: 0...masters, default: min(dead, masters / 10))
        seconds = try words.number("seconds", in: 5...3_600, default: seconds)
        interval = try words.number("interval", in: 0.5...60, default: interval)
        program = words["engine"]
        report = words["report"]
        guard slow + dead < masters else {
            throw UsageError(message: "no master would be left healthy")
        }
    }

    /// How long the run of a master shall last. Neighbours end far apart, so that the order of the
    /// starts tells nothing about that of the deadlines.
    func duration(of master: Int) -> Double {
        let share = Double(master * 7_919 % masters) / Double(masters)
        return seconds * (1 + share / 2)
    }

    func kind(of master: Int) -> FleetKind {
        switch master {
        case ..<slow: .slow
        case ..<(slow + dead): .dead
        default: .healthy
        }
    }
}

enum FleetKind: String, CaseIterable {
    case healthy
    case slow
    case dead
}
