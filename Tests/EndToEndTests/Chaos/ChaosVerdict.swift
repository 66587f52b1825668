import Foundation
import JSON
import SQLite
import TestSupport

/// What must hold when all is over, by the target, the store and the callers' accounts.
struct ChaosVerdict {
    /// Beyond the deadline and the lease; for what is on its way at the end.
    static let grace = 5.0

    /// What the target has counted of one run.
    struct Traffic {
        var requests = 0
        var concurrentMax = 0
        var lastRequestAt: Date?
    }

    let scene: ChaosScene
    private(set) var violations: [String] = []
    private(set) var traffic: [String: Traffic] = [:]
    /// Seconds by which the last request of a run was behind its deadline, its stop and its end.
    private(set) var lateness = (deadline: 0.0, stop: 0.0, end: 0.0)
    /// Of the runs that no fault came near: how many, and how many requests are not told of.
    private(set) var untouched = (runs: 0, exact: 0)
    private(set) var untold = 0

    init(_ scene: ChaosScene) async throws {
        self.scene = scene
        violations = scene.ledger.violations
        _ = try await scene.target.untilQuiet(for: .seconds(2), within: .seconds(60))
        traffic = try await Self.traffic(at: scene.target)
        for account in scene.ledger.accounts { check(account) }
        try await checkRuns()
        try checkStore()
        if scene.enginesLeft > 0 { violations.append("\(scene.enginesLeft) engines are left") }
    }

    private static func traffic(at target: Target) async throws -> [String: Traffic] {
        let answer = try await Client(target.url, token: "").get("/_target/statistics")
        guard let paths = answer["paths"]?.members else { throw HarnessError("no paths") }
        return paths.reduce(into: [:]) { traffic, path in
            traffic[String(path.key.dropFirst())] = Traffic(
                requests: path.value["requests"]?.integer ?? 0,
                concurrentMax: path.value["concurrentMax"]?.integer ?? 0,
                lastRequestAt: path.value["lastRequestAt"]?.number.map {
                    Date(timeIntervalSince1970: $0)
                })
        }
    }

    // MARK: A run

    private mutating func check(_ account: ChaosLedger.Account) {
        let name = "\(account.plan.name) on \(account.cluster) (\(account.id ?? "no id"))"
        guard let over = account.over else {
            return violations.append("\(name) is not over")
        }
        let reason = over["endReason"]?.text ?? ""
        if reason.isEmpty || over["endDetail"]?.text?.isEmpty != false {
            violations.append("\(name) ended without a reason: \(over)")
        }
        if reason == "replaced" { violations.append("\(name) met another load: \(over)") }
        let seen = traffic[account.plan.name] ?? Traffic()
        if seen.concurrentMax > account.plan.usersMax {
            violations.append(
                "\(name): \(seen.concurrentMax) users at work, not \(account.plan.usersMax)")
        }
        checkTimes(name, account, seen, over)
        checkNumbers(name, account, seen, over)
    }

    private mutating func checkTimes(
        _ name: String, _ account: ChaosLedger.Account, _ seen: Traffic, _ over: JSONValue
    ) {
        guard let last = seen.lastRequestAt else { return }
        let bound = Double(ChaosScene.leaseSeconds) + Self.grace
        if let deadline = account.deadline ?? over["deadline"]?.date {
            let late = last.timeIntervalSince(deadline)
            lateness.deadline = max(lateness.deadline, late)
            if late > bound {
                violations.append("\(name): a request \(late) s behind the deadline")
            }
        } else {
            violations.append("\(name): \(seen.requests) requests, and no deadline: \(over)")
        }
        if let stopped = account.stopAnsweredAt {
            lateness.stop = max(lateness.stop, last.timeIntervalSince(stopped))
        }
        if let ended = over["endedAt"]?.date {
            let late = last.timeIntervalSince(ended)
            lateness.end = max(lateness.end, late)
            // One that was given up is ended by its own guards.
            let isGivenUp = ["clusterLost", "startFailed"].contains(over["endReason"]?.text)
            if late > (isGivenUp ? bound : Self.grace) {
                violations.append("\(name): a request \(late) s after the end: \(over)")
            }
        }
    }

