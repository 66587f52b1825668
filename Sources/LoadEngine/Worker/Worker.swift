import Glibc
import Metrics
import Networking

/// Everything one load-generating thread owns. Built on its thread and never leaving it, so
/// nothing in it is locked; that it is not Sendable is the guarantee.
///
/// What makes it fast: one `send` and one `recv` for a request, one wait for a whole batch of
/// them, connections watched once, all responses of a batch read before the next requests are
/// sent. Nine tenths of what a request costs are the kernel's then; `Worker+Receiving.swift` and
/// `Worker+Sending.swift` are the rest.
///
/// The tables are at fixed addresses, allocated and freed here and reached only from this thread
/// by indices that this class makes; checked arrays would be the same with a little more work per
/// access.
final class Worker {
    /// Small enough to stay in the cache, large enough that bodies do not pile up in the kernel.
    static let readBufferByteCount = 65_536
    /// Users started before what has arrived gets its turn: some ten milliseconds. A server's queue
    /// of connections holds some thousands, and what it drops comes again after a second.
    static let connectsPerRoundMax = 1_000
    /// How often orders from outside are looked for.
    static let controlInterval: Int64 = 20_000_000

    let plan: LoadPlan
    /// Which of the run's threads this is.
    let number: Int
    let control: RunControl
    let port: WorkerPort

    // MARK: Tables

    var poller: Poller
    let rows: UnsafeMutableBufferPointer<RequestRow>
    var origins: [OriginSlot]
    /// Connections each user may have: one to each origin.
    let originsMax: Int
    var users: UnsafeMutablePointer<UserSlot>
    var userCapacity: Int
    var connections: UnsafeMutablePointer<ConnectionSlot>
    /// When a connection has to be given up, by its index; apart, as it is scanned.
    var deadlines: UnsafeMutablePointer<Int64>
    /// What users remember; empty without a script.
    var scripts: [ScriptUser] = []
    let buffer: UnsafeMutableBufferPointer<UInt8>
    /// The message that is being made.
    var message: [UInt8] = []
    var observer = ExchangeObserver()
    /// Whether any request gets a trace context; else nothing of tracing is looked at.
    let isTracing: Bool
    var traces: TraceSource
    /// The message that is being sent, with its trace context.
    var tracedMessage: [UInt8] = []
    /// Connections whose user has a request to send; each at most once.
    let sendQueue = IndexQueue()
    /// TLS connections of which OpenSSL holds bytes that had no turn yet: no event tells of them.
    var unread: [Int32] = []
    var dues = DueQueue()
    let tlsContext: TLSContext?

    // MARK: Counters

    let statistics: UnsafeMutableBufferPointer<EndpointStatistics>
    var transport = TransportStatistics()
    var activeUsers = 0
    var busyUsers = 0
    var inFlight = 0
    var openConnections = 0

    // MARK: The course of the run, in nanoseconds on the monotonic clock

    var start: Int64 = 0
    var endTime: Int64 = .max
    var drainEnd: Int64 = .max
    var loadEndTime: Int64?
    var end: LoadEnd?
    /// Whether a stop was asked for, before the end or after it.
    var isHurried = false
    var secondsDone = 0
    /// When to hand over before the first second is full; nil when that is done, or not wanted.
    private var firstHandover: Int64?
    var nextControl: Int64 = 0
    var nextTimeoutScan: Int64 = 0
    let shortestTimeout: Int64
    let longestTimeout: Int64
    /// Numbers of the requests that this thread may begin before it has to look for more.
    var share: Range<UInt64>
    private var cpuCounted: UInt64 = 0
    private var timeCounted: Int64 = 0

    // MARK: Pacing

    var curve: UserCurve
    var curveVersion = 0
    var nextCurveChange: Int64 = 0
    /// Users that are to be active, of this worker.
    var userTarget = 0
    var usersStarted = 0
    var iterationsBegun: UInt64 = 0
    var freeUsers: [Int32] = []
    /// When there was last no user for an arrival.
    var starvedAt: Int64 = .min
    /// The number of the next arrival in the whole run, and when it is due; nil behind the last.
    var nextArrival: UInt64 = 0
    var nextArrivalTime: Int64?
    let tick: Int64

