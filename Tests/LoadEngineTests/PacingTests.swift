import Networking
import TestSupport
import Testing

@testable import LoadEngine

/// What is said of arrivals that did not begin when they were due.
@Suite(.timeLimit(.minutes(3)))
struct PacingTests {
    @Test func `an arrival that waits for a connection is delayed, not sent late`() async throws {
        // Each takes twice as long as there is between two: all but the first have to wait.
        let target = try TargetServer { _ in [.wait(.milliseconds(10)), .ok] }
        let plan = LoadPlan(
            at: [Origin(target)], .rate(200, usersMax: 1), duration: .milliseconds(500))
        let run = try await load(plan)
        expectEqualCounts(run, target)
        #expect(run.report.requests + run.report.dropped == 100)
        let delayed = run.report.total.transport.delayed
        #expect(delayed == run.report.requests - 1)
        #expect(run.report.total.transport.lateness.isEmpty)
        let warnings: [GeneratorWarning] = [
            .arrivalsDelayed(delayed), .arrivalsDropped(UInt64(run.report.dropped)),
        ]
        #expect(run.report.warnings == warnings)
    }

    @Test func `fewer connections than threads lose none of the arrivals`() async throws {
        let target = try TargetServer()
        let plan = LoadPlan(
            at: [Origin(target)], .rate(200, usersMax: 4), requests: 200)
        let run = try await load(plan.with { $0.threads = 2 }, patience: .seconds(30)) { run, _ in
            run.setUsers(1, spawnRate: .infinity)
        }
        expectEqualCounts(run, target)
        #expect(run.report.requests == 200)
        #expect(run.report.end == .budgetSpent)
    }
}
