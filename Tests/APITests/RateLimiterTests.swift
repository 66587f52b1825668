import ControlPlane
import HTTP
import Testing

@testable import API

struct RateLimiterTests {
    private static let limits = {
        var limits = RateLimits()
        limits.general = RateLimit(requestsPerSecond: 1, burst: 3)
        limits.stops = RateLimit(requestsPerSecond: 1, burst: 5)
        limits.callbacks = RateLimit(requestsPerSecond: 1, burst: 4)
        limits.anonymous = RateLimit(requestsPerSecond: 1, burst: 2)
        return limits
    }()

    private let limiter = RateLimiter(limits)

    /// How many of twenty requests at once are let in.
    private func allowed(
        _ caller: Caller?, from address: String = "192.0.2.1", on budget: RateBudget = .general,
        at now: Duration = .zero
    ) -> Int {
        (0..<20).count { _ in
            limiter.decide(caller?.principal, from: address, on: budget, at: now)?.isAllowed == true
        }
    }

    @Test func `a token has its limit, wherever it is used, and takes nothing of another's`() {
        #expect(allowed(.viewer) == 3)
        #expect(allowed(.viewer, from: "192.0.2.2") == 0)
        #expect(allowed(.editor) == 3)
        #expect(allowed(.viewer, at: .seconds(2)) == 2)
    }

    @Test func `tokens of one name in two tenants are two`() {
        let one = Caller("ci", .operator, .tenant("tenant-1"))
        let other = Caller("ci", .operator, .tenant("tenant-2"))
        #expect(allowed(one) == 3)
        #expect(allowed(other) == 3)
    }

    @Test func `a stop finds its budget whatever the token has used up besides`() {
        #expect(allowed(.operator) == 3)
        #expect(allowed(.operator, on: .stops) == 5)
        #expect(allowed(.operator, at: .seconds(1)) == 1, "nor do stops use up the rest")
    }

    @Test func `hooks that share a token have a budget for each host`() {
        #expect(allowed(.callback, on: .callbacks) == 4)
        #expect(allowed(.callback, from: "192.0.2.2", on: .callbacks) == 4)
    }

    @Test func `what is not limited is not counted`() {
        for _ in 0..<100 {
            #expect(limiter.decide(nil, from: "192.0.2.1", on: nil, at: .zero) == nil)
        }
        #expect(allowed(nil) == 2)
    }

    @Test(arguments: RateBudget.allCases)
    func `without a valid token it is the address that counts`(budget: RateBudget) {
        #expect(allowed(nil, on: budget) == 2)
        #expect(allowed(nil, from: "192.0.2.2", on: budget) == 2)
    }

    @Test func `a host of IPv6 has one budget for all of its addresses`() {
        #expect(allowed(nil, from: "2001:db8::1") == 2)
        #expect(allowed(nil, from: "2001:db8::ffff:ffff") == 0)
        #expect(allowed(nil, from: "2001:db8:0:1::1") == 2)
    }

    @Test func `who has guessed too much learns of no token whether it is right`() throws {
        #expect(allowed(nil) == 2)
        let wrong = limiter.decide(nil, from: "192.0.2.1", on: .general, at: .zero)
        let right = limiter.decide(
            Caller.viewer.principal, from: "192.0.2.1", on: .general, at: .zero)
        #expect(right == wrong && right?.isAllowed == false)
        #expect(allowed(.viewer, from: "192.0.2.2") == 3, "elsewhere it is right")
        #expect(
            limiter.decide(
                Caller.viewer.principal, from: "192.0.2.1", on: .stops, at: .seconds(1))?.isAllowed
                == true)
    }

    @Test func `who has used a token before is not taken for the guesser next to it`() {
        #expect(allowed(.operator, on: .stops) == 5)
        #expect(allowed(nil) == 2)
        #expect(allowed(.operator) == 3)
        #expect(allowed(.operator, on: .stops, at: .seconds(1)) == 1)
        #expect(allowed(.viewer, at: .zero) == 0)
    }

    @Test func `tenants and tokens can have limits of their own, the token's first`() {
        var limits = Self.limits
        func limit(_ burst: Int) -> RateLimit { RateLimit(requestsPerSecond: 1, burst: burst) }
        limits.overrides = [
            .init(tenantID: "tenant-1", token: nil, limit: limit(4)),
            .init(tenantID: "tenant-1", token: "editor-1", limit: limit(6)),
            .init(tenantID: nil, token: "administrator", limit: limit(8)),
        ]
        limiter.replace(limits)
        #expect(allowed(.viewer) == 4)
        #expect(allowed(.editor) == 6)
        #expect(allowed(.editorOfOther) == 3)
        #expect(allowed(.administrator) == 8)
        #expect(allowed(.editor, on: .stops) == 5, "a stop's budget is everybody's same")
    }

    @Test func `another limit holds at once and gives nothing back`() {
        #expect(allowed(.viewer) == 3)
        var limits = Self.limits
        limits.general = RateLimit(requestsPerSecond: 10, burst: 10)
        limiter.replace(limits)
        #expect(allowed(.viewer) == 0)
        #expect(allowed(.viewer, at: .milliseconds(500)) == 5)
    }
}

