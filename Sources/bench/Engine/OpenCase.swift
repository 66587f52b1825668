/// A rate that does not wait for responses: is it kept, and how punctually?
struct OpenCase: Case {
    let name: CaseName
    let contestants: [Contestant]
    let measures: [Measure]
    let rate: Double
    /// Whether to measure beside it how punctual this machine's timers are at that rate.
    var showsTimer = false

    /// More than are ever busy at these rates, as responses take a fraction of a millisecond.
    static let connections = 200
    /// In which caches and connections warm up; their lateness is another matter.
    private static let warmUpShare = 0.2

    func play(_ contestant: Contestant, on course: Course) throws -> Run {
        let timer = showsTimer ? try BareTimer.measure(rate: rate, seconds: 1) : nil
        let log = course.folder.path("arrivals")
        let server = try TargetServer(["--log", log], on: course)
        var run = try course.shoot(
            contestant, at: server, connections: Self.connections,
            seconds: course.settings.seconds)
        let times = try TimeLog.read(from: log)
        run.notes[.rateError] = try Arrivals(nanoseconds: times).rateError(from: rate)
        let warm = try Arrivals(nanoseconds: times, skippedShare: Self.warmUpShare)
        run.notes[.latenessMedian] = warm.lateness(of: 0.5, at: rate)
        run.notes[.latenessP99] = warm.lateness(of: 0.99, at: rate)
        run.notes[.timerMedian] = timer?.oversleep(of: 0.5)
        run.notes[.timerP99] = timer?.oversleep(of: 0.99)
        if contestant.isOurs { run.notes[.dropped] = Double(try course.engineReport().dropped) }
        return run
    }
}
