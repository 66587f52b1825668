import Networking
import TestSupport
import Testing

@testable import LoadEngine

/// From a name to a connection, and what may go wrong on the way.
@Suite(.timeLimit(.minutes(3)))
struct ConnectingTests {
    private static func addresses(_ hosts: [String], port: Int) throws -> [SocketAddress] {
        try hosts.flatMap { try Resolver.addressesBlocking(of: $0, port: port) }
    }

    private static func slot(_ hosts: [String], port: Int) throws -> OriginSlot {
        OriginSlot(
            Origin(isSecure: false, host: "two.test", port: port),
            addresses: try addresses(hosts, port: port))
    }

    @Test(arguments: [LoadModel.users(3), .rate(100, usersMax: 5)])
    func `a closed port is refused`(model: LoadModel) async throws {
        let closed = try ReservedPort()
        let run = try await load(LoadPlan(at: [.local(closed.port)], model, requests: 12))
        expectConsistent(run)
        #expect(run.report.kinds == [.connectRefused: 12])
        #expect(run.report.examples[.connectRefused]?.contains("127.0.0.1:\(closed.port)") == true)
        #expect(run.report.total.transport.connectionsOpened == 0)
    }

    @Test func `a target that is down costs a closed model no core`() async throws {
        let closed = try ReservedPort()
        let plan = LoadPlan(at: [.local(closed.port)], .users(5), duration: .seconds(1))
        let run = try await load(plan)
        // Each user pauses for 100 ms behind a failure.
        #expect(run.report.requests <= 5 * 11)
        #expect(run.report.requests >= 5)
    }

    @Test func `a listener that does not accept is a connect time-out at its time`() async throws {
        let full = try FullListener()
        var plan = LoadPlan(at: [.local(full.port)], .users(2), requests: 2, drain: .zero)
        plan.connections.connectTimeout = .milliseconds(400)
        let run = try await load(plan)
        expectConsistent(run)
        #expect(run.report.kinds == [.connectTimeout: 2])
        #expect(run.report.connections == 0)
    }

    @Test func `the last request has the time to connect`() async throws {
        let full = try FullListener()
        var plan = LoadPlan(
            [Call(timeout: .milliseconds(50))], at: [.local(full.port)], .users(1), requests: 1,
            drain: .zero)
        plan.connections.connectTimeout = .milliseconds(700)
        let run = try await load(plan)
        expectConsistent(run)
        #expect(run.report.kinds == [.connectTimeout: 1])
    }

    @Test func `of two addresses the one that answers serves, and one failure is none`()
        async throws
    {
        let target = try TargetServer()
        for hosts in [["::1", "127.0.0.1"], ["127.0.0.1", "::1"]] {
            let origin = try Self.slot(hosts, port: target.port)
            let plan = LoadPlan(at: [origin.origin], .users(4), requests: 40)
            let run = try await load(plan, origins: [origin])
            expectConsistent(run)
            #expect(run.report.failures == 0)
            #expect(run.report.requests == 40)
        }
        #expect(target.ledger.requests == 80)
        #expect(target.ledger.connections == 8)
    }

    @Test func `of two addresses that refuse the last failure counts, once`() async throws {
        let closed = try ReservedPort()
        let origin = try Self.slot(["::1", "127.0.0.1"], port: closed.port)
        let run = try await load(
            LoadPlan(at: [origin.origin], .users(3), requests: 9), origins: [origin])
        expectConsistent(run)
        #expect(run.report.kinds == [.connectRefused: 9])
    }

    @Test func `users spread over the addresses of a host`() async throws {
        let first = try TargetServer()
        let others = try Self.addresses(["127.0.0.1"], port: first.port)
        let second = try TargetServer()
        let origin = OriginSlot(
            Origin(isSecure: false, host: "two.test", port: first.port),
            addresses: others + (try Self.addresses(["127.0.0.1"], port: second.port)))
        let plan = LoadPlan(at: [origin.origin], .users(10), requests: 100)
        let run = try await load(plan.with { $0.threads = 2 }, origins: [origin])
        expectEqualCounts(run, first, second)
        #expect(first.ledger.connections == 5)
        #expect(second.ledger.connections == 5)
    }

    @Test func `an IPv6 address is one like others`() async throws {
        let target = try TargetServer(host: "::1")
        let origin = Origin(isSecure: false, host: "::1", port: target.port)
        #expect(origin.authority == "[::1]:\(target.port)")
        let run = try await load(LoadPlan(at: [origin], requests: 40))
        expectEqualCounts(run, target)
        #expect(run.report.failures == 0)
    }

