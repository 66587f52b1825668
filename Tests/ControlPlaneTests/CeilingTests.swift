import Foundation
import TestSupport
import Testing

@testable import ControlPlane

/// Limits as values: what leaves room and what does not.
struct CeilingTests {
    private let dev = EnvironmentKey(tenantID: "tenant-1", envID: "dev")
    private let now = Date(timeIntervalSince1970: 1_800_000_000)

    private func share(
        _ id: String, _ key: EnvironmentKey? = nil, users: Int = 10, rate: Double = 0,
        hosts: [TargetHost] = []
    ) -> Usage.Share {
        Usage.Share(
            run: RunID(id), environment: key ?? dev, clusterID: "c", users: users,
            requestsPerSecond: rate, hosts: hosts)
    }

    private func plan(
        users: Int = 10, spawnRate: Double = 1, seconds: Double = 60, rate: Double = 0
    ) -> RunPlan {
        var plan = RunPlan(targetUsers: users, spawnRate: spawnRate, durationSeconds: seconds)
        plan.reach = LoadReach(requestsPerSecond: rate)
        return plan
    }

    @Test(
        arguments: [
            (.maxUsers, 10), (.maxTotalUsers, 10), (.maxSpawnRate, 1.5), (.maxDurationSeconds, 60),
            (.maxRequestsPerSecond, 100), (.maxTotalRequestsPerSecond, 100),
            (.maxConcurrentRuns, 1), (.maxRunsPerDay, 1),
        ] as [(UsageLimits.Name, Double)])
    func `what a run asks for may be the limit, and not more`(
        name: UsageLimits.Name, asked: Double
    ) {
        let plan = plan(spawnRate: 1.5, rate: 100)
        #expect(Ceiling(.tenant("tenant-1"), [name: asked]).breaches(by: plan).isEmpty)
        let breaches = Ceiling(.tenant("tenant-1"), [name: asked - 0.5]).breaches(by: plan)
        #expect(
            breaches == [
                LimitBreach(.tenant("tenant-1"), name, max: asked - 0.5, requested: asked)
            ])
    }

    @Test func `live runs of the owner count, and those of others do not`() {
        let staging = EnvironmentKey(tenantID: "tenant-1", envID: "staging")
        let other = EnvironmentKey(tenantID: "tenant-2", envID: "dev")
        let usage = Usage(
            live: [share("a"), share("b", staging), share("c", other, users: 1000)], at: now)
        let limits: UsageLimits = [.maxTotalUsers: 25, .maxConcurrentRuns: 9]
        let tenant = Ceiling(.tenant("tenant-1"), limits)
        #expect(tenant.breaches(by: share("new", users: 5), beside: usage).isEmpty)
        let breach = tenant.breaches(by: share("new", users: 6), beside: usage)
        #expect(breach.map(\.inUse) == [20])
        #expect(breach.flatMap(\.runs) == [RunID("a"), RunID("b")])
        let environment = Ceiling(.environment(dev), limits)
        #expect(environment.breaches(by: share("new", users: 15), beside: usage).isEmpty)
        #expect(environment.breaches(by: share("new", users: 16), beside: usage).count == 1)
    }

    @Test func `a target counts the load of all tenants on all of its hosts`() throws {
        let pattern = try #require(TargetPattern("*.shop.example"))
        let ceiling = Ceiling(
            .target(pattern),
            [.maxConcurrentRuns: 3, .maxTotalUsers: 100, .maxTotalRequestsPerSecond: 50])
        func on(_ host: String) -> [TargetHost] { [TargetHost(host: host, port: 443)] }
        let other = EnvironmentKey(tenantID: "tenant-2", envID: "dev")
        let usage = Usage(
            live: [
                share("a", users: 40, rate: 30, hosts: on("a.shop.example")),
                share("b", other, users: 40, hosts: on("b.shop.example")),
                share("c", other, users: 900, rate: 900, hosts: on("else.example")),
            ], at: now)
        let fits = share("new", users: 20, rate: 20, hosts: on("a.shop.example"))
        #expect(ceiling.breaches(by: fits, beside: usage).isEmpty)
        let tooMuch = share("new", users: 21, rate: 21, hosts: on("a.shop.example"))
        #expect(
            ceiling.breaches(by: tooMuch, beside: usage).map(\.name) == [
                .maxTotalUsers, .maxTotalRequestsPerSecond,
            ])
    }

    @Test func `the day's runs are told with when they are counted anew`() {
        let ceiling = Ceiling(.tenant("tenant-1"), [.maxRunsPerDay: 3])
        var usage = Usage(today: [dev: 2], at: now)
        #expect(ceiling.breaches(by: share("new"), beside: usage).isEmpty)
        usage.today[EnvironmentKey(tenantID: "tenant-1", envID: "staging")] = 1
        let breach = ceiling.breaches(by: share("new"), beside: usage).first
        #expect(breach?.inUse == 3)
        // 1,800,000,000 is 08:00 of a day, UTC.
        #expect(breach?.resetsAt == now.addingTimeInterval(16 * 3600))
    }

    @Test func `a run's own users leave room for its change`() {
        let ceiling = Ceiling(.tenant("tenant-1"), [.maxTotalUsers: 30, .maxConcurrentRuns: 1])
        let run = share("a", users: 20)
        let usage = Usage(live: [run, share("b", users: 5)], at: now)
        #expect(ceiling.breaches(byUsers: 25, of: run, beside: usage).isEmpty)
        #expect(ceiling.breaches(byUsers: 26, of: run, beside: usage).map(\.inUse) == [5])
    }

    @Test func `the words name the limit, its value and what is in use`() {
        let breach = LimitBreach(
            .environment(dev), .maxRunsPerDay, max: 10, requested: 1, inUse: 10,
            resetsAt: Date(timeIntervalSince1970: 1_800_057_600))
        #expect(
            breach.description
                == "the environment dev's maxRunsPerDay is 10, and 10 of it in use; it is counted "
                + "anew from 2027-01-16T00:00:00Z on")
        let other = LimitBreach(
            .tenant("t"), .maxTotalUsers, max: 10, requested: 3, inUse: 8, runs: [RunID("r")])
        #expect(
            other.description
                == "the tenant t's maxTotalUsers is 10, and 8 of it in use, 3 asked for: run r")
        #expect(!other.showing([]).description.contains("run"))
    }
}