    private mutating func checkNumbers(
        _ name: String, _ account: ChaosLedger.Account, _ seen: Traffic, _ over: JSONValue
    ) {
        let told = over["lastMetrics"]?["totalRequests"]?.integer ?? 0
        if told > seen.requests {
            violations.append("\(name): \(told) requests told of, \(seen.requests) were seen")
        }
        untold += max(0, seen.requests - told)
        guard isUntouched(account) else { return }
        untouched.runs += 1
        if told == seen.requests {
            untouched.exact += 1
        } else {
            violations.append(
                "\(name), which nothing disturbed: \(told) requests told of, "
                    + "\(seen.requests) were seen")
        }
    }

    /// Whether no fault came near it, or shortly before, when its cluster may still have been ill.
    private func isUntouched(_ account: ChaosLedger.Account) -> Bool {
        let (from, to) = (
            account.begunAt.addingTimeInterval(-10), account.endSeenAt ?? .distantFuture
        )
        return !scene.ledger.faults.contains { fault, began, ended in
            (fault.cluster == nil || fault.cluster == account.cluster) && began < to && ended > from
        }
    }

    // MARK: All of them

    /// Each name once: a start that was asked for twice has made one run.
    private mutating func checkRuns() async throws {
        var names: [String: Int] = [:]
        var cursor: String?
        repeat {
            let page = try await scene.client.get(
                "/v1/runs?limit=100" + (cursor.map { "&cursor=\($0)" } ?? ""))
            for run in page["items"]?.items ?? [] {
                let name = run["name"]?.text ?? ""
                names[name, default: 0] += 1
                if let account = scene.ledger.accounts.first(where: { $0.plan.name == name }) {
                    scene.ledger.see(run, of: account.plan)
                }
            }
            cursor = page["nextCursor"]?.text
        } while cursor != nil
        for (name, count) in names where count > 1 {
            violations.append("\(count) runs of \(name)")
        }
        for account in scene.ledger.accounts where names[account.plan.name] == nil {
            violations.append("\(account.plan.name) is lost")
        }
        violations += scene.ledger.violations.filter { !violations.contains($0) }
    }

    private mutating func checkStore() throws {
        let store = try Connection(path: scene.service.storePath, readOnly: true)
        let damage = try store.integrityCheck()
        if !damage.isEmpty { violations.append("the store is damaged: \(damage)") }
        let before = scene.ledger.stored
        scene.noteStored()
        let lost = before.subtracting(
            try store.query(ChaosScene.observationKeys) { try $0.text(0) })
        if !lost.isEmpty {
            violations.append("\(lost.count) observations have disappeared: \(lost)")
        }
        let missing = scene.ledger.acknowledged.subtracting(
            try store.query("SELECT run_id || ' ' || epoch || ' ' || sequence FROM observations") {
                try $0.text(0)
            })
        if !missing.isEmpty {
            violations.append(
                "\(missing.count) acknowledged observations are not there: \(missing)")
        }
    }
}

extension ChaosVerdict: CustomStringConvertible {
    var description: String {
        let accounts = scene.ledger.accounts
        let reasons = Dictionary(grouping: accounts) { $0.over?["endReason"]?.text ?? "not over" }
        let faults = Dictionary(grouping: scene.ledger.faults) { $0.fault.kind }
        let counted = traffic.values.reduce(0) { $0 + $1.requests }
        var lines = ["\(accounts.count) runs ended:"]
        for (reason, ended) in reasons.sorted(by: { $0.value.count > $1.value.count }) {
            let kinds = ChaosCluster.all.compactMap { cluster in
                let count = ended.count { $0.cluster == cluster }
                return count > 0 ? "\(cluster) \(count)" : nil
            }
            lines.append("  \(reason): \(ended.count) (\(kinds.joined(separator: ", ")))")
        }
        lines.append("\(scene.ledger.faults.count) faults:")
        for (kind, all) in faults.sorted(by: { $0.key < $1.key }) {
            lines.append("  \(kind): \(all.count)")
        }
        lines.append(
            String(
                format: "the last request of a run came at most %.1f s after its deadline, %.1f s "
                    + "after its stop was answered, %.1f s after its end", lateness.deadline,
                lateness.stop, lateness.end))
        lines.append(
            "\(counted) requests counted at the target, \(untold) of them not told of by the "
                + "service; \(untouched.exact) of \(untouched.runs) undisturbed runs are exact")
        lines.append(
            "\(scene.ledger.acknowledged.count) callbacks with numbers were acknowledged, "
                + "and are stored")
        lines.append(
            "\(scene.ledger.stored.count) observations stored at \(scene.service.programs.count) "
                + "processes of the service, at most \(scene.ledger.residentBytesMax >> 20) MB each"
        )
        return lines.joined(separator: "\n")
    }
}
