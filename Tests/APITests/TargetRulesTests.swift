import Addresses
import ControlPlane
import JSON
import Testing

@testable import API
@testable import TestSupport

/// Which servers runs may be started against.
struct TargetRulesTests {
    private static func service(
        _ policy: StartPolicy = .init(), dev: StartPolicy? = nil, hosts: FakeHosts = FakeHosts()
    ) throws -> TestService {
        let tenant = Tenant(
            id: "tenant-1", name: "Checkout", environments: ["dev", "staging"],
            limits: UsageLimits(), policy: policy,
            environmentPolicies: dev.map { ["dev": $0] } ?? [:])
        return try TestService(
            catalog: Catalog(
                tenants: [tenant],
                clusters: [.locust("first", ("tenant-1", "dev"), ("tenant-1", "staging"))]),
            hosts: hosts)
    }

    private static func policy(allow: [String] = [], deny: [String] = []) throws -> StartPolicy {
        var policy = StartPolicy()
        policy.allow = try allow.map { try TargetPattern($0) }
        policy.deny = try deny.map { try TargetPattern($0) }
        return policy
    }

    @Test(arguments: [
        "http://127.0.0.1", "http://[::1]:8080", "http://169.254.169.254/latest",
        "http://[::ffff:127.0.0.1]", "http://[64:ff9b::a9fe:a9fe]", "http://0.0.0.0",
        "http://inside.example", "http://both.example",
    ])
    func `a run against a special address is refused, with the place and the rule`(url: String)
        async throws
    {
        let hosts = FakeHosts([
            "inside.example": [["127.0.0.1"]], "both.example": [["203.0.113.1", "fe80::1"]],
        ])
        let service = try Self.service(hosts: hosts)
        let refused = try await service.ask(
            "POST", "/v1/tests", .test(["targetUrl": .string(url)]), as: .operator)
        #expect(refused.status == 422)
        #expect(refused.code == "targetNotAllowed")
        #expect(refused.pointers == ["/targetUrl"])
        #expect(
            refused.messages[0].contains("which the allow list of tenant tenant-1 does not name"))
        #expect(try await service.ask("GET", "/v1/runs").ids.isEmpty)
    }

    @Test(arguments: [
        "http://2130706433", "http://0x7f.1", "http://127.1", "http://good@evil.example",
        "http://good.example%2eevil.example", "http://bücher.example", "http://a\\\\b.example",
    ])
    func `a definition with a URL that could be read in two ways is invalid`(url: String)
        async throws
    {
        let service = try Self.service()
        let refused = try await service.ask(
            "POST", "/v1/load-tests", .loadTest(["targetUrl": .string(url)]))
        #expect(refused.status == 422)
        #expect(refused.pointers == ["/targetUrl"])
    }

    @Test func `an answer of the name service that changes is asked for anew with each start`()
        async throws
    {
        let hosts = FakeHosts(["moves.example": [["203.0.113.1"], ["10.0.0.1"], []]])
        let service = try Self.service(try Self.policy(deny: ["10.0.0.0/8"]), hosts: hosts)
        let id = try await service.define(.loadTest(["targetUrl": "http://moves.example"]))
        let first = try await service.ask("POST", "/v1/load-tests/\(id)/runs", as: .operator)
        #expect(first.status == 202)
        try await service.end(try first.id())
        let second = try await service.ask("POST", "/v1/load-tests/\(id)/runs", as: .operator)
        #expect(second.code == "targetNotAllowed")
        #expect(
            second.messages == [
                "names moves.example:80, which leads to 10.0.0.1, which is denied by the rule "
                    + "10.0.0.0/8 of tenant tenant-1"
            ])
        let third = try await service.ask("POST", "/v1/load-tests/\(id)/runs", as: .operator)
        #expect(third.messages[0].contains("has no address that could be checked"))
        #expect(hosts.names.count == 3)
    }

    @Test func `an environment narrows its tenant`() async throws {
        let service = try Self.service(
            try Self.policy(allow: ["*.example"]), dev: try Self.policy(deny: ["*.prod.example"]))
        func start(_ url: String, _ environment: String) async throws -> Answer {
            try await service.ask(
                "POST", "/v1/tests",
                .test(["targetUrl": .string(url), "envId": .string(environment)]), as: .operator)
        }
        #expect(try await start("http://a.prod.example", "dev").code == "targetNotAllowed")
        #expect(try await start("http://a.org", "staging").code == "targetNotAllowed")
        #expect(try await start("http://a.prod.example", "staging").status == 202)
    }

    @Test func `each server that a scenario names is checked, and told at its place`() async throws
    {
        let service = try Self.service(try Self.policy(deny: ["evil.example", "*:22"]))
        service.cluster.behave {
            $0.namedTargets = [
                NamedTarget(url: "http://evil.example", pointer: "/scenario/requests/1"),
                NamedTarget(url: "http://good.example", pointer: "/scenario/requests/2"),
                NamedTarget(url: "http://good.example:22", pointer: "/targetsBase64", line: 7),
            ]
        }
        let refused = try await service.ask("POST", "/v1/tests", .test(), as: .operator)
        #expect(refused.pointers == ["/scenario/requests/1", "/targetsBase64"])
        #expect(refused.messages.contains { $0.hasPrefix("line 7: names good.example:22, which") })
    }

    @Test func `a definition of more servers than are looked up is refused`() async throws {
        let service = try Self.service()
        service.cluster.behave {
            $0.namedTargets = (0..<100).map {
                NamedTarget(url: "http://host-\($0).example", pointer: "/scenario")
            }
        }
        let refused = try await service.ask("POST", "/v1/tests", .test(), as: .operator)
        #expect(refused.messages == ["is one of more than 100 servers"])
        service.cluster.behave { $0.namedTargets.removeLast() }
        #expect(try await service.ask("POST", "/v1/tests", .test(), as: .operator).status == 202)
    }
}