    init(
        plan: LoadPlan, number: Int, origins: [OriginSlot], control: RunControl, port: WorkerPort
    ) throws(LoadError) {
        self.plan = plan
        self.number = number
        self.control = control
        self.port = port
        do {
            poller = try Poller(batchMax: 512)
            tlsContext =
                try origins.contains { $0.origin.isSecure } || plan.followsRedirects
                ? TLSContext(plan.connections.tls) : nil
        } catch {
            throw LoadError("\(error)")
        }
        self.origins = origins
        originsMax = origins.count + (plan.followsRedirects ? OriginSlot.redirectedMax : 0)
        rows = .allocate(capacity: plan.program.requests.count)
        for (index, request) in plan.program.requests.enumerated() {
            rows.initializeElement(
                at: index, to: RequestRow(request, thinkTime: plan.model.thinkTime))
        }
        statistics = .allocate(capacity: plan.program.endpoints.count)
        statistics.initialize(repeating: EndpointStatistics())
        buffer = .allocate(capacity: Self.readBufferByteCount)
        buffer.initialize(repeating: 0)
        (userCapacity, users) = (0, .allocate(capacity: 0))
        (connections, deadlines) = (.allocate(capacity: 0), .allocate(capacity: 0))
        let timeouts = rows.map(\.timeout)
        longestTimeout = timeouts.max() ?? 0
        shortestTimeout = min(
            timeouts.min() ?? .max, plan.connections.connectTimeout.nanoseconds)
        isTracing = plan.traceShare > 0
        traces = TraceSource(share: plan.traceShare)
        share = plan.firstShare(of: number)
        curve = plan.model.userCurve
        switch plan.model {
        case .closed: tick = 0
        case .open(let arrivals, _):
            tick = plan.tick.nanoseconds(rate: arrivals.rateMax / Double(plan.threads))
        }
        grow(to: localUsers(of: curve.usersMax))
    }

    deinit {
        for index in 0..<userCapacity * originsMax { release(index) }
        connections.deinitialize(count: userCapacity * originsMax).deallocate()
        users.deinitialize(count: userCapacity).deallocate()
        deadlines.deallocate()
        statistics.deinitialize().deallocate()
        for row in rows { row.deallocate() }
        rows.deallocate()
        buffer.deallocate()
    }

    var isOpenModel: Bool {
        if case .open = plan.model { true } else { false }
    }

    static var now: Int64 { MonotonicTime.now.nanoseconds }

    // MARK: The loop

    /// Generates load from the control's start to the end.
    func run() {
        begin()
        do {
            while !isDone { try round() }
        } catch {
            end = .failed(error.description)
            // The other threads are a part of the load, not the load.
            control.stop(.failed(error.description))
        }
        finish()
    }

    /// One wait, and everything that came of it.
    private func round() throws(SystemError) {
        var now = Self.now
        if now >= nextControl { look(at: now) }
        startDue(at: now)
        flushSends()
        if now >= nextTimeoutScan { scanTimeouts(at: now) }
        let wake = nextWake
        now = Self.now
        let count = try poller.wait(
            atMost: wake > now && sendQueue.isEmpty && unread.isEmpty
                ? .nanoseconds(wake - now) : .zero)
        guard count > 0 || !unread.isEmpty else { return }
        let woken = Self.now
        for index in 0..<count {
            let event = poller.event(index)
            handle(event, at: woken)
        }
        if !unread.isEmpty { readOn() }
        flushSends()
        transport.loopLag.record(UInt64(max(0, Self.now - woken)) / 1000)
    }

    private var nextWake: Int64 {
        var wake = min(nextControl, nextTimeoutScan)
        if let due = dues.first { wake = min(wake, due) }
        if let arrival = nextArrivalWake { wake = min(wake, arrival) }
        return min(wake, nextUserStart)
    }

    // MARK: The course

    private func begin() {
        start = control.startTime
        timeCounted = start
        cpuCounted = Self.threadNanoseconds
        let (end, overflow) = start.addingReportingOverflow(plan.limits.duration.nanoseconds)
        endTime = overflow ? .max : end
        nextControl = start
        nextCurveChange = start
        firstHandover = plan.firstReport.map { start + $0.nanoseconds }
        if isOpenModel { takeArrival(UInt64(number)) }
    }

