import TestSupport
import Testing

@testable import LoadEngine

/// What the engine reports is what the target was asked, request by request.
@Suite(.timeLimit(.minutes(3)))
struct CountTests {
    @Test func `users without think time`() async throws {
        let target = try TargetServer()
        let run = try await load(LoadPlan(at: [Origin(target)], requests: 2_000))
        expectEqualCounts(run, target)
        #expect(run.report.requests == 2_000)
        #expect(run.report.failures == 0)
        #expect(run.report.end == .budgetSpent)
        #expect(run.report.statuses == [200: 2_000])
        #expect(target.ledger.connections == 4)
        #expect(Int(run.report.total.total.bytesIn) == target.ledger.bytesOut)
    }

    @Test(arguments: [1, 3], [1, 2, 100, 1_001] as [UInt64])
    func `a number of requests is kept exactly`(threads: Int, requests: UInt64) async throws {
        for model in [LoadModel.users(7), .rate(2_000, usersMax: 20)] {
            let target = try TargetServer()
            let plan = LoadPlan(at: [Origin(target)], model, requests: requests)
            let run = try await load(plan.with { $0.threads = threads })
            expectEqualCounts(run, target)
            #expect(run.report.requests == Int(requests))
            #expect(run.report.end == .budgetSpent)
        }
    }

    @Test(arguments: [LoadModel.users(2), .rate(1_000, usersMax: 2)])
    func `more threads than users send as many requests`(model: LoadModel) async throws {
        let target = try TargetServer()
        let plan = LoadPlan(at: [Origin(target)], model, requests: 100)
        let run = try await load(plan.with { $0.threads = 5 })
        expectEqualCounts(run, target)
        #expect(run.report.requests == 100)
        #expect(run.report.end == .budgetSpent)
    }

    @Test func `users with think time, for a duration`() async throws {
        let target = try TargetServer()
        let plan = LoadPlan(
            at: [Origin(target)],
            .users(20, thinkTime: .uniform(min: .zero, max: .milliseconds(40))),
            duration: .milliseconds(1_500))
        let run = try await load(plan)
        expectEqualCounts(run, target)
        #expect(run.report.end == .durationElapsed)
        #expect(run.report.elapsed == .milliseconds(1_500))
        #expect(run.report.inFlight == 0)
        #expect(run.report.requests >= 20)
    }

    @Test(arguments: [1, 2])
    func `arrivals of an open model are sent, dropped or on their way`(
        threads: Int
    ) async throws {
        let target = try TargetServer()
        let plan = LoadPlan(
            at: [Origin(target)], .rate(1_000, usersMax: 50), duration: .milliseconds(1_200))
        let run = try await load(plan.with { $0.threads = threads })
        expectEqualCounts(run, target)
        // Request i is due at i/rate: the last before the end is number 1,199.
        #expect(run.report.requests + run.report.dropped + run.report.inFlight == 1_200)
        #expect(run.report.failures == 0)
    }

    @Test func `arrivals that find nobody free are dropped and counted`() async throws {
        let target = try TargetServer { _ in [.silence] }
        let calls = [Call(timeout: .milliseconds(100))]
        let plan = LoadPlan(
            calls, at: [Origin(target)], .rate(500, usersMax: 3), duration: .seconds(1))
        let run = try await load(plan)
        expectEqualCounts(run, target)
        #expect(run.report.requests + run.report.dropped + run.report.inFlight == 500)
        #expect(run.report.dropped > 0)
        #expect(run.report.kinds == [.readTimeout: run.report.requests])
        #expect(run.report.warnings.contains(.arrivalsDropped(UInt64(run.report.dropped))))
    }

    @Test func `a connection for each request`() async throws {
        let target = try TargetServer()
        let plan = LoadPlan(
            [Call(fields: "Connection: close\r\n")], at: [Origin(target)], requests: 300)
        let run = try await load(plan.with { $0.connections.keepsAlive = false })
        expectEqualCounts(run, target)
        #expect(target.ledger.connections == 300)
        #expect(run.report.total.transport.connectionsOpened == 300)
        #expect(run.report.connections == 0)
    }

