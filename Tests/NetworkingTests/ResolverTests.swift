import Testing

@testable import Networking

struct ResolverTests {
    @Test(arguments: [
        ("127.0.0.1", "127.0.0.1:80"), ("::1", "[::1]:80"), ("10.1.2.3", "10.1.2.3:80"),
        ("2001:db8::1", "[2001:db8::1]:80"),
    ])
    func `numbers are addresses without a lookup`(host: String, expected: String) async throws {
        #expect(Resolver.numericAddress(host, port: 80)?.description == expected)
        let addresses = try await Resolver.addresses(of: host, port: 80)
        #expect(addresses.map(\.description) == [expected])
        #expect(addresses.map(\.host) == [host])
    }

    @Test(arguments: ["localhost", "", "256.0.0.1", "a b", "[::1]"])
    func `names are no numbers`(host: String) {
        #expect(Resolver.numericAddress(host, port: 80) == nil)
    }

    @Test func `a name has addresses, all with the port`() async throws {
        let addresses = try await Resolver.addresses(of: "localhost", port: 8_089)
        #expect(addresses.contains { $0.host == "127.0.0.1" || $0.host == "::1" })
        #expect(addresses.allSatisfy { $0.port == 8_089 })
        #expect(addresses.count <= Resolver.addressCountMax)
    }

    @Test func `a name that cannot exist is an error that names it`() async throws {
        // White space is refused by the resolver itself; nobody is asked.
        let host = "no such host"
        do {
            _ = try await Resolver.addresses(of: host, port: 1)
            Issue.record("there is no such host")
        } catch {
            #expect(error.host == host)
            #expect(error.description == "resolve \(host): \(error.reason)")
            #expect(!error.reason.isEmpty)
        }
    }

    @Test(arguments: [(0, true), (65_535, true), (65_536, false), (-1, false)])
    func `ports have their range`(port: Int, isPort: Bool) {
        #expect((Resolver.numericAddress("127.0.0.1", port: port) != nil) == isPort)
    }

    @Test func `a lookup that is cancelled ends`() async throws {
        let task = Task { try await Resolver.addresses(of: "localhost", port: 1) }
        task.cancel()
        // Either way: what matters is that it comes back.
        if case .success(let addresses) = await task.result { #expect(!addresses.isEmpty) }
    }
}
