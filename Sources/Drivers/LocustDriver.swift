import ControlPlane
import Foundation
import Locust

/// Load by one Locust master.
///
/// What the master shows is not what is: its statistics may be 2 s old and from the test before,
/// and it says yes to orders that start nothing (locust.md, section 1.3). Where the locustfile has
/// our hook module, its identity route, which is never cached, tells whose test runs; without it
/// the driver goes by the state, and waits until the cache cannot be older than the last order.
actor LocustDriver: LoadDriver {
    /// A master's cache lives 2 s; a little more covers the way of the answer.
    static let cacheLifetime = Duration.milliseconds(2_300)
    /// A test is seen by the hook within 10 ms of the order; a busy master may take longer.
    static let identityDelayMax = Duration.seconds(3)
    /// With `--stop-timeout` workers are away for that long after a stop.
    static let workerWaitMax = Duration.seconds(10)
    /// Our own deadline comes first; the hook's is 1 s and the master's 2 s behind it, for when
    /// we do not come.
    static let runTimeMargin = Duration.seconds(2)
    /// A worker of 2.47 that is told to stop within 100 ms of its start ignores that, spawns, and
    /// is sent away by its master; our hook prevents it, other locustfiles have none.
    static let stopDelayAfterOrder = Duration.milliseconds(300)

    let master: LocustMaster
    /// The same master with less patience, for those who only want to know how it is.
    let inspector: LocustMaster
    let time: any TimeSource
    let callbackURL: String
    var version: String?
    /// When an order to start or to change load was last sent.
    private var orderedAt: Duration?
    private var stopReturnedAt: Duration?
    /// The run whose load was on at the last look that showed any.
    private var loadSeenOf: RunID?
    private var usesShape = false
    /// Without our hook: whether a master that has stopped shows the numbers of the run that is
    /// looked for, and not of the test before.
    private var areNumbersOurs = false
    /// Whose test the hook last said to be on, and when it was asked.
    var lastSeen: (run: RunID, askedAt: Duration)?
    /// When an earlier process of the service ordered the load that is looked for, as long as
    /// nothing has shown that what the master runs is this load.
    var adoptedOrderAt: Duration?
    /// The load that was last ordered, and until when it goes on.
    private var ordered: (order: LoadOrder, end: Duration)?
    private var polls: PollSeries

    init(
        master: LocustMaster, inspector: LocustMaster, callbackURL: String, time: any TimeSource
    ) {
        self.master = master
        self.inspector = inspector
        self.callbackURL = callbackURL
        self.time = time
        polls = PollSeries(epoch: UUID().uuidString.lowercased())
    }

    nonisolated var takesCallbackTokens: Bool { true }

    func start(_ order: LoadOrder) async throws(DriverError) {
        polls = PollSeries(epoch: UUID().uuidString.lowercased())
        usesShape = false
        stopReturnedAt = nil
        adoptedOrderAt = nil
        areNumbersOurs = true
        // The token is sent once: the hook keeps it, and what a master shows should not have it.
        ordered = (order.with(nil), time.uptime + order.duration)
        let answer = try await send(order, lasting: order.duration)
        usesShape = answer.message.contains("shape class")
        if let chosen = answer.userClasses, !order.userClasses.isEmpty,
            Set(chosen) != Set(order.userClasses)
        {
            throw DriverError(
                "the master chose the user classes \(chosen) instead of \(order.userClasses)",
                outcomeIsUnknown: true)
        }
    }

    func adopt(_ order: LoadOrder, timeLeft: Duration) async -> Sighting.Load? {
        ordered = (order, time.uptime + timeLeft)
        adoptedOrderAt = time.uptime - (order.duration - timeLeft)
        // It may have been given a moment ago, and what the master tells be of the test before.
        orderedAt = time.uptime
        areNumbersOurs = order.loadWasSeen
        return nil  // A master goes on without us, until its lease runs out.
    }

    /// A second `/swarm` changes the users of the test that runs, resets nothing and is no new
    /// start. It also cancels the master's own timer, so the rest of the time is sent again
    /// (locust.md, section 1.4); the hook counts a changed time and the lease from the moment that
    /// it sees them. Where nothing runs it would start a test, so that is looked at right before.
    func setUsers(_ users: Int, spawnRate: Double, of run: RunID) async throws(DriverError) {
        guard let (order, end) = ordered, order.runID == run else {
            throw DriverError("the master was given no order for this run")
        }
        guard !usesShape else { throw Self.shapeDecides }
        let (identity, report) = (try await identity(renewing: run), try await freshReport())
        guard case .on = load(of: run, by: identity, report) else {
            throw DriverError("the master does not show the load of this run; try again")
        }
        let left = end - time.uptime
        guard left > .zero else { throw DriverError("the time of this run is over") }
        let answer = try await send(
            order.with(users: users, spawnRate: spawnRate), lasting: left)
        usesShape = answer.message.contains("shape class")
        if usesShape { throw Self.shapeDecides }
    }

    private static let shapeDecides = DriverError(
        "the test follows a load shape, which decides by itself how many users there are")

    private func send(_ order: LoadOrder, lasting duration: Duration) async throws(DriverError)
        -> SwarmAnswer
    {
        orderedAt = time.uptime
        let answer = try await asking { () async throws(LocustError) in
            try await self.master.swarm(
                Self.request(for: order, lasting: duration, callbackURL: self.callbackURL))
        }
        // Once more, because the answer may have been slow and the cache filled meanwhile.
        orderedAt = time.uptime
        return answer
    }

    func stop(_ run: RunID) async throws(DriverError) {
        let identity = try await identity(beforeStopping: run)
        if let identity, identity.state == .started, identity.runID != run.text {
            return  // Somebody else's test: `look` tells of it.
        }
        if identity == nil, lastSeen == nil, try await strangersTest() != nil { return }
        if isWithin(Self.stopDelayAfterOrder, of: orderedAt) {
            // Cut short, the stop is only sent a little early.
            try? await time.sleep(for: Self.stopDelayAfterOrder)
        }
        try await asking { () async throws(LocustError) in try await self.master.stop() }
        stopReturnedAt = time.uptime
    }

    func look(for run: RunID) async throws(DriverError) -> Sighting {
        let askedAt = time.uptime
        let identity = try await identity(renewing: run)
        note(identity, askedAt: askedAt)
        let report = try await freshReport()
        var load = load(of: run, by: identity, report)
        if identity == nil, load == .on, let stranger = try await strangersTest() {
            load = .foreign(stranger)
        }
        if load == .on { (loadSeenOf, areNumbersOurs) = (run, true) }
        if identity == nil, load == .absent, loadSeenOf == run, stopReturnedAt == nil,
            report?.hasLostAllWorkers == true
        {
            load = .over(.workersLost, Self.allWorkersLost)
        }
        var observation: Observation?
        if let report {
            switch load {
            case .on, .over: observation = polls.observation(of: report, at: time.now)
            // Without the hook a stopped master keeps the numbers of the last test, which is ours.
            case .absent where identity == nil && areNumbersOurs:
                observation = polls.observation(of: report, at: time.now)
            case .absent, .foreign, .unclear: break
            }
        }
        return Sighting(
            load: load, boot: identity?.boot, observation: observation,
            workers: load == .on ? Self.workers(identity, report) : nil,
            cluster: Self.glimpse(identity, report))
    }

    /// Three heartbeats that were not received, and the pause until a master counts them.
    static let silenceBeforeMissing = Duration.seconds(5)
    private static let allWorkersLost = "all workers of the master were lost"

    /// Nil while the test begins or ends: workers that stop are away for a moment.
    private static func workers(_ identity: RunIdentity?, _ report: StatsReport?) -> WorkersSeen? {
        let state = identity == nil ? report?.state : identity?.runnerState
        guard state == .running || state == .spawning else { return nil }
        // The hook tells what is, the statistics what was up to 2 s ago.
        let count = identity == nil ? report?.workerCount : identity?.workers
        let ids = report?.presentIDs
        return count.map { count in
            // Names that do not fit the number are those of before, and so is who is missing.
            let areNow = ids?.count == count
            let isSilent = !areNow || (report?.missingCount ?? 0) > 0
            return WorkersSeen(
                count: count, ids: areNow ? ids : nil,
                silence: isSilent ? Self.silenceBeforeMissing : .zero)
        }
    }

    private func load(of run: RunID, by identity: RunIdentity?, _ report: StatsReport?)
        -> Sighting.Load
    {
        if let identity { load(of: run, by: identity) } else { load(by: report) }
    }

    private func load(of run: RunID, by identity: RunIdentity) -> Sighting.Load {
        guard identity.runID == run.text else {
            if identity.state == .started {
                return .foreign(identity.whose)
            }
            return isWithin(Self.identityDelayMax, of: orderedAt) ? .unclear : .absent
        }
        guard identity.state == .stopped else { return .on }
        if identity.stopReason == Callback.StopReason.workersLost.rawValue {
            return .over(.workersLost, Self.allWorkersLost)
        }
        return .over(
            usesShape ? .testEnded : nil,
            usesShape ? "the load shape is over" : "the test was stopped at the master")
    }

    /// The load as the master's own state tells, which says nothing about whose it is.
    private func load(by report: StatsReport?) -> Sighting.Load {
        guard let report else { return .unclear }
        switch report.state {
        case .spawning, .running, .cleanup:
            return .on
        case .stopping:
            // With a worker that died unnoticed this lasts for a minute after the last user.
            return report.userCount == 0 && stopReturnedAt != nil ? .absent : .on
        case .stopped where usesShape:
            return .over(.testEnded, "the load shape is over")
        case .ready, .stopped, .missing:
            return .absent
        case .unknown(let state):
            return report.userCount > 0 ? .on : .over(nil, "the master is \(state)")
        }
    }

    /// The statistics, or nil while the master's cache may be older than the last order.
    private func freshReport() async throws(DriverError) -> StatsReport? {
        guard areStatisticsFresh else { return nil }
        return try await asking { () async throws(LocustError) in try await self.master.stats() }
    }

    var areStatisticsFresh: Bool {
        !isWithin(Self.cacheLifetime, of: orderedAt)
            && !isWithin(Self.cacheLifetime, of: stopReturnedAt)
    }

    private func isWithin(_ duration: Duration, of instant: Duration?) -> Bool {
        guard let instant else { return false }
        return time.uptime < instant + duration
    }

    func identity(renewing run: RunID?) async throws(DriverError) -> RunIdentity? {
        try await asking { () async throws(LocustError) in
            try await self.master.runIdentity(renewing: run?.text)
        }
    }

    /// Makes the client's errors the domain's.
    nonisolated func asking<T: Sendable>(
        _ call: @Sendable () async throws(LocustError) -> T
    ) async throws(DriverError) -> T {
        do throws(LocustError) {
            return try await call()
        } catch {
            throw DriverError(error.description, outcomeIsUnknown: error.outcomeUnknown)
        }
    }

    /// The form of an order. All fields every time: a master keeps what a form leaves out.
    static func request(
        for order: LoadOrder, lasting duration: Duration, callbackURL: String
    ) -> SwarmRequest {
        // Locust takes 0 for no limit, and refuses less.
        let runTime = max(.zero, duration) + runTimeMargin
        let wholeSeconds =
            runTime.components.seconds + (runTime.components.attoseconds > 0 ? 1 : 0)
        return SwarmRequest(
            userCount: order.users, spawnRate: order.spawnRate, host: order.targetURL,
            runTimeSeconds: Int(wholeSeconds), userClasses: order.userClasses,
            options: [
                "swarmkeeper_run_id": order.runID.text,
                "swarmkeeper_stop_after": "\(duration.inSeconds)",
                "swarmkeeper_lease": "\(order.lease.inSeconds)",
                "swarmkeeper_scenario_id": order.scenarioID ?? "",
                "swarmkeeper_callback_url": callbackURL,
            ], callbackToken: order.callbackToken?.text)
    }
}

extension Duration {
    var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }
}
