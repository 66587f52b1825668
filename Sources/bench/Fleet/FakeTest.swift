import Networking

/// The test that a fake master pretends to run.
struct FakeTest {
    /// Requests of one user in a second.
    static let requestsPerUser = 2.0
    /// Workers report this often, so numbers come in steps.
    static let reportInterval = Duration.seconds(3)
    /// What the hook leaves the control plane to stop the test first, and a quarter of a second
    /// until it looks.
    static let hookGrace = Duration.milliseconds(1_250)

    let runID: String
    private(set) var runIDNow: String
    private(set) var users: Int
    private let startedAt: MonotonicTime
    private var runningAt: MonotonicTime
    private var countedFrom: MonotonicTime
    private var endedAt: MonotonicTime?
    private var stopAfter: String
    private var deadline: MonotonicTime?
    private var lease: Duration?
    private var leaseEnd: MonotonicTime?
    private var runTimeEnd: MonotonicTime?

    init(_ form: [String: String], users: Int, rate: Double, at now: MonotonicTime) {
        runID = form["swarmkeeper_run_id"] ?? ""
        runIDNow = runID
        self.users = users
        startedAt = now
        countedFrom = now
        runningAt = now + Self.rampTime(users, rate)
        stopAfter = form["swarmkeeper_stop_after"] ?? ""
        deadline = Self.time(stopAfter, after: now)
        lease = Double(form["swarmkeeper_lease"] ?? "").map { .seconds($0) }
        leaseEnd = lease.map { now + $0 }
        runTimeEnd = Self.time(form["run_time"] ?? "", after: now)
    }

    /// `/swarm` into a running test: no new start, and the time limit of this form only.
    mutating func change(
        users: Int, rate: Double, _ form: [String: String], at now: MonotonicTime
    ) {
        runIDNow = form["swarmkeeper_run_id"] ?? runIDNow
        runningAt = now + Self.rampTime(abs(users - self.users), rate)
        self.users = users
        runTimeEnd = Self.time(form["run_time"] ?? "", after: now)
        let text = form["swarmkeeper_stop_after"] ?? ""
        guard runIDNow == runID, text != stopAfter else { return }
        stopAfter = text
        deadline = Self.time(text, after: now)
        renewLease(at: now)
    }

    mutating func renewLease(at now: MonotonicTime) {
        guard endedAt == nil else { return }
        leaseEnd = lease.map { now + $0 }
    }

    mutating func forgetRequests(at now: MonotonicTime) { countedFrom = now }

    mutating func end(at now: MonotonicTime) {
        if endedAt == nil { endedAt = now }
    }

    func isLoaded(at now: MonotonicTime) -> Bool { endedAt.map { now < $0 } ?? true }

    /// When and why the test ends although nobody says so.
    func ownEnd(by now: MonotonicTime) -> (MonotonicTime, FleetLog.What)? {
        guard endedAt == nil else { return nil }
        let ends: [(MonotonicTime?, FleetLog.What)] = [
            (deadline.map { $0 + Self.hookGrace }, .endedByDeadline), (leaseEnd, .endedByLease),
            (runTimeEnd, .endedByRunTime),
        ]
        let due = ends.compactMap { end in end.0.map { ($0, end.1) } }.filter { $0.0 <= now }
        return due.min { $0.0 < $1.0 }
    }

    /// As the master names it.
    func runnerState(at now: MonotonicTime) -> String {
        guard let endedAt, now >= endedAt else { return now < runningAt ? "spawning" : "running" }
        return now < endedAt + FakeMaster.stoppedAfter ? "stopping" : "stopped"
    }

    /// As the hook sees it: `test_stop` comes with the end of `/stop`.
    func hookState(at now: MonotonicTime) -> String {
        guard let endedAt, now >= endedAt + FakeMaster.stopTime else { return "started" }
        return "stopped"
    }

    func usersNow(at now: MonotonicTime) -> Int { isLoaded(at: now) ? users : 0 }

    func requests(at now: MonotonicTime) -> Int {
        let end = min(now, endedAt ?? now)
        let seconds = max(.zero, end - countedFrom) / .seconds(1)
        let step = Self.reportInterval / .seconds(1)
        // The hook lets workers send their last numbers before they say that they have stopped.
        let reported =
            endedAt == nil ? (seconds / step).rounded(.down) * step : seconds
        return Int(reported * Double(users) * Self.requestsPerUser)
    }

    func secondsSinceStart(at now: MonotonicTime) -> Double { (now - startedAt) / .seconds(1) }
    func secondsToDeadline(at now: MonotonicTime) -> Double? {
        deadline.map { ($0 - now) / .seconds(1) }
    }
    func secondsOfLease(at now: MonotonicTime) -> Double? {
        leaseEnd.map { ($0 - now) / .seconds(1) }
    }

    /// One step a second, the first at once (locust.md, section 2.1).
    private static func rampTime(_ users: Int, _ rate: Double) -> Duration {
        let perStep = max(1, rate.rounded(.down))
        let steps = (Double(users) / perStep).rounded(.up)
        return .seconds(max(0, steps - 1) * perStep / rate + 0.1)
    }

    /// `nil` where the text sets no time.
    private static func time(_ text: String, after now: MonotonicTime) -> MonotonicTime? {
        guard let seconds = Double(text), seconds > 0 else { return nil }
        return now + .seconds(seconds)
    }
}
