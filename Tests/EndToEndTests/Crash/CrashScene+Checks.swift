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

    /// A caller who got no answer asks again, which gives the run that there is, or makes it.
    func repeatStart(_ before: Before) async throws {
        guard [.keyClaimed, .accepted, .answerStored].contains(crash.point) else { return }
        let there = try storedRuns() - before.runs
        check(there == (crash.point == .keyClaimed ? 0 : 1), "\(there) runs before the repeat")
        var id: String?
        let isAnswered = await eventually(within: .seconds(60)) {
            id = try? await post()
            return id != nil
        }
        check(isAnswered, "the repeat is not answered")
        let newest = try await runs().first?["id"]?.text
        check(newest == id, "the repeat gave \(id ?? ""), and there is \(newest ?? "")")
    }

    /// A run that would go on for long is stopped once the change is seen that it died of.
    func goOn() async throws {
        guard crash.point.changesUsers, crash.load != .native else { return }
        let hasThem = try await eventually(within: .seconds(60)) {
            try await Task.sleep(for: .milliseconds(50))
            let run = try? await runs().first
            return run?["lastMetrics"]?["currentUsers"]?.integer == Self.usersAfterChange
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
            // A service that adopts its runs says so instead.
            run = (try? await runs().first) ?? .null
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
        // It may die of what the caller is told when it was about to give the order.
        let least = [.startIntended, .answerStored].contains(crash.point) ? 0 : 1
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
        case .keyClaimed, .accepted, .startDecided: return ["durationElapsed"]
        case .answerStored:
            return ["durationElapsed", crash.load == .native ? "clusterLost" : "startFailed"]
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