    /// Looks at the clock, at orders from outside, and whether a second is full.
    private func look(at now: Int64) {
        control.enforceLease(at: now)
        if control.isStopping {
            if end == nil { beginEnd(control.stopReason ?? .stopped, at: now) }
            if !isHurried { hurry(at: now) }
            if control.isGivenUp { drainEnd = now }
        } else if end == nil, now >= endTime {
            beginEnd(.durationElapsed, at: endTime)
        } else if end == nil, isBudgetSpent {
            beginEnd(.budgetSpent, at: now)
        }
        if curveVersion != control.currentCurveVersion { takeCurve(at: now) }
        if now >= start + Int64(secondsDone + 1) * 1_000_000_000 {
            secondsDone = Int((now - start) / 1_000_000_000)
            publish(at: now)
        } else if let first = firstHandover, now >= first {
            publish(at: now)
        }
        let nextSecond = start + Int64(secondsDone + 1) * 1_000_000_000
        nextControl = min(now + Self.controlInterval, firstHandover ?? nextSecond, nextSecond)
        if end == nil { nextControl = min(nextControl, max(now, endTime)) }
    }

    /// Lets nothing new begin. What is on its way has `drain` to come back.
    func beginEnd(_ end: LoadEnd, at time: Int64) {
        guard self.end == nil else { return }
        self.end = end
        loadEndTime = time
        // A number of requests that was asked for is to be complete, however long they take.
        let drain = max(
            plan.limits.drain.nanoseconds, end.isOfBudget ? longestExchange : 0)
        let (drained, overflow) = time.addingReportingOverflow(drain)
        drainEnd = overflow ? .max : drained
        switch end {
        case .durationElapsed:
            // What was due in time and finds a connection was only not looked at yet. What finds
            // none is not sent any more: behind its end no load begins.
            startArrivals(at: time)
            dropWaitingArrivals(until: time)
        case .budgetSpent, .dataUsedUp:
            nextArrivalTime = nil
            dismissThinkers(at: time)
        default: dropWaitingArrivals(until: time)
        }
    }

    /// A number of requests takes until they are answered: their rate over the time in which users
    /// began them would be that of a target that answers at once. What is never answered does not
    /// count, as one lost request would make the time as long as its time-out; and arrivals have
    /// their own times.
    func noteAnswer(at now: Int64) {
        if let end, end.isOfBudget, !isOpenModel { loadEndTime = now }
    }

    /// A stop that comes while a planned end waits for its last answers: nothing more begins, and
    /// the wait takes no longer from here than after any other stop.
    private func hurry(at now: Int64) {
        isHurried = true
        let (drained, overflow) = now.addingReportingOverflow(plan.limits.drain.nanoseconds)
        if !overflow { drainEnd = min(drainEnd, drained) }
    }

    private var isDone: Bool {
        guard let end else { return false }
        // Of a budget that is spent, users finish what they have begun, thinking between steps.
        let isIdle = end.isOfBudget && !isHurried ? activeUsers == 0 : busyUsers == 0
        return isIdle || Self.now >= drainEnd
    }

    private func finish() {
        let now = Self.now
        dropWaitingArrivals(until: min(endTime, now))
        dropUnsentArrivals()
        publish(at: now, isLast: true)
    }

    private func publish(at now: Int64, isLast: Bool = false) {
        firstHandover = nil
        var taken = LoadStatistics(endpointCount: statistics.count)
        for index in statistics.indices {
            taken.endpoints[index] = statistics[index]
            statistics[index] = EndpointStatistics()
        }
        let cpu = Self.threadNanoseconds
        transport.cpuNanoseconds = cpu - cpuCounted
        transport.threadNanoseconds = UInt64(max(0, now - timeCounted))
        (cpuCounted, timeCounted) = (cpu, now)
        taken.transport = transport
        transport = TransportStatistics()
        var gauges = WorkerPort.Gauges()
        gauges.secondsDone = secondsDone
        gauges.hasBegun = true
        gauges.users = activeUsers
        gauges.connections = openConnections
        gauges.inFlight = inFlight
        gauges.loadNanoseconds = max(0, (loadEndTime ?? now) - start)
        gauges.end = isLast ? end : nil
        port.publish(taken, gauges)
    }

    /// The longest that a request can take: connecting to one address after the other and waiting
    /// for the answer, again where it is sent twice, and for every redirect.
    private var longestExchange: Int64 {
        let addressCount = Int128(origins.map(\.addresses.count).max() ?? 1)
        let connecting = Int128(plan.connections.connectTimeout.nanoseconds) * addressCount
        let hopCount = Int128(2 + plan.connections.redirectsMax)
        return Int64(clamping: (connecting + Int128(longestTimeout)) * hopCount)
    }

    private static var threadNanoseconds: UInt64 {
        var time = timespec()
        // Cannot fail: every thread has this clock.
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
