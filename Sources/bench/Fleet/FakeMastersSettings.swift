/// What `bench fake-masters` is asked to be.
struct FakeMastersSettings: Equatable {
    /// What becomes of a master some time after the start of its first test.
    enum Fault: Equatable {
        case none
        /// Every answer comes this much later.
        case slow(Duration)
        /// Connections are refused, as of a process that is gone. Its workers go on.
        case refusing
        /// Connections are accepted and nothing is answered, as of a process that hangs.
        case silent
        /// A new process on the same port, which knows nothing.
        case restarted
    }

    /// Each takes a descriptor and a port of its own.
    static let mastersMax = 5_000

    var masters = 10
    var slow = 0
    var dead = 0
    var restarted = 0
    var slowness = Duration.seconds(5)
    var faultAfter = Duration.seconds(3)
    var endpoints = 10
    var log: String?
    var hasLifeline = false

    static let help = """
          --masters N         how many, each on a port of its own of 127.0.0.1 (10); the first
                              line of the output is `listening PORT PORT ...`
          --slow N            the first N become slow (0)
          --dead N            the next N die: the first half of them is refused, the other
                              half hangs (0)
          --restarted N       the next N are restarted (0)
          --fault-after TIME  when that happens, after the start of the master's test (3s)
          --slowness TIME     how late a slow one answers (5s)
          --endpoints N       rows of the statistics (10)
          --log FILE          a line for each request and each change of the load: the
                              CLOCK_MONOTONIC nanoseconds, the master, what, and the run
          --lifeline          end when standard input ends
        """

    init() {}

    init(_ arguments: [String]) throws(UsageError) {
        let words = try Words(
            arguments,
            valued: [
                "masters", "slow", "dead", "restarted", "fault-after", "slowness", "endpoints",
                "log",
            ], bare: ["lifeline"])
        if let word = words.operands.first { throw UsageError(message: "unexpected \(word)") }
        masters = try words.number("masters", in: 1...Self.mastersMax, default: masters)
        slow = try words.number("slow", in: 0...masters, default: 0)
        dead = try words.number("dead", in: 0...masters, default: 0)
        restarted = try words.number("restarted", in: 0...masters, default: 0)
        guard slow + dead + restarted <= masters else {
            throw UsageError(message: "there are more faults than masters")
        }
        slowness = try words.time("slowness", default: slowness)
        faultAfter = try words.time("fault-after", default: faultAfter)
        endpoints = try words.number("endpoints", in: 1...500, default: endpoints)
        log = words["log"]
        hasLifeline = words.has("lifeline")
    }

    func fault(of master: Int) -> Fault {
        switch master {
        case ..<slow: .slow(slowness)
        case ..<(slow + (dead + 1) / 2): .refusing
        case ..<(slow + dead): .silent
        case ..<(slow + dead + restarted): .restarted
        default: .none
        }
    }
}
