import ControlPlane
import Foundation
import JSON
import SQLite
import TestSupport
import Testing

// MARK: After the crash

extension CrashScene {
    /// Waits until load that nobody watches has ended by itself, which it must in time.
    func waitForQuiet(since diedAt: Date) async throws {
        // The run has begun before the service died.
        let bound = min(crash.seconds, Double(crash.leaseSeconds)) + Self.grace
        _ = try await target.untilQuiet(within: .seconds(bound + 60))
        let late = try await target.lastRequestAt()?.timeIntervalSince(diedAt) ?? 0
        check(late <= bound, "load went on for \(late) s without the service")
        guard crash.comesBack == .late else { return }
        _ = await eventually { Date().timeIntervalSince(diedAt) > Double(crash.leaseSeconds) }
    }

    /// A run that would go on for long is stopped once the change is seen that it died of.
    func goOn() async throws {
        guard crash.point.changesUsers, crash.load != .native else { return }
        let hasThem = try await eventually(within: .seconds(60)) {
            try await Task.sleep(for: .milliseconds(50))
            let metrics = try await runs().first?["lastMetrics"]
            return metrics?["currentUsers"]?.integer == Self.usersAfterChange
        }
        check(hasThem, "the change of users was lost")
        guard let id = try await runs().first?["id"]?.text else { return }
        let stop = try await service.client().post("/v1/runs/\(id)/stop")
        check(stop.status == 202, "no stop: \(stop.body)")
    }

    /// The newest run when it is over.
    func over() async throws -> JSONValue {
        var run = JSONValue.null
        let isOver = try await eventually(within: .seconds(90)) {
            try await Task.sleep(for: .milliseconds(50))
            run = try await runs().first ?? .null
            return ["Finished", "Failed"].contains(run["state"]?.text)
        }
        check(isOver, "the run does not end: \(run)")
        return run
    }

    /// What the target has seen, which nobody can talk it out of.
    func checkTarget(against over: JSONValue) async throws {
        _ = try await target.untilQuiet(for: .seconds(1))
        let users = crash.point.changesUsers ? Self.usersAfterChange : Self.users
        let most = try await target.concurrentMax()
        check(most <= users, "\(most) users were at work instead of \(users)")
        guard let last = try await target.lastRequestAt() else { return }
        if let deadline = over["deadline"]?.date {
            let late = last.timeIntervalSince(deadline)
            check(
                late <= Double(crash.leaseSeconds) + Self.grace,
                "a request \(late) s behind the deadline")
        }
        let late = last.timeIntervalSince(over["endedAt"]?.date ?? .distantPast)
        check(late <= 0.1, "a request \(late) s after the end of the run")
    }

    /// - Parameter shown: requests that the service has told of before.
    func checkNumbers(of over: JSONValue, shown: Int) async throws {
        let told = over["lastMetrics"]?["totalRequests"]?.integer ?? 0
        let counted = try await target.requests()
        check(told >= shown, "\(told) requests after \(shown)")
        // The last numbers of an engine die with the service that would have read them.
        check(
            crash.load == .native ? told <= counted : told == counted,
            "\(told) requests are told of, \(counted) were seen")
    }

    /// Each order is given once, and what became of it is known, or was looked into.
    func checkOrders(of over: JSONValue) async throws {
        guard let id = over["id"]?.text else { return }
        let timeline = try await service.client().get("/v1/runs/\(id)/timeline?limit=100")
        let lines = timeline["items"]?.items ?? []
        let adoption = lines.last { $0["kind"]?.text == "adopted" }?["number"]?.integer ?? 0
        let starts = lines.filter { $0["kind"]?.text == "start" }
        check(starts.count <= 1, "\(starts.count) orders to start: \(lines)")
        for line in lines where ["start", "stop", "changeUsers"].contains(line["kind"]?.text) {
            let result = line["outcome"]?["result"]?.text
            let isSettled = result != nil && result != "retrying"
            check(
                isSettled || line["number"]?.integer ?? 0 < adoption,
                "an order without an outcome: \(line)")
        }
        check(
            ["Finished", "Failed"].contains(
                lines.last { $0["kind"]?.text == "stateChanged" }?[
                    "facts"]?["state"]?.text ?? over["state"]?.text), "no end in \(lines)")
    }

    /// The cluster itself has started the load once.
    func checkStarts(since before: Before) {
        let starts =
            crash.load == .native
            ? service.programs.dropFirst(before.processes).map {
                count("engine started", in: $0.output)
            }.reduce(0, +)
            : startsAtMaster - before.starts
        // A change of users looks like a start there, and is repeated by the next process.
        let most = crash.point.changesUsers ? 3 : 1
        let least = crash.point == .startIntended ? 0 : 1
        check((least...most).contains(starts), "\(starts) starts")
    }

    /// Counts in the log of a Locust master.
    var startsAtMaster: Int { count("Sending spawn jobs of", in: locust?.logs ?? "") }

    private func count(_ words: String, in text: String) -> Int {
        text.components(separatedBy: words).count - 1
    }

    func checkEnd(of over: JSONValue) {
        let reason = over["endReason"]?.text ?? ""
        check(
            expectedReasons.contains(reason) && over["endDetail"]?.text?.isEmpty == false,
            "ended with \(reason): \(over["endDetail"] ?? .null)")
    }

    private var expectedReasons: Set<String> {
        if crash.isStopped { return ["stoppedByUser"] }
        switch crash.point {
        case .accepted, .startDecided: return ["durationElapsed"]
        case .startIntended: return [crash.load == .native ? "clusterLost" : "startFailed"]
        case .stopDecided, .stopIntended, .stopGiven, .loadGone, .ended:
            // A stop does not wait long for the store, which may not know of it yet.
            return crash.load == .native
                ? ["durationElapsed", "clusterLost"] : ["durationElapsed"]
        default: break
        }
        if crash.load == .native { return ["clusterLost"] }
        if crash.comesBack == .late { return ["loadVanished"] }
        return crash.point.changesUsers ? ["stoppedByUser"] : ["durationElapsed"]
    }

    // MARK: In the store, while nobody writes

    private func storedKeys(_ sql: String) throws -> Set<String> {
        let store = try Connection(path: service.storePath, readOnly: true)
        return Set(try store.query(sql) { try $0.text(0) })
    }

    func storedObservations() throws -> Set<String> {
        try storedKeys(
            "SELECT run_id || ' ' || source || ' ' || epoch || ' ' || sequence FROM observations")
    }

    func storedRuns() throws -> Int { try storedKeys("SELECT id FROM runs").count }
}
