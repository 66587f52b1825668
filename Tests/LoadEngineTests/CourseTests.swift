import TestSupport
import Testing

@testable import LoadEngine

/// What changes the course of a run, and ends it; the counts stay the target's.
@Suite(.timeLimit(.minutes(3)))
struct CourseTests {
    /// Answers after `time`.
    private static func slow(_ time: Duration) throws -> TargetServer {
        try TargetServer { _ in [.wait(time), .ok] }
    }

    @Test func `a stop in mid-flight waits for what is on its way`() async throws {
        let target = try Self.slow(.milliseconds(300))
        let run = try await load(LoadPlan(at: [Origin(target)], .users(30))) { run, _ in
            #expect(await eventually { target.ledger.requests >= 45 })
            run.stop()
        }
        expectEqualCounts(run, target)
        #expect(run.report.end == .stopped)
        #expect(run.report.inFlight == 0)
        #expect(run.report.failures == 0)
    }

    @Test(arguments: [LoadModel.users(30), .rate(200, usersMax: 30)])
    func `a stop without patience counts what is on its way as that`(
        model: LoadModel
    ) async throws {
        // Every other request is never answered.
        let target = try TargetServer { exchange in
            exchange.number.isMultiple(of: 2) ? [.ok] : [.silence]
        }
        let plan = LoadPlan(at: [Origin(target)], model, drain: .zero)
        let run = try await load(plan) { run, _ in
            #expect(await eventually { target.ledger.requests >= 40 })
            run.stop()
        }
        // The last requests may lie in the socket when the connection is closed.
        #expect(
            await eventually {
                target.ledger.requests == run.report.requests + run.report.inFlight
            })
        expectEqualCounts(run, target)
        #expect(run.report.inFlight > 10)
        #expect(run.report.failures == 0)
    }

    @Test func `a stop while nothing answers is over when its patience is`() async throws {
        let target = try TargetServer { _ in [.silence] }
        let plan = LoadPlan(at: [Origin(target)], .users(5), drain: .milliseconds(300))
        let run = try await load(plan) { run, _ in
            #expect(await eventually { target.ledger.requests == 5 })
            run.stop()
            run.stop(.failed("the first reason counts"))
        }
        expectEqualCounts(run, target)
        #expect(run.report.end == .stopped)
        #expect(run.report.inFlight == 5)
        #expect(run.report.requests == 0)
    }

    @Test func `a stop before anything connects ends the run`() async throws {
        let full = try FullListener()
        let plan = LoadPlan(at: [.local(full.port)], .users(5), drain: .milliseconds(100))
        let run = try await load(plan) { run, _ in run.stop() }
        expectConsistent(run)
        #expect(run.report.end == .stopped)
        #expect(run.report.inFlight == 0)
    }

    @Test func `nobody who renews the lease ends the run`() async throws {
        let target = try TargetServer { _ in [.wait(.milliseconds(5)), .ok] }
        let plan = LoadPlan(at: [Origin(target)]).with { $0.lease = .milliseconds(400) }
        let run = try await load(plan)
        expectEqualCounts(run, target)
        #expect(run.report.end == .leaseExpired)
        #expect(run.report.elapsed >= .milliseconds(400))
        #expect(run.report.requests > 0)
    }

    @Test func `a lease that is renewed lasts`() async throws {
        let target = try TargetServer { _ in [.wait(.milliseconds(5)), .ok] }
        let plan = LoadPlan(at: [Origin(target)]).with { $0.lease = .seconds(20) }
        let run = try await load(plan) { run, reports in
            run.renewLease()
            #expect(await eventually { reports.list.count >= 2 })
            run.stop()
        }
        expectEqualCounts(run, target)
        #expect(run.report.end == .stopped)
    }

    @Test func `a target that only fails ends the run by its rule`() async throws {
        let target = try TargetServer { _ in [.wait(.milliseconds(2)), .response(500)] }
        let rule = StopRule(failurePercentMax: 50, window: .seconds(3), requestsMin: 10)
        let run = try await load(LoadPlan(at: [Origin(target)]).with { $0.stopRule = rule })
        expectEqualCounts(run, target)
        guard case .stopRuleBroken(let reason) = run.report.end else {
            Issue.record("ended by \(String(describing: run.report.end))")
            return
        }
        #expect(reason.contains("requests failed within"))
        #expect(run.report.failures == run.report.requests)
    }

    @Test func `the duration ends the run and the answers still come`() async throws {
        let target = try Self.slow(.milliseconds(400))
        let plan = LoadPlan(
            at: [Origin(target)], .users(10), duration: .milliseconds(1_000))
        let run = try await load(plan.with { $0.threads = 2 })
        expectEqualCounts(run, target)
        #expect(run.report.end == .durationElapsed)
        #expect(run.report.elapsed == .seconds(1))
        #expect(run.report.inFlight == 0)
        let first = try #require(target.ledger.entries.map(\.arrived).min())
        #expect(target.ledger.entries.allSatisfy { $0.answered - first >= 400_000_000 })
        #expect(run.report.failures == 0)
    }

    @Test func `arrivals that wait for a connection at the end are dropped`()
        async throws
    {
        let target = try Self.slow(.milliseconds(100))
        let plan = LoadPlan(
            at: [Origin(target)], .rate(100, usersMax: 5), duration: .seconds(1))
        let run = try await load(plan)
        expectEqualCounts(run, target)
        // 50 a second is what five connections can do.
        #expect(run.report.requests + run.report.dropped == 100)
        #expect(run.report.dropped >= 45)
        #expect(run.report.total.transport.delayed > 0)
        let (latency, service) = (
            run.report.total.total.latency, run.report.total.total.serviceTime
        )
        #expect(latency.max > 2 * service.percentile(50))
    }

    @Test func `users come and go by their stages`() async throws {
        let target = try Self.slow(.milliseconds(20))
        let curve = UserCurve(stages: [
            .init(duration: .milliseconds(500), users: 12),
            .init(duration: .milliseconds(500), users: 12), .init(duration: .zero, users: 3),
            .init(duration: .seconds(2), users: 3),
        ])
        let plan = LoadPlan(
            at: [Origin(target)], .closed(users: curve, thinkTime: .none),
            duration: .milliseconds(3_200))
        let run = try await load(plan.with { $0.threads = 2 })
        expectEqualCounts(run, target)
        #expect(target.ledger.openConnectionsMax == 12)
        #expect(run.all.contains { $0.users == 3 })
    }

    @Test func `the number of users follows while the load is on`() async throws {
        let target = try Self.slow(.milliseconds(10))
        let plan = LoadPlan(at: [Origin(target)], .users(3)).with { $0.threads = 2 }
        let run = try await load(plan) { run, reports in
            #expect(await eventually { reports.list.last?.users == 3 })
            run.setUsers(40, spawnRate: 100)
            #expect(await eventually { reports.list.last?.users == 40 })
            #expect(target.ledger.openConnectionsMax == 40)
            run.setUsers(5, spawnRate: .infinity)
            #expect(await eventually { reports.list.last?.users == 5 })
            run.setUsers(0, spawnRate: .infinity)
            #expect(await eventually { reports.list.last?.users == 0 })
            run.setUsers(2, spawnRate: .infinity)
            #expect(await eventually { reports.list.last?.users == 2 })
            run.stop()
        }
        expectEqualCounts(run, target)
        #expect(run.report.failures == 0)
    }

    @Test func `the connections of an open model follow as well`() async throws {
        let target = try TargetServer { exchange in
            // The first connections are stuck, so that more are needed.
            exchange.connection < 4 ? [.silence] : [.ok]
        }
        let plan = LoadPlan(
            at: [Origin(target)], .rate(200, usersMax: 4), duration: .seconds(60),
            drain: .milliseconds(100))
        let run = try await load(plan) { run, reports in
            #expect(await eventually { target.ledger.requests == 4 })
            run.setUsers(8, spawnRate: .infinity)
            #expect(await eventually { target.ledger.answered >= 50 })
            run.setUsers(4, spawnRate: .infinity)
            #expect(await eventually { reports.list.last?.users == 4 })
            run.stop()
        }
        expectEqualCounts(run, target)
        #expect(run.report.inFlight == 4)
        #expect(run.report.failures == 0)
    }

    @Test func `a number of requests is kept when users leave`() async throws {
        let target = try Self.slow(.milliseconds(5))
        let plan = LoadPlan(at: [Origin(target)], .users(9), requests: 400)
        let run = try await load(plan.with { $0.threads = 3 }) { run, _ in
            #expect(await eventually { target.ledger.requests > 40 })
            run.setUsers(1, spawnRate: .infinity)
        }
        expectEqualCounts(run, target)
        #expect(run.report.requests == 400)
        #expect(run.report.end == .budgetSpent)
    }

    @Test func `a report comes for each second, and one at the end`() async throws {
        let target = try Self.slow(.milliseconds(1))
        let plan = LoadPlan(at: [Origin(target)], duration: .milliseconds(2_500))
        let run = try await load(plan.with { $0.threads = 2 })
        expectEqualCounts(run, target)
        #expect(run.all.last?.elapsed == .milliseconds(2_500))
        let seconds = run.all.dropLast().map(\.elapsed)
        #expect(seconds == seconds.sorted())
        #expect(seconds.allSatisfy { $0.components.attoseconds == 0 })
        #expect(Set(seconds).count == seconds.count)
    }
}
