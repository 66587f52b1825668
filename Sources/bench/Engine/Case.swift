/// One line of the table: contestants that do the same, and what is wanted of ours.
protocol Case {
    var name: CaseName { get }
    /// The first is what the others are compared with.
    var contestants: [Contestant] { get }
    var measures: [Measure] { get }
    /// Most rounds worth running.
    var roundsMax: Int { get }

    /// One run of one contestant.
    func play(_ contestant: Contestant, on course: Course) throws -> Run
}

extension Case {
    var roundsMax: Int { .max }
}

/// A number that a case is about.
struct Measure {
    let name: String
    let digits: Int
    /// At most this is wanted.
    var goal: Double?
    /// More than this must not be.
    var unacceptable: Double?
    /// From a run and from that of the first contestant in the same round, if there was one.
    let value: (Run, _ base: Run?) -> Double?

    /// CPU per request, divided by that of the first contestant.
    static func ratio(
        to base: String, goal: Double? = nil, unacceptable: Double? = nil
    ) -> Measure {
        Measure(name: "CPU x \(base)", digits: 3, goal: goal, unacceptable: unacceptable) {
            run, base in base.map { run.cpuMicroseconds / $0.cpuMicroseconds }
        }
    }

    /// What the case noted in its runs.
    static func noted(
        _ note: Run.Note, digits: Int, goal: Double? = nil, unacceptable: Double? = nil
    ) -> Measure {
        Measure(name: note.rawValue, digits: digits, goal: goal, unacceptable: unacceptable) {
            run, _ in run.notes[note]
        }
    }

    func verdict(on value: Double?) -> Verdict {
        guard let value, goal != nil || unacceptable != nil else { return .none }
        if let unacceptable, value > unacceptable { return .notAcceptable }
        if let goal, value > goal { return .shortOfGoal }
        return .reached
    }
}

enum Verdict: String {
    case none = "-"
    case reached
    case shortOfGoal = "short of goal"
    case notAcceptable = "not acceptable"
}

/// What one contestant did in one round.
struct Run {
    /// What a case may find out beyond requests and their cost.
    enum Note: String {
        case rateError = "rate error %"
        case dropped
        case latenessMedian = "late p50 us"
        case latenessP99 = "late p99 us"
        case stallP95 = "p95 error %"
        case stallP99 = "p99 error %"
        case stallP999 = "p99.9 error %"
        case stallIdealP95 = "p95 off ideal %"
        case stallIdealP99 = "p99 off ideal %"
        case stallIdealP999 = "p99.9 off ideal %"
        case timerMedian = "bare timer p50 us"
        case timerP99 = "bare timer p99 us"
        case memoryPerUser = "KiB per user"
        case connectSeconds = "s to connect"
    }

    /// Counted by the target.
    var requests: Int
    /// From the first to the last request.
    var seconds: Double
    var cpuSeconds: Double
    /// The part of the cores' time that went to anything else.
    var othersShare: Double
    /// Of the contestant's process.
    var peakKiB: Int?
    var notes: [Note: Double] = [:]
    /// What a reader must know to judge the numbers.
    var remarks: [String] = []

    var requestsPerSecond: Double { seconds > 0 ? Double(requests) / seconds : 0 }
    var cpuMicroseconds: Double { cpuSeconds / Double(max(1, requests)) * 1e6 }
}
