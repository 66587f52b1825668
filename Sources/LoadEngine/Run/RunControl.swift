import Networking
import Synchronization

/// What the threads of a run are told from outside. Workers only read it, so that they share no
/// cache line that anybody writes while load is on.
final class RunControl: Sendable {
    private let stopping = Atomic(false)
    private let givingUp = Atomic(false)
    private let reason = Mutex<LoadEnd?>(nil)
    /// Requests of a closed model that no thread has taken; nil without a limit.
    let budget: RequestBudget?
    private let leaseNanoseconds: Int64?
    /// When the lease runs out, on the monotonic clock.
    private let leaseEnd: Atomic<Int64>
    /// The moment that counts as the load's start; 0 before it is known.
    private let start = Atomic<Int64>(0)
    private let curveVersion = Atomic(0)
    private let curve: Mutex<UserCurve>

    /// - Parameter curve: of users, or of an open model's connections.
    init(lease: Duration?, budget: RequestBudget? = nil, curve: UserCurve) {
        self.budget = budget
        self.curve = Mutex(curve)
        leaseNanoseconds = lease?.nanoseconds
        leaseEnd = Atomic(.max)
        renewLease()
    }

    var startTime: Int64 { start.load(ordering: .acquiring) }

    func begin(at time: Int64) { start.store(time, ordering: .releasing) }

    // MARK: The end

    var isStopping: Bool { stopping.load(ordering: .acquiring) }

    /// Asks for the end of the load. The first reason counts.
    func stop(_ end: LoadEnd) {
        reason.withLock { reason in
            if reason == nil { reason = end }
        }
        stopping.store(true, ordering: .releasing)
    }

    var isGivenUp: Bool { givingUp.load(ordering: .acquiring) }

    /// Asks for the end, and not to wait for what is on its way.
    func giveUp() {
        givingUp.store(true, ordering: .releasing)
        stop(.stopped)
    }

    var stopReason: LoadEnd? { reason.withLock { $0 } }

    // MARK: The lease

    func renewLease() {
        guard let leaseNanoseconds else { return }
        let (end, overflow) = MonotonicTime.now.nanoseconds
            .addingReportingOverflow(leaseNanoseconds)
        leaseEnd.store(overflow ? .max : end, ordering: .relaxed)
    }

    /// Ends the load when the lease has run out.
    func enforceLease(at now: Int64) {
        if now >= leaseEnd.load(ordering: .relaxed) { stop(.leaseExpired) }
    }

    // MARK: Users

    /// Changes the curve of a closed model, or the number of connections of an open one.
    func changeUsers(to users: Int, spawnRate: Double, after elapsed: Duration) {
        curve.withLock { $0 = $0.changed(at: elapsed, to: users, spawnRate: spawnRate) }
        curveVersion.wrappingAdd(1, ordering: .releasing)
    }

    var currentCurveVersion: Int { curveVersion.load(ordering: .acquiring) }
    var currentCurve: UserCurve { curve.withLock { $0 } }
}
