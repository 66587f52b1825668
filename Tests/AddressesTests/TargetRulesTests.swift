import TestSupport
import Testing

@testable import Addresses

struct TargetRulesTests {
    private static func layer(_ owner: String, allow: [String] = [], deny: [String] = []) throws
        -> TargetRules.Layer
    {
        .init(
            owner: owner, allow: try allow.map { try TargetPattern($0) },
            deny: try deny.map { try TargetPattern($0) })
    }

    private static func isAllowed(
        _ rules: TargetRules, _ url: String, at address: String? = nil
    ) throws -> Bool {
        let server = try TargetServer(url: url)
        let address = address.flatMap { IPAddress($0) }
        if case .address(let own) = server.host {
            return rules.refusal(of: address ?? own, for: server) == nil
        }
        return rules.refusal(of: try #require(address), for: server) == nil
    }

    @Test(arguments: [
        "127.0.0.1", "127.255.255.254", "0.0.0.0", "169.254.169.254", "224.0.0.1",
        "255.255.255.255", "::", "::1", "fe80::1", "ff02::1", "fd00:ec2::254", "100.100.100.200",
        "::ffff:127.0.0.1", "::127.0.0.1", "64:ff9b::127.0.0.1", "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::", "2001:0:7f00:1::", "64:ff9b:1::7f00:1", "2001:db8::5efe:169.254.169.254",
    ])
    func `a special address is refused by default, however it is written`(address: String) throws {
        let layers: [[TargetRules.Layer]] = [
            [], [try Self.layer("tenant t")], [try Self.layer("tenant t", allow: ["*"])],
            [try Self.layer("tenant t", allow: ["0.0.0.0/0", "::/0", "shop.example"])],
        ]
        for layers in layers {
            let rules = TargetRules(layers)
            #expect(try !Self.isAllowed(rules, "http://shop.example", at: address))
            let host = address.contains(":") ? "[\(address)]" : address
            #expect(try !Self.isAllowed(rules, "http://\(host)"))
        }
    }

    @Test func `other addresses are allowed where no list says otherwise`() throws {
        let rules = TargetRules([try Self.layer("tenant t")])
        for address in ["8.8.8.8", "10.0.0.1", "2001:db8::1"] {
            #expect(try Self.isAllowed(rules, "http://shop.example", at: address))
        }
    }

    @Test func `a rule permits a special address only from within its range`() throws {
        let rules = TargetRules([
            try Self.layer("tenant t", allow: ["127.0.0.0/8", "169.254.0.0/16", "::1:8080"])
        ])
        #expect(try Self.isAllowed(rules, "http://localhost", at: "127.0.0.1"))
        #expect(try Self.isAllowed(rules, "http://[::ffff:127.0.0.1]"))
        #expect(try Self.isAllowed(rules, "http://169.254.1.1"))
        // Who allows its neighbours has not thought of the metadata service among them.
        #expect(try !Self.isAllowed(rules, "http://169.254.169.254"))
        #expect(try !Self.isAllowed(rules, "http://[::1]"))
        #expect(try !Self.isAllowed(rules, "http://8.8.8.8"))
    }

    @Test(arguments: [
        ("http://shop.example", true), ("http://a.shop.example", false),
        ("http://a.test.example", true), ("http://a.b.test.example", true),
        ("http://test.example", false), ("http://eviltest.example", false),
        ("http://SHOP.example.", true), ("https://secure.example", true),
        ("http://secure.example", false), ("http://any.example:8500", true),
        ("http://any.example:9000", false),
    ])
    func `an allow list is all that is allowed`(url: String, expected: Bool) throws {
        let rules = TargetRules([
            try Self.layer(
                "tenant t",
                allow: ["shop.example", "*.test.example", "secure.example:443", "*:8000-8999"])
        ])
        #expect(try Self.isAllowed(rules, url, at: "192.0.2.1") == expected)
    }

    @Test func `a deny list wins, by name, by address and by port`() throws {
        let rules = TargetRules([
            try Self.layer(
                "tenant t", allow: ["*"],
                deny: ["*.prod.example", "10.0.0.0/8", "*:22", "192.0.2.1:81"])
        ])
        #expect(try !Self.isAllowed(rules, "http://a.prod.example", at: "192.0.2.1"))
        #expect(try !Self.isAllowed(rules, "http://a.example", at: "10.1.2.3"))
        #expect(try !Self.isAllowed(rules, "http://a.example", at: "::ffff:10.1.2.3"))
        #expect(try !Self.isAllowed(rules, "http://a.example", at: "64:ff9b::10.1.2.3"))
        #expect(try !Self.isAllowed(rules, "http://a.example:22", at: "192.0.2.1"))
        #expect(try !Self.isAllowed(rules, "http://a.example:81", at: "192.0.2.1"))
        #expect(try Self.isAllowed(rules, "http://a.example", at: "192.0.2.1"))
    }

    @Test func `an environment narrows its tenant and widens nothing`() throws {
        let tenant = try Self.layer("tenant t", allow: ["127.0.0.0/8", "*.example"])
        let environment = try Self.layer("environment dev", allow: ["*", "10.0.0.0/8"])
        let both = TargetRules([tenant, environment])
        #expect(try Self.isAllowed(both, "http://a.example", at: "192.0.2.1"))
        // Its list does not name loopback, and the tenant's does not name what it adds.
        #expect(try !Self.isAllowed(both, "http://127.0.0.1"))
        #expect(try !Self.isAllowed(both, "http://10.0.0.1"))
        let denying = TargetRules([tenant, try Self.layer("environment dev", deny: ["*:22"])])
        #expect(try Self.isAllowed(denying, "http://127.0.0.1"))
        #expect(try !Self.isAllowed(denying, "http://127.0.0.1:22"))
    }

    @Test func `a name without addresses is allowed only where a list names it`() throws {
        let server = try TargetServer(url: "http://inside.example")
        func refusal(_ layers: TargetRules.Layer...) -> String? {
            TargetRules(layers).refusalUnresolved(server)
        }
        let named = try Self.layer("t", allow: ["*.example"])
        #expect(refusal() != nil)
        #expect(refusal(try Self.layer("t", allow: ["*"])) != nil)
        #expect(refusal(named) == nil)
        #expect(refusal(named, try Self.layer("e")) == nil)
        #expect(refusal(named, try Self.layer("e", allow: ["10.0.0.0/8"])) != nil)
        #expect(refusal(named, try Self.layer("e", deny: ["inside.example"])) != nil)
    }

    @Test func `a refusal names the rule`() throws {
        let rules = TargetRules([try Self.layer("tenant t", allow: ["*"], deny: ["10.0.0.0/8"])])
        let server = try TargetServer(url: "http://shop.example")
        #expect(
            rules.refusal(of: try #require(IPAddress("10.0.0.9")), for: server)
                == "leads to 10.0.0.9, which is denied by the rule 10.0.0.0/8 of tenant t")
        #expect(
            rules.refusal(of: try #require(IPAddress("64:ff9b::127.0.0.1")), for: server)
                == "leads to 127.0.0.1 through 64:ff9b::7f00:1, which is a loopback address "
                + "(127.0.0.0/8), which the allow list of tenant t does not name")
    }

    @Test(arguments: [
        "*", "*:443", "shop.example", "*.shop.example:8000-8999", "10.0.0.7", "10.0.0.0/8:80",
        "fd00::/8", "[fd00::/8]:443", "::1", "[::1]:80", "0.0.0.0/0",
    ])
    func `a pattern is written as it is read`(text: String) throws {
        #expect(try TargetPattern(text).description == text)
    }

    @Test(arguments: [
        "", "*.", "**", "*.*.example", "a.*", "*example", "http://a", "a/8", "10.0.0.1/8", "a:",
        "a:0",
        "a:65536", "a:9-8", "a:1-2-3", "a:x", "*.10.0.0.1", "*.[::1]", "[::1]80", "[a]:80",
        "127.1", "0x7f.1", "bücher.example", "a b", ":80", "-:1:2",
    ])
    func `what is no pattern is refused`(text: String) {
        #expect(throws: TargetPattern.Fault.self) { try TargetPattern(text) }
    }

    @Test func `any text is a pattern that is written as it is read, or none`() {
        var random = SeededGenerator(seed: 4)
        let pieces = [
            "*", "*.", "a", "b.c", ".", ":", "::", "/", "8", "128", "10.0.0.0", "fd00::", "[", "]",
            "-", "443", "65535", "%", "é", "_",
        ]
        for _ in 0..<50_000 {
            let text = (0..<Int.random(in: 1...7, using: &random)).map { _ in
                random.pick(pieces)
            }.joined()
            guard let pattern = try? TargetPattern(text) else { continue }
            #expect((try? TargetPattern(pattern.description)) == pattern)
        }
    }
}
