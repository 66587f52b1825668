import Dispatch
import Networking
import TestSupport
import Testing

@testable import LoadEngine

/// How long a run lasts once its end has begun, and what is told of its time.
@Suite(.timeLimit(.minutes(3)))
struct EndTests {
    @Test func `a stop while the last of a number of requests are awaited is obeyed`()
        async throws
    {
        let target = try TargetServer { _ in [.silence] }
        let plan = LoadPlan(
            at: [Origin(target)], .users(3), requests: 3, drain: .milliseconds(100))
        // Otherwise the wait would be for the time-out of the requests, which is a minute.
        let run = try await load(plan, patience: .seconds(30)) { run, _ in
            #expect(await eventually { target.ledger.requests == 3 })
            run.stop()
        }
        expectEqualCounts(run, target)
        #expect(run.report.end == .budgetSpent)
        #expect(run.report.inFlight == 3)
    }

    @Test func `a stop after the duration begins none of the arrivals that still wait`()
        async throws
    {
        let gate = DispatchSemaphore(value: 0)
        let target = try TargetServer { exchange in
            if exchange.number == 0 { gate.wait() }
            return [.ok]
        }
        let plan = LoadPlan(
            at: [Origin(target)], .rate(100, usersMax: 1), duration: .milliseconds(500))
        let run = try await load(plan, patience: .seconds(30)) { run, reports in
            #expect(await eventually { reports.list.contains { $0.elapsed >= .seconds(1) } })
            run.stop()
            #expect(await eventually { reports.list.last?.dropped == 49 })
            gate.signal()
        }
        expectEqualCounts(run, target)
        #expect(run.report.end == .durationElapsed)
        #expect(run.report.requests == 1)
        #expect(run.report.dropped == 49)
    }

    @Test func `the time of a number of requests lasts until the last answer`() async throws {
        let target = try TargetServer { _ in [.wait(.milliseconds(300)), .ok] }
        let plan = LoadPlan(at: [Origin(target)], .users(10), requests: 10)
        let run = try await load(plan.with { $0.threads = 2 })
        expectEqualCounts(run, target)
        // Otherwise ten requests would have been made in the moment that it took to begin them.
        #expect(run.report.elapsed >= .milliseconds(300))
    }

    @Test func `nobody thinks on about a next step when no request is left for it`()
        async throws
    {
        let target = try TargetServer()
        let calls = [Call(thinkTime: .constant(.seconds(80))), Call()]
        let plan = LoadPlan(calls, at: [Origin(target)], .users(2), requests: 2)
        let run = try await load(plan, patience: .seconds(30))
        expectEqualCounts(run, target)
        #expect(run.report.end == .budgetSpent)
        #expect(run.report.requests == 2)
    }
}
