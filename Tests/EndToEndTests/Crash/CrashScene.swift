import ControlPlane
import Foundation
import JSON
import TestSupport
import Testing

/// One case: a run whose service dies, and what is seen of it from outside.
struct CrashScene {
    static let users = 4
    static let usersAfterChange = 7
    /// Beyond the deadline and the lease; for what is on its way at the end.
    static let grace = 5.0

    let crash: CrashCase
    let service: Service
    let target: Target
    let locust: LocustProcesses?

    /// Drives the run to its end, and checks what must hold.
    func play() async throws {
        service.crash()
        try service.setLease(crash.leaseSeconds)
        let before = Before(
            runs: try storedRuns(), starts: startsAtMaster, processes: service.programs.count)
        let shown = try await die()
        let diedAt = Date()
        check(service.program.wasKilled, "the service did not die by itself")
        if crash.comesBack != .atOnce { try await waitForQuiet(since: diedAt) }
        let stored = try storedObservations()
        try await service.restart()
        // For the next case.
        if crash.comesBack == .never {
            _ = try await over()
            return
        }
        try await repeatStart(before)
        try await goOn()
        let over = try await over()
        check(try storedRuns() == before.runs + 1, "there is another run")
        try await checkTarget(against: over)
        try await checkNumbers(of: over, shown: shown)
        check(
            stored.isSubset(of: try storedObservations()), "stored observations have disappeared")
        try await checkOrders(of: over)
        checkStarts(since: before)
        checkEnd(of: over)
    }

    struct Before {
        let runs: Int
        let starts: Int
        let processes: Int
    }

    func check(_ holds: Bool, _ what: @autoclosure () -> String) {
        guard !holds else { return }
        let logs = service.programs.suffix(3).map { program in
            program.output.split(separator: "\n").filter { !$0.contains(#""event":"request""#) }
                .joined(separator: "\n")
        }.joined(separator: "\n== next\n")
        Issue.record("\(crash): \(what())\n\(logs)")
    }
}

// MARK: To the crash

extension CrashScene {
    /// - Returns: how many requests the service has told of before it died.
    private func die() async throws -> Int {
        if crash.isOfAdoption {
            try await launch()
            try await post()
            let shown = try await whileItLives(isUnderWay)
            service.crash()
            try service.launch(dyingAt: crash.pointInEnvironment)
            try await waitForDeath()
            return shown
        }
        try await launch(dyingAt: crash.pointInEnvironment)
        // A service that dies answers nobody, or just about.
        _ = try? await post()
        var shown = 0
        if crash.isStopped || crash.point.changesUsers {
            shown = try await whileItLives(isUnderWay)
            try? await act()
        }
        let last = try await whileItLives { _ in false }
        try await waitForDeath()
        return max(shown, last)
    }

    private func isUnderWay(_ run: JSONValue) -> Bool {
        run["state"]?.text == "Running"
            && (run["lastMetrics"]?["totalRequests"]?.integer ?? 0) > 5
    }

    private func launch(dyingAt point: String = "") async throws {
        try service.launch(dyingAt: point)
        try await service.waitUntilListening()
    }

    private var body: JSONValue {
        .object([
            "name": .string("\(crash)"), "tenantId": .string("red"), "envId": .string("dev"),
            "targetUrl": .string(target.url), "targetUsers": .int(Int64(Self.users)),
            "spawnRate": .int(10), "durationSeconds": .double(crash.seconds),
        ])
    }

    @discardableResult
    func post() async throws -> String? {
        let answer = try await service.client().post(
            "/v1/tests", json: body, key: "\(crash), for \(target.url)")
        guard answer.status == 202 else { throw HarnessError("not started: \(answer.body)") }
        return answer["id"]?.text
    }

    /// What the service dies of, unless it dies before.
    private func act() async throws {
        let client = service.client()
        guard let id = try await runs().first?["id"]?.text else { return }
        if crash.isStopped {
            _ = try await client.post("/v1/runs/\(id)/stop")
        } else {
            _ = try await client.post(
                "/v1/runs/\(id)/users", ["targetUsers": Self.usersAfterChange, "spawnRate": 10])
        }
    }

    /// Looks at the newest run until `condition` holds of it, or the service is gone.
    private func whileItLives(_ condition: (JSONValue) -> Bool) async throws -> Int {
        var shown = 0
        _ = try await eventually {
            try await Task.sleep(for: .milliseconds(50))
            guard service.program.isRunning else { return true }
            guard let run = try? await runs().first else { return false }
            shown = max(shown, run["lastMetrics"]?["totalRequests"]?.integer ?? 0)
            return condition(run)
        }
        return shown
    }

    private func waitForDeath() async throws {
        guard await eventually({ !service.program.isRunning }) else {
            throw HarnessError("\(crash): the point was not reached\n\(service.log)")
        }
    }

    /// Newest first.
    func runs() async throws -> [JSONValue] {
        let answer = try await service.client().get("/v1/runs?limit=100&sort=-createdAt")
        guard let items = answer["items"]?.items else {
            throw HarnessError("no list of runs: \(answer.body)")
        }
        return items
    }
}