/// The same as clients see it.
struct RateLimitTests {
    private let service: TestService

    init() throws {
        var limits = RateLimits.wide
        limits.general = RateLimit(requestsPerSecond: 0.5, burst: 3)
        limits.anonymous = RateLimit(requestsPerSecond: 1, burst: 2)
        service = try TestService(limits: limits)
    }

    private func standing(_ answer: Answer) -> [String] {
        RateLimitState.fieldNames.map { answer.header($0) ?? "none" }
    }

    @Test func `each answer tells what is left, and the last one when to come again`()
        async throws
    {
        #expect(standing(try await service.ask("GET", "/v1/runs")) == ["3", "2", "2"])
        #expect(standing(try await service.ask("GET", "/v1/runs/nobody's")) == ["3", "1", "4"])
        #expect(standing(try await service.ask("POST", "/v1/tests", [:])) == ["3", "0", "6"])
        let refused = try await service.ask("GET", "/v1/runs")
        #expect(refused.status == 429 && refused.code == "rateLimited")
        #expect(standing(refused) == ["3", "0", "6"])
        #expect(refused.header("Retry-After") == "2")
        service.time.advance(by: .seconds(2))
        #expect(try await service.ask("GET", "/v1/runs").status == 200)
        #expect(try await service.ask("GET", "/v1/runs").status == 429)
    }

    @Test func `a stop is answered when nothing else is any more`() async throws {
        let run = try await service.startRun(as: .administrator)
        for _ in 0..<5 { _ = try await service.ask("GET", "/v1/runs", as: .operator) }
        #expect(try await service.ask("GET", "/v1/runs/\(run)", as: .operator).status == 429)
        for _ in 0..<5 {
            let stop = try await service.ask("POST", "/v1/runs/\(run)/stop", as: .operator)
            #expect(stop.status == 202 || stop.status == 200)
        }
    }

    @Test func `wrong tokens are refused as wrong, and then not looked at`() async throws {
        let wrong: HeaderFields = ["Authorization": "Bearer wrong-token"]
        for status in [401, 401, 429, 429] {
            let answer = try await service.ask("GET", "/v1/runs", as: nil, headers: wrong)
            #expect(answer.status == status)
        }
        let right = try await service.ask("GET", "/v1/runs", as: .viewer)
        #expect(right.status == 429)
        #expect(right.text.contains("without a valid token"))
        #expect(try await service.ask("GET", "/openapi.json", as: nil).status == 429)
        for path in ["/health", "/ready"] {
            let probe = try await service.ask("GET", path, as: nil)
            #expect(probe.status == 200 && standing(probe) == ["none", "none", "none"])
        }
        // Elsewhere nobody has guessed.
        let elsewhere = try await service.send("GET", "/v1/runs", [], as: .viewer) {
            $0.remoteAddress = "192.0.2.9"
        }
        #expect(elsewhere.status == 200)
    }

    @Test func `a flood beyond the limit is counted in the log, not written down`() async throws {
        for _ in 0..<500 { _ = try await service.ask("GET", "/v1/runs", as: .viewer) }
        #expect(service.log.lines.count { $0.contains("\"status\":429") } == 1)
        service.time.advance(by: .seconds(5))
        _ = try await service.ask("GET", "/v1/runs", as: .viewer)
        let told = try #require(service.log.lines.first { $0.contains("requests refused") })
        #expect(told.contains("\"count\":496") && told.contains("rate.general"))
    }

    @Test func `every route that stops load has the budget of stops, and no other route has`() {
        for route in Routes.all {
            #expect((route.budget == .stops) == (route.isUrgent && route.permission != nil))
            #expect((route.budget == .callbacks) == (route.permission == .report))
            let isUnlimited = route.isOfPage || ["/health", "/ready"].contains(route.path)
            #expect((route.budget == nil) == isUnlimited)
        }
    }
}
