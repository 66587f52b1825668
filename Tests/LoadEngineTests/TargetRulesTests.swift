import Addresses
import Networking
import Synchronization
import TestSupport
import Testing

@testable import LoadEngine

/// The rules of a run hold wherever a connection is made, whatever the name service says by then.
@Suite(.timeLimit(.minutes(3)))
struct TargetRulesTests {
    /// Loopback, but for 127.0.0.2.
    private static func rules() throws -> TargetRules {
        TargetRules([
            .init(
                owner: "tenant t", allow: [try TargetPattern("127.0.0.0/8")],
                deny: [try TargetPattern("127.0.0.2")])
        ])
    }

    /// A name service whose answer to the same question changes with each time.
    private static func hosts(_ answers: [String: [String]]) -> HostAddresses {
        let asked = AskedHosts()
        return HostAddresses { host, port throws(ResolveError) in
            let own = answers[host] ?? [host]
            let address = own[min(asked.note(host), own.count - 1)]
            return try Resolver.addressesBlocking(of: address, port: port)
        }
    }

    @Test func `what the rules allow is loaded as ever`() async throws {
        let target = try TargetServer()
        let plan = LoadPlan(at: [Origin(target)], requests: 40)
        let run = try await load(plan.with { $0.targets = try? Self.rules() })
        expectEqualCounts(run, target)
        #expect(run.report.failures == 0)
    }

    @Test func `a run of which every server is refused does not start`() throws {
        for host in ["127.0.0.2", "::1", "0.0.0.0", "2130706434"] {
            var plan = LoadPlan(at: [Origin(isSecure: false, host: host, port: 9)])
            plan.targets = try Self.rules()
            #expect(throws: LoadError.self) { try LoadRun.start(plan) { _ in } }
        }
    }

    @Test func `a name that has moved since the check is refused when it is connected to`()
        async throws
    {
        let target = try TargetServer()
        let other = Origin(isSecure: false, host: "moves.test", port: target.port)
        var plan = LoadPlan(
            [Call(path: "/a"), Call(origin: 1, path: "/b")], at: [Origin(target), other],
            .users(1), requests: 20)
        plan.targets = try Self.rules()
        plan.hosts = Self.hosts(["moves.test": ["127.0.0.1", "127.0.0.2"]])
        // The check of the service asks first, and hears what it may hear.
        #expect(OriginSlot(resolving: other, for: plan).isUsable)
        let run = try await load(
            plan, origins: plan.program.origins.map { OriginSlot(resolving: $0, for: plan) })
        expectConsistent(run)
        #expect(run.report.kinds == [.targetNotAllowed: 10])
        #expect(
            run.report.examples[.targetNotAllowed]?.contains("leads to 127.0.0.2, which is denied")
                == true)
        #expect(target.ledger.requests == 10)
    }

    @Test func `a name that changes after the first connection is not asked again`() async throws {
        let target = try TargetServer { _ in [.ok, .close] }
        var plan = LoadPlan(
            at: [Origin(isSecure: false, host: "moves.test", port: target.port)], .users(2),
            requests: 20)
        plan.targets = try Self.rules()
        plan.hosts = Self.hosts(["moves.test": ["127.0.0.1", "127.0.0.2"]])
        let run = try await load(
            plan, origins: plan.program.origins.map { OriginSlot(resolving: $0, for: plan) })
        #expect(run.report.kinds[.targetNotAllowed] == nil)
        #expect(target.ledger.requests >= 20)
    }

    @Test func `one refused address of several refuses the name`() throws {
        let addresses = try ["127.0.0.1", "127.0.0.2"].flatMap {
            try Resolver.addressesBlocking(of: $0, port: 80)
        }
        let slot = OriginSlot(
            Origin(isSecure: false, host: "both.test", port: 80), addresses: addresses,
            rules: try Self.rules())
        #expect(slot.refusal?.contains("127.0.0.2") == true)
    }

    @Test(arguments: ["127.0.0.2", "moves.test", "[::ffff:127.0.0.2]", "localhost.test"])
    func `a redirect is followed to no refused server`(host: String) async throws {
        let target = try TargetServer { exchange in
            [.response(302, fields: "Location: http://\(host):\(exchange.head.count + 1024)/x\r\n")]
        }
        var plan = LoadPlan(at: [Origin(target)], .users(1), requests: 5)
        plan.connections.redirectsMax = 2
        plan.targets = try Self.rules()
        plan.hosts = Self.hosts(["moves.test": ["127.0.0.2"], "localhost.test": ["::1"]])
        let run = try await load(plan)
        expectConsistent(run)
        #expect(run.report.kinds == [.targetNotAllowed: 5])
        #expect(target.ledger.requests == 5)
    }
}

/// How often each name was asked for.
private final class AskedHosts: Sendable {
    private let counts = Mutex<[String: Int]>([:])

    /// - Returns: how often it was asked for before.
    func note(_ host: String) -> Int {
        counts.withLock { counts in
            defer { counts[host, default: 0] += 1 }
            return counts[host, default: 0]
        }
    }
}