    @Test func `a host without an address cannot be loaded`() throws {
        let origin = Origin(isSecure: false, host: "nobody.invalid", port: 80)
        #expect(throws: LoadError.self) {
            try LoadRun.start(LoadPlan(at: [origin])) { _ in }
        }
    }

    @Test func `one host of several without an address fails its own requests`() async throws {
        let target = try TargetServer()
        let missing = Origin(isSecure: false, host: "nobody.invalid", port: 80)
        let calls = [Call(path: "/a"), Call(origin: 1, path: "/b")]
        let plan = LoadPlan(calls, at: [Origin(target), missing], .users(2), requests: 20)
        let run = try await load(
            plan,
            origins: [
                OriginSlot(resolving: Origin(target), for: plan),
                OriginSlot(missing, addresses: [], fault: "resolve nobody.invalid: not known"),
            ])
        expectConsistent(run)
        #expect(run.report.total.endpoints[0].failures == 0)
        #expect(run.report.kinds == [.resolve: Int(run.report.total.endpoints[1].requests)])
        #expect(run.report.examples[.resolve] == "resolve nobody.invalid: not known")
    }

    @Test func `a target that comes back is used again`() async throws {
        let closed = try ReservedPort()
        let plan = LoadPlan(at: [.local(closed.port)], .users(3))
        var target: TargetServer?
        let run = try await load(plan) { run, reports in
            #expect(await eventually { (reports.list.last?.failures ?? 0) > 0 })
            target = try TargetServer(at: closed)
            #expect(await eventually { (target?.ledger.requests ?? 0) > 20 })
            run.stop()
        }
        expectConsistent(run)
        #expect(run.report.kinds.keys.elementsEqual([.connectRefused]))
        #expect(run.report.responses == target?.ledger.requests)
    }

    // MARK: Redirects

    @Test func `redirects that are not followed are responses`() async throws {
        let target = try TargetServer { _ in [.response(302, fields: "Location: /b\r\n")] }
        let run = try await load(LoadPlan(at: [Origin(target)], requests: 40))
        expectConsistent(run)
        #expect(run.report.statuses == [302: 40])
        #expect(run.report.failures == 0)
        #expect(target.ledger.requests == 40)
        #expect(run.report.total.total.redirects == 40)
    }

    @Test(arguments: ["", String(repeating: "x", count: 50_000)])
    func `redirects are followed to the end of the last request`(body: String) async throws {
        let other = try TargetServer { exchange in [.response(200, body: exchange.path)] }
        let elsewhere = "http://127.0.0.1:\(other.port)/end"
        let target = try TargetServer { exchange in
            let next = exchange.path == "/" ? "/second" : elsewhere
            return [
                .text("HTTP/1.1 302 X\r\nLocation: \(next)\r\n"),
                .text("Content-Length: \(body.utf8.count)\r\n\r\n"),
                .wait(.milliseconds(1)), .text(body),
            ]
        }
        let plan = LoadPlan(at: [Origin(target)], .users(5), requests: 30)
        let run = try await load(plan.with { $0.connections.redirectsMax = 3 })
        expectEqualCounts(run, target, other)
        #expect(run.report.statuses == [200: 30])
        #expect(run.report.total.total.redirects == 60)
        #expect(other.ledger.requests(of: "/end") == 30)
        #expect(target.ledger.requests(of: "/second") == 30)
    }

    @Test func `more redirects than allowed end in the last of them`() async throws {
        let target = try TargetServer { _ in [.response(302, fields: "Location: /\r\n")] }
        let plan = LoadPlan(at: [Origin(target)], .users(2), requests: 10)
        let run = try await load(plan.with { $0.connections.redirectsMax = 2 })
        expectConsistent(run)
        #expect(run.report.statuses == [302: 10])
        #expect(target.ledger.requests == 30)
    }

    @Test func `a redirect that fails leaves nothing behind for the next request`() async throws {
        // The second origin takes one request of each connection and refuses the next by closing;
        // what is then sent must be what the program says.
        let second = try TargetServer { exchange in
            exchange.path == "/direct" ? [.ok] : [.close]
        }
        let target = try TargetServer { _ in
            [.response(302, fields: "Location: http://127.0.0.1:\(second.port)/moved\r\n")]
        }
        let calls = [Call(path: "/"), Call(origin: 1, path: "/direct")]
        let plan = LoadPlan(calls, at: [Origin(target), Origin(second)], .users(1), requests: 20)
        let run = try await load(plan.with { $0.connections.redirectsMax = 2 })
        expectConsistent(run)
        #expect(second.ledger.requests(of: "/direct") == 10)
        #expect(run.report.total.endpoints[1].failures == 0)
        #expect(run.report.total.endpoints[0].failures == 10)
    }

    @Test func `a redirect to nobody fails there, and leaves nothing behind`() async throws {
        let closed = try ReservedPort()
        let target = try TargetServer { _ in
            [.response(302, fields: "Location: http://127.0.0.1:\(closed.port)/moved\r\n")]
        }
        let calls = [Call(path: "/"), Call(origin: 1, path: "/direct")]
        let plan = LoadPlan(calls, at: [Origin(target), .local(closed.port)], .users(1))
        var second: TargetServer?
        let run = try await load(plan.with { $0.connections.redirectsMax = 1 }) { run, reports in
            #expect(await eventually { (reports.list.last?.failures ?? 0) >= 4 })
            second = try TargetServer(at: closed)
            #expect(await eventually { (second?.ledger.requests ?? 0) >= 20 })
            run.stop()
        }
        expectConsistent(run)
        let direct = second?.ledger.requests(of: "/direct") ?? 0
        let endpoint = run.report.total.endpoints[1]
        #expect(Int(endpoint.latency.count) == direct)
    }
}