    @Test func `a server's own limit of requests on a connection`() async throws {
        let last = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"
        let target = try TargetServer { exchange in
            exchange.onConnection == 6 ? [.text(last), .close] : [.ok]
        }
        let run = try await load(LoadPlan(at: [Origin(target)], requests: 700))
        expectEqualCounts(run, target)
        #expect(run.report.failures == 0)
        #expect(run.report.resends == 0)
        #expect((100...103).contains(target.ledger.connections))
    }

    @Test func `connections that the server closes while they are idle are no failures`()
        async throws
    {
        // Closed at once behind each answer, unannounced: sometimes before the next request is
        // on its way, sometimes after.
        let target = try TargetServer { _ in [.ok, .close] }
        let run = try await load(LoadPlan(at: [Origin(target)], .users(3), requests: 500))
        expectConsistent(run)
        #expect(run.report.failures == 0)
        #expect(run.report.requests == 500)
        // A request that arrived behind the close was not read by the target.
        #expect(target.ledger.requests == 500)
    }

    @Test func `a request that must not be sent twice is not`() async throws {
        let target = try TargetServer { exchange in
            exchange.onConnection == 1 ? [.close] : [.ok]
        }
        let call = Call(method: "POST", body: "x=1", isIdempotent: false)
        let run = try await load(LoadPlan([call], at: [Origin(target)], .users(1), requests: 10))
        expectEqualCounts(run, target)
        #expect(run.report.requests == 10)
        #expect(run.report.kinds == [.reset: 5])
        #expect(run.report.resends == 0)
    }

    @Test func `HEAD has no body, whatever the length says`() async throws {
        let target = try TargetServer { exchange in
            exchange.method == "HEAD"
                ? [.text("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")] : [.ok]
        }
        let calls = [Call(method: "HEAD"), Call()]
        let run = try await load(LoadPlan(calls, at: [Origin(target)], requests: 200))
        expectEqualCounts(run, target)
        #expect(run.report.failures == 0)
        #expect(target.ledger.connections == 4)
        #expect(run.report.requests == 200)
        let heads = target.ledger.entries.count { $0.method == "HEAD" }
        #expect(run.report.total.endpoints.map { Int($0.requests) } == [heads, 200 - heads])
    }

    @Test func `several origins and endpoints, each with its own counts`() async throws {
        let (first, second) = (
            try TargetServer(), try TargetServer { _ in [.response(503, body: "later")] }
        )
        let calls = [
            Call(path: "/a"), Call(origin: 1, path: "/b"),
            Call(method: "POST", path: "/c", body: "c"),
            Call(origin: 1, path: "/d", expected: StatusSet([503...503])),
        ]
        let plan = LoadPlan(
            calls, at: [Origin(first), Origin(second)],
            flow: .mix(WeightedChoice([1, 2, 3, 4])), requests: 2_000)
        let run = try await load(plan.with { $0.threads = 2 })
        expectEqualCounts(run, first, second)
        for (call, endpoint) in zip(calls, run.report.total.endpoints) {
            let target = call.origin == 0 ? first : second
            #expect(Int(endpoint.requests) == target.ledger.requests(of: call.path))
        }
        #expect(
            run.report.kinds == [.unexpectedStatus: second.ledger.requests(of: "/b")])
        #expect(run.report.examples == [.unexpectedStatus: "status 503"])
    }

    @Test func `a rotation takes all in turn`() async throws {
        let target = try TargetServer()
        let calls = (0..<10).map { Call(path: "/\($0)") }
        let plan = LoadPlan(calls, at: [Origin(target)], flow: .rotation, requests: 200)
        for threads in [1, 2] {
            let run = try await load(plan.with { $0.threads = threads })
            expectConsistent(run)
            #expect(run.report.total.endpoints.allSatisfy { $0.requests == 20 })
        }
        #expect(target.ledger.requests == 400)
    }
}
