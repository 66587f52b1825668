import Testing

@testable import Addresses
@testable import ControlPlane

/// Which servers webhooks may be sent to.
struct ReceiverRulesTests {
    private func catalog(
        allow: [String] = [], deny: [String] = [], ofEnvironment: [String] = [],
        receivers: [String] = []
    ) throws -> Catalog {
        var (policy, own) = (StartPolicy(), StartPolicy())
        policy.allow = try allow.map { try TargetPattern($0) }
        policy.deny = try deny.map { try TargetPattern($0) }
        own.allow = try ofEnvironment.map { try TargetPattern($0) }
        return Catalog(
            tenants: [
                Tenant(
                    id: "shop", name: "Shop", environments: ["dev"], limits: [:], policy: policy,
                    environmentPolicies: ofEnvironment.isEmpty ? [:] : ["dev": own])
            ], clusters: [], receivers: try receivers.map { try TargetPattern($0) })
    }

    private func isAllowed(
        _ url: String, _ address: String, _ catalog: Catalog, env: String? = nil
    ) throws -> Bool {
        let rules = catalog.receiverRules(tenantID: "shop", envID: env)
        return rules.receiverRefusal(
            of: try #require(IPAddress(address)), for: try TargetServer(url: url)) == nil
    }

    @Test func `the rules for targets hold, and for one environment its own as well`() throws {
        let catalog = try catalog(
            allow: ["*.shop.example"], ofEnvironment: ["hooks.shop.example"])
        let (hooks, other) = ("https://hooks.shop.example", "https://other.shop.example")
        #expect(try isAllowed(hooks, "203.0.113.7", catalog, env: "dev"))
        #expect(try isAllowed(other, "203.0.113.7", catalog))
        #expect(try !isAllowed(other, "203.0.113.7", catalog, env: "dev"))
        #expect(try !isAllowed("https://elsewhere.example", "203.0.113.7", catalog))
        #expect(try !isAllowed(hooks, "10.0.0.1", catalog))
    }

    @Test func `the service allows receivers that nobody may send load to`() throws {
        let catalog = try catalog(
            allow: ["*.shop.example"], deny: ["203.0.113.66"], ofEnvironment: ["a.shop.example"],
            receivers: ["hooks.slack.example", "10.1.0.0/16"])
        for env in [nil, "dev"] {
            let slack = "https://hooks.slack.example"
            #expect(try isAllowed(slack, "203.0.113.7", catalog, env: env))
            #expect(try isAllowed("http://10.1.2.3", "10.1.2.3", catalog, env: env))
            // What a tenant denies stays denied, and a name leads to no private address.
            #expect(try !isAllowed(slack, "203.0.113.66", catalog, env: env))
            #expect(try !isAllowed(slack, "10.2.0.1", catalog, env: env))
            #expect(try !isAllowed("https://elsewhere.example", "203.0.113.7", catalog, env: env))
        }
        let load = catalog.targetRules(for: EnvironmentKey(tenantID: "shop", envID: "dev"))
        let server = try TargetServer(url: "https://hooks.slack.example")
        #expect(load.refusal(of: try #require(IPAddress("203.0.113.7")), for: server) != nil)
    }

    @Test func `without a tenant's list everything public is allowed, and what the service names`()
        throws
    {
        let catalog = try catalog(receivers: ["10.1.0.0/16"])
        #expect(try isAllowed("https://anywhere.example", "203.0.113.7", catalog))
        #expect(try isAllowed("http://10.1.2.3", "10.1.2.3", catalog))
        #expect(try !isAllowed("http://10.2.2.3", "10.2.2.3", catalog))
        #expect(try !isAllowed("http://169.254.169.254", "169.254.169.254", catalog))
    }

    @Test(arguments: [
        "10.0.0.1", "172.31.0.1", "192.168.7.7", "100.64.0.1", "fd12::1", "64:ff9b::a00:1",
        "2002:a00:1::1",
    ])
    func `a private address needs an entry of its own network, however it is written`(
        address: String
    ) throws {
        let url = "https://inside.example"
        #expect(try !isAllowed(url, address, try catalog()))
        #expect(try !isAllowed(url, address, try catalog(allow: ["*", "0.0.0.0/0", "::/0"])))
        #expect(try !isAllowed(url, address, try catalog(receivers: ["inside.example"])))
        let named = ["10.0.0.0/8", "172.16.0.0/12", "192.168.7.0/24", "100.64.0.1", "fd12::/16"]
        #expect(try isAllowed(url, address, try catalog(allow: ["*"] + named)))
        #expect(try isAllowed(url, address, try catalog(receivers: named)))
    }

    @Test func `the networks that are private are all read`() {
        #expect(TargetRules.privateRanges.count == 5)
    }
}
