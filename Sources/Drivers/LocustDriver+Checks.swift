import ControlPlane
import Foundation
import Locust

/// What is asked of a master before load is, and by those who only want to know how it is.
extension LocustDriver {
    /// A refused or half-understood `/swarm` has side effects on the master, so everything that
    /// can be known is checked before.
    func prepare(_ order: LoadOrder) async throws(DriverError) {
        let info = try await asking { () async throws(LocustError) in
            try await self.master.index()
        }
        version = info.version
        let identity = try await identity(renewing: nil)
        try check(identity, against: order)
        try checkClasses(order, info)
        try await checkIdle(info, identity)
        try await waitForWorkers()
    }

    func health() async throws(DriverError) -> ClusterHealth {
        if version == nil {
            // Only the front page tells the version, and each look at it makes the master build
            // its argument parser anew: asked once.
            version = try await asking { () async throws(LocustError) in
                try await self.inspector.index()
            }.version
        }
        // What was asked before the answers came may be from before an order.
        let areFresh = areStatisticsFresh
        let (report, identity) = try await asking { () async throws(LocustError) in
            (try await self.inspector.stats(), try await self.inspector.runIdentity(renewing: nil))
        }
        let load =
            identity.map { Self.load(by: $0, report, at: time.now) }
            ?? (areFresh && areStatisticsFresh ? Self.load(by: report) : nil)
        return ClusterHealth(
            version: version, state: (identity?.runnerState ?? report.state).name,
            workers: identity?.workers ?? report.workerCount,
            users: identity?.users ?? report.userCount, workersMissing: report.missingCount,
            loads: load.map { [$0] } ?? [])
    }

    func workersPresent() async throws(DriverError) -> Set<String>? {
        try await asking { () async throws(LocustError) in
            try await self.inspector.stats()
        }.presentIDs
    }

    /// The same as `health` tells, by what a look for a run was answered; nil where nothing tells
    /// the state.
    static func glimpse(_ identity: RunIdentity?, _ report: StatsReport?) -> ClusterGlimpse? {
        guard let state = identity?.runnerState ?? report?.state else { return nil }
        return ClusterGlimpse(
            state: state.name, users: identity?.users ?? report?.userCount,
            workers: identity?.workers ?? report?.workerCount,
            workersMissing: report?.missingCount)
    }

    private static func load(by identity: RunIdentity, _ report: StatsReport, at now: Date)
        -> ClusterLoad?
    {
        guard identity.state == .started else { return nil }
        return ClusterLoad(
            claim: identity.runID.map { .run(RunID($0)) } ?? .nobodys,
            users: identity.users ?? report.userCount,
            state: (identity.runnerState ?? report.state).name,
            startedAt: identity.startedSecondsAgo.map { now.addingTimeInterval(-$0) })
    }

    /// Without the hook a test is seen, and not whose it is.
    private static func load(by report: StatsReport) -> ClusterLoad? {
        let isOn =
            switch report.state {
            case .spawning, .running: true
            // With a worker that died unnoticed this lasts for a minute after the last user.
            case .stopping, .cleanup, .unknown: report.userCount > 0
            case .ready, .stopped, .missing: false
            }
        guard isOn else { return nil }
        return ClusterLoad(claim: .untold, users: report.userCount, state: report.state.name)
    }

    private func check(_ identity: RunIdentity?, against order: LoadOrder) throws(DriverError) {
        guard let identity else { return }
        if identity.state == .started {
            throw DriverError("the master is running \(identity.whose)")
        }
        guard let wanted = order.locustfile, let loaded = identity.locustfile, !loaded.isEmpty
        else { return }
        let names = loaded.split(separator: ",").map { Self.fileName($0) }
        guard names.contains(Self.fileName(wanted[...])) else {
            throw DriverError(
                "the load test wants the locustfile \(wanted), the master runs \(loaded)")
        }
    }

    private func checkClasses(_ order: LoadOrder, _ info: MasterInfo) throws(DriverError) {
        guard !order.userClasses.isEmpty else { return }
        guard info.showsClassPicker else {
            throw DriverError(
                "the load test names user classes, which this master ignores: start it with "
                    + "--class-picker")
        }
        let unknown = order.userClasses.filter { !info.userClasses.contains($0) }
        guard unknown.isEmpty else {
            throw DriverError(
                "the master has no user classes \(unknown.joined(separator: ", ")); it has "
                    + info.userClasses.joined(separator: ", "))
        }
    }

    /// The front page and the hook are not cached; the statistics of a master that shows neither
    /// state are asked twice, because they may still tell of the test before.
    private func checkIdle(_ info: MasterInfo, _ identity: RunIdentity?) async throws(DriverError) {
        var state = identity?.runnerState ?? info.state
        if state == nil {
            state = try await stats().state
            if state == .running || state == .spawning {
                try await pause(Self.cacheLifetime)
                state = try await stats().state
            }
        }
        if state == .stopping { return try await waitForUsersToGo() }
        guard state == .running || state == .spawning else { return }
        throw DriverError("the master is running a test that is not ours")
    }

    /// `/swarm` works while a master stops a test, beside the users that are still there.
    private func waitForUsersToGo() async throws(DriverError) {
        let end = time.uptime + Self.workerWaitMax
        while try await stats().userCount > 0 {
            guard time.uptime < end else {
                throw DriverError(
                    "the master is stopping a test; waited \(Self.workerWaitMax)")
            }
            try await pause(.milliseconds(500))
        }
    }

    /// `/swarm` without workers succeeds and starts nothing; with a load shape it would start by
    /// itself when the first worker comes, and no stop could prevent it.
    private func waitForWorkers() async throws(DriverError) {
        guard try await stats().workerCount != nil else { return }  // Not a master: standalone.
        let end = time.uptime + Self.workerWaitMax
        while true {
            let count = try await asking { () async throws(LocustError) in
                try await self.master.workerCount()
            }
            if count > 0 { return }
            guard time.uptime < end else {
                throw DriverError(
                    "the master has no workers connected; waited \(Self.workerWaitMax)")
            }
            try await pause(.milliseconds(500))
        }
    }

    private func stats() async throws(DriverError) -> StatsReport {
        try await asking { () async throws(LocustError) in try await self.master.stats() }
    }

    private func pause(_ duration: Duration) async throws(DriverError) {
        do {
            try await time.sleep(for: duration)
        } catch {
            throw DriverError("cancelled while waiting for the master")
        }
    }

    private static func fileName(_ path: Substring) -> String {
        let name = path.split(separator: "/").last ?? path
        return name.trimmingCharacters(in: .whitespaces)
    }
}

extension StatsReport {
    /// Workers that the master remembers and hears nothing of; nil for a standalone.
    var missingCount: Int? { workers?.count { $0.state == .missing } }

    /// Of the workers that the master hears of; nil for a standalone.
    var presentIDs: Set<String>? {
        workers.map { Set($0.filter { $0.state != .missing }.map(\.id)) }
    }

    /// Whether none is left and some went without a word.
    var hasLostAllWorkers: Bool { workerCount == 0 && (missingCount ?? 0) > 0 }
}

extension RunIdentity {
    /// Whose test it is, for people of any tenant: another's run is not named.
    var whose: String { runID == nil ? "a test that is not ours" : "another run" }
}

extension RunnerState {
    /// The master's own word.
    var name: String {
        switch self {
        case .ready: "ready"
        case .spawning: "spawning"
        case .running: "running"
        case .stopping: "stopping"
        case .stopped: "stopped"
        case .cleanup: "cleanup"
        case .missing: "missing"
        case .unknown(let state): state
        }
    }
}