struct TargetHostTests {
    @Test(
        arguments: [
            ("http://Shop.Example/a", "shop.example", 80),
            ("https://shop.example.", "shop.example", 443),
            ("http://user:p@shop.example:8080/?x", "shop.example", 8080),
            ("http://[0:0::1]:81", "::1", 81), ("http://127.1", "127.0.0.1", 80),
            ("http://2130706433", "127.0.0.1", 80), ("http://0x7f.0.0.1", "127.0.0.1", 80),
        ])
    func `a host is the same however it is written`(url: String, host: String, port: Int) {
        #expect(TargetHost(url: url) == TargetHost(host: host, port: port))
        #expect(TargetHost(url: url)?.host == host)
    }

    @Test(
        arguments: [
            ("shop.example", "shop.example", 80, true), ("SHOP.example.", "shop.example", 1, true),
            ("shop.example", "www.shop.example", 80, false),
            ("shop.example:443", "shop.example", 443, true),
            ("shop.example:443", "shop.example", 80, false),
            ("*.shop.example", "www.shop.example", 80, true),
            ("*.shop.example", "a.b.shop.example", 80, true),
            ("*.shop.example", "shop.example", 80, false),
            ("*.shop.example", "workshop.example", 80, false), ("*", "anything", 7, true),
            ("*:80", "anything", 81, false), ("[::1]:80", "::1", 80, true),
            ("::1", "::1", 9, true), ("127.1", "127.0.0.1", 80, true),
        ])
    func `a pattern matches its hosts and ports`(
        text: String, host: String, port: Int, matches: Bool
    ) throws {
        let pattern = try #require(TargetPattern(text))
        #expect(pattern.matches(TargetHost(host: host, port: port)) == matches)
    }

    @Test(
        arguments: [
            "", "*.", "a b", "http://shop.example", "shop.example:0", "shop.example:x",
            "shop.example:65536", "shop.example:", "*shop", "a.*.b", "shop/x", "[::1",
        ])
    func `what is no pattern is refused`(text: String) {
        #expect(TargetPattern(text) == nil)
    }
}
