/// A target that stops for a tenth of every period. Is what the engine reports the truth, or does
/// it leave out the requests that it could not send?
///
/// The truth is in the target's own logs, from when each request was due to when its response left.
/// Beside it stands the ideal: a tenth of the requests is meant for a stall and waits evenly from
/// nothing to all of it. A target cannot keep to that exactly, as answering all that it held takes
/// it some milliseconds.
struct StallCase: Case {
    let name = CaseName.stall
    let contestants: [Contestant]
    let measures: [Measure] = [
        .noted(.stallP95, digits: 2, goal: 1, unacceptable: 5),
        .noted(.stallP99, digits: 2, goal: 1, unacceptable: 5),
        .noted(.stallP999, digits: 2, goal: 1, unacceptable: 5),
        .noted(.stallIdealP95, digits: 2), .noted(.stallIdealP99, digits: 2),
        .noted(.stallIdealP999, digits: 2),
    ]
    /// The result hardly depends on the machine, and a run takes eight times as long as others.
    let roundsMax = 1

    static let rate = 1_000
    /// A stall of one second leaves a thousand requests waiting, each on a connection.
    private static let connections = 2_000
    private static let periods = 4.0

    /// A percentile of the engine's report.
    struct Percentile {
        let name: String
        let share: Double
        /// The part of the stall that it is, ideally.
        let shareOfStall: Double
        let note: Run.Note
        let idealNote: Run.Note
    }

    static let percentiles = [
        Percentile(
            name: "p95", share: 0.95, shareOfStall: 0.5, note: .stallP95,
            idealNote: .stallIdealP95),
        Percentile(
            name: "p99", share: 0.99, shareOfStall: 0.9, note: .stallP99,
            idealNote: .stallIdealP99),
        Percentile(
            name: "p999", share: 0.999, shareOfStall: 0.99, note: .stallP999,
            idealNote: .stallIdealP999),
    ]

    func play(_ contestant: Contestant, on course: Course) throws -> Run {
        let period = course.settings.seconds * 2
        let stall = Int((period * 100).rounded())
        let (requests, responses) = (course.folder.path("arrivals"), course.folder.path("left"))
        let server = try TargetServer(
            [
                "--stall", "\(stall * 10):\(stall)", "--log", requests, "--response-log", responses,
            ], on: course)
        var run = try course.shoot(
            contestant, at: server, connections: Self.connections,
            seconds: period * Self.periods)
        let latency = try course.engineReport().latencyMilliseconds
        let arrivals = try Arrivals(nanoseconds: try TimeLog.read(from: requests))
        let departures = try TimeLog.read(from: responses)
        for percentile in Self.percentiles {
            guard let reported = latency[percentile.name] else { continue }
            let truth = try arrivals.responseMilliseconds(
                of: percentile.share, at: Double(Self.rate), leaving: departures)
            run.notes[percentile.note] = abs(reported / truth - 1) * 100
            let ideal = Double(stall) * percentile.shareOfStall
            run.notes[percentile.idealNote] = abs(reported / ideal - 1) * 100
        }
        return run
    }
}
