/// A target that stops for a tenth of every period. A tenth of the requests is meant for a stall
/// and waits evenly from nothing to all of it, so the true percentiles are known: is what the
/// engine reports the truth, or does it leave out the requests that it could not send?
struct StallCase: Case {
    let name = CaseName.stall
    let contestants: [Contestant]
    let measures: [Measure] = [
        .noted(.stallP95, digits: 2, goal: 1, unacceptable: 5),
        .noted(.stallP99, digits: 2, goal: 1, unacceptable: 5),
        .noted(.stallP999, digits: 2, goal: 1, unacceptable: 5),
    ]
    /// The result hardly depends on the machine, and a run takes eight times as long as others.
    let roundsMax = 1

    static let rate = 1_000
    /// A stall of one second leaves a thousand requests waiting, each on a connection.
    private static let connections = 2_000
    private static let periods = 4.0

    /// The share of requests that wait at most so long, as a part of the stall.
    static let truth: [(name: String, note: Run.Note, shareOfStall: Double)] = [
        ("p95", .stallP95, 0.5), ("p99", .stallP99, 0.9), ("p999", .stallP999, 0.99),
    ]

    func play(_ contestant: Contestant, on course: Course) throws -> Run {
        let period = course.settings.seconds * 2
        let stall = Int((period * 100).rounded())
        let server = try TargetServer(
            ["--stall", "\(stall * 10):\(stall)"], on: course)
        var run = try course.shoot(
            contestant, at: server, connections: Self.connections,
            seconds: period * Self.periods)
        let latency = try course.engineReport().latencyMilliseconds
        for (name, note, share) in Self.truth {
            let truth = Double(stall) * share
            run.notes[note] = latency[name].map { abs($0 / truth - 1) * 100 }
        }
        return run
    }
}
