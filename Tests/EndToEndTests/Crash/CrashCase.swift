import ControlPlane

/// One death of the service: where, and what happens around it.
struct CrashCase: Sendable, CustomStringConvertible {
    /// What makes the load.
    enum Load: String, CaseIterable, Sendable {
        /// Locust with our hook module, Locust without it, and an engine of ours.
        case hooks, plain, native
    }

    enum Return: String, Sendable {
        case atOnce
        /// When the load must have ended by itself, and the lease is over.
        case late
        case never
    }

    let load: Load
    let point: CrashPoint
    /// By a caller; otherwise it ends at its deadline.
    let isStopped: Bool
    var comesBack = Return.atOnce
    /// Of the whole run.
    var seconds = Self.endlessSeconds
    var leaseSeconds = Self.longLease

    /// Longer than any case stays away that comes back at once, and the shortest allowed.
    static let longLease = 60
    static let shortLease = 5

    init(_ load: Load, _ point: CrashPoint) {
        self.load = load
        self.point = point
        // What one kind of load meets with a stop, the other meets at its deadline.
        let meetsStop: Set<CrashPoint> =
            load == .native
            ? [.stopGiven, .ended] : [.stopDecided, .stopIntended, .loadGone]
        isStopped = meetsStop.contains(point)
        let seesDeadline: Set<CrashPoint> = [
            .keyClaimed, .accepted, .answerStored, .startDecided, .stopDecided, .stopIntended,
            .stopGiven, .loadGone, .ended,
        ]
        switch load {
        case _ where isStopped || point.changesUsers: seconds = Self.endlessSeconds
        // Else it ends with the service.
        case .native: seconds = seesDeadline.contains(point) ? 4 : Self.endlessSeconds
        // The service dies late, or twice, in its time.
        case .hooks, .plain:
            seconds = point.isOfAdoption || point == .observationStored ? 14 : 8
        }
    }

    /// Longer than a case lasts.
    static let endlessSeconds = 300.0

    /// As `SWARMKEEPER_CRASH_AT` takes it.
    var pointInEnvironment: String {
        // Something is shown before, which must still be there after.
        point == .observationStored ? "\(point.rawValue):3" : point.rawValue
    }

    /// Only a process that finds a run of another one comes there.
    var isOfAdoption: Bool { point.isOfAdoption }

    var description: String {
        "\(load), killed at \(point.number) \(point)"
            + (isStopped ? ", stopped by a caller" : "")
            + (comesBack == .atOnce ? "" : ", back \(comesBack)")
            + (comesBack == .never ? " with a lease of \(leaseSeconds) s" : "")
    }
}

extension CrashCase {
    /// The points that a run on this kind of load comes by.
    static func points(of load: Load) -> [CrashPoint] {
        switch load {
        case .native: CrashPoint.allCases.filter { !$0.isOfOthers }
        case .hooks: CrashPoint.allCases.filter { $0 != .engineSpawned && !$0.isOfOthers }
        // Those where it matters that only the master's statistics tell of the load. The second
        // finds those of the first there.
        case .plain: [.startGiven, .startIntended, .loadSeen, .usersGiven, .stopIntended, .adopted]
        }
    }

    static func matrix(of load: Load) -> [CrashCase] {
        let all = points(of: load).map { CrashCase(load, $0) }
        return load == .plain ? all : all + away(load) + forEver(load)
    }

    /// The service comes back when load that nobody watched must be gone.
    private static func away(_ load: Load) -> [CrashCase] {
        [CrashPoint.startGiven, .loadSeen, .stopIntended].map { point in
            var crash = CrashCase(load, point)
            crash.comesBack = .late
            crash.leaseSeconds = shortLease
            if point != .stopIntended { crash.seconds = endlessSeconds }
            return crash
        }
    }

    /// The deadline comes first, or the end of the lease.
    private static func forEver(_ load: Load) -> [CrashCase] {
        [(6.0, longLease), (endlessSeconds, shortLease)].map { seconds, lease in
            var crash = CrashCase(load, .loadSeen)
            crash.comesBack = .never
            (crash.seconds, crash.leaseSeconds) = (seconds, lease)
            return crash
        }
    }
}

extension CrashPoint {
    /// `QueueTests` and `ScheduleTests` have these.
    var isOfOthers: Bool {
        [.queued, .leftQueue, .tickClaimed, .tickStarted, .suiteStored, .suiteStepStarted]
            .contains(self)
    }

    var isOfAdoption: Bool { self == .adoptionRead || self == .adopted }

    var changesUsers: Bool { [.usersDecided, .usersIntended, .usersGiven].contains(self) }
}
