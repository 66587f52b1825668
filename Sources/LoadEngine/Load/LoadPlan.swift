import Addresses
import Networking

/// One run of the engine: what to send, how much of it, and when to end.
package struct LoadPlan: Sendable {
    package var program: RequestProgram
    package var model: LoadModel
    package var limits: LoadLimits
    package var connections = ConnectionSettings()
    package var stopRule: StopRule?
    /// Makes every random choice repeatable.
    package var seed: UInt64 = 1
    /// Threads that generate load, each with its share of the users; one makes some 150,000
    /// requests a second (`bench engine closed64`).
    package var threads = 1
    package var tick = Tick.automatic
    /// When to report for the first time, where that is to be sooner than after the first second.
    package var firstReport: Duration?
    /// Share of the requests that are sent with a trace context (W3C `traceparent`), 0...1.
    package var traceShare = 0.0
    /// How long the load may go on without `LoadRun.renewLease`; nil for ever.
    package var lease: Duration?
    /// Which servers requests may go to; nil for all of them.
    package var targets: TargetRules?
    /// Whom to ask for the addresses of hosts.
    var hosts = HostAddresses.system

    package init(program: RequestProgram, model: LoadModel, limits: LoadLimits) {
        self.program = program
        self.model = model
        self.limits = limits
    }
}

/// How requests come about.
package enum LoadModel: Equatable, Sendable {
    /// Each user sends its next request when it has the answer to the last: a slow target gets
    /// fewer requests.
    case closed(users: UserCurve, thinkTime: ThinkTime)
    /// Iterations begin at their own times, whatever the target does. At most `usersMax` are under
    /// way at once; what is due beyond that waits with its intended start kept. It is dropped, and
    /// counted, when it has waited for as long as its request may take, or when the load ends.
    case open(arrivals: ArrivalSchedule, usersMax: Int)

    package var usersMax: Int {
        switch self {
        case .closed(let users, _): users.usersMax
        case .open(_, let usersMax): usersMax
        }
    }

    /// Users, or connections, over time.
    var userCurve: UserCurve {
        switch self {
        case .closed(let users, _): users
        case .open(_, let usersMax): UserCurve(users: usersMax, spawnRate: .infinity)
        }
    }

    /// Between two requests of a user; the steps of an arrival follow each other at once.
    package var thinkTime: ThinkTime {
        switch self {
        case .closed(_, let thinkTime): thinkTime
        case .open: .none
        }
    }
}

/// When the load ends by itself; whichever comes first.
package struct LoadLimits: Equatable, Sendable {
    package var duration: Duration
    /// Requests to send in all.
    package var requestsMax: UInt64?
    /// How long requests on their way are waited for at the end. What is unanswered then counts as
    /// in flight at the end.
    package var drain: Duration

    package init(
        duration: Duration, requestsMax: UInt64? = nil, drain: Duration = .seconds(5)
    ) {
        self.duration = duration
        self.requestsMax = requestsMax
        self.drain = drain
    }
}

/// How exactly an open model keeps its times. On a virtual machine a wake-up costs several times
/// what a request does, so many arrivals may share one: at 10,000 a second a tick of 1 ms takes
/// some 20 µs of CPU for a request where exact times take 55 (`bench engine openCPU open10k`).
package enum Tick: Equatable, Sendable {
    /// Exact up to 2,000 arrivals a second, and to 250 µs above.
    case automatic
    case exact
    case every(Duration)
}

/// What connections are like.
package struct ConnectionSettings: Equatable, Sendable {
    package var connectTimeout = Duration.seconds(5)
    /// Whether a connection serves more than one request.
    package var keepsAlive = true
    /// How many redirects to follow for one request; 0 takes them as responses like others.
    package var redirectsMax = 0
    package var tls = TLSSettings()

    package init() {}
}

/// Ends a run that only fails, before it does harm.
package struct StopRule: Equatable, Sendable {
    /// Failed requests in per cent, above which the run ends.
    package var failurePercentMax: Double
    /// The time that is looked back on.
    package var window: Duration
    /// Fewer requests than this within the window justify nothing.
    package var requestsMin: UInt64

    package init(
        failurePercentMax: Double, window: Duration = .seconds(10), requestsMin: UInt64 = 20
    ) {
        self.failurePercentMax = failurePercentMax
        self.window = window
        self.requestsMin = requestsMin
    }
}

/// Why a run of the engine ended.
package enum LoadEnd: Equatable, Sendable {
    case durationElapsed
    /// The number of requests was reached, or a list of unique data used up.
    case budgetSpent
    /// A list whose rows are to be used once has no more.
    case dataUsedUp
    /// Asked for by `LoadRun.stop`.
    case stopped
    /// Nobody renewed the lease.
    case leaseExpired
    case stopRuleBroken(String)
    /// The engine could not go on.
    case failed(String)

    /// Whether it came as the plan's limits say.
    var isPlanned: Bool { self == .durationElapsed || isOfBudget }

    /// Whether all that there was to do has been begun.
    var isOfBudget: Bool { self == .budgetSpent || self == .dataUsedUp }
}
