import Foundation
import TestSupport
import Testing

/// What the chaos test believes of its networks.
@Suite(.timeLimit(.minutes(2)))
struct FaultProxyTests {
    private struct Network: Sendable {
        let proxy: FaultProxy
        let target: Target

        func isAnswered() async -> Bool {
            // An error is the other answer.
            (try? await Client(proxy.url, token: "").get("/").status) == 200
        }

        func arrived() async -> Int { (try? await target.requests()) ?? -1 }
    }

    private func withNetwork<Result>(_ body: (Network) async throws -> Result) async throws
        -> Result
    {
        try await withTarget { target in
            let proxy = try FaultProxy()
            defer { proxy.end() }
            proxy.forward(to: UInt16(try #require(URL(string: target.url)?.port)))
            return try await body(Network(proxy: proxy, target: target))
        }
    }

    @Test func `what is not disturbed passes`() async throws {
        try await withNetwork { network in
            for _ in 0..<3 { #expect(await network.isAnswered()) }
            #expect(await network.arrived() == 3)
        }
    }

    @Test func `what is late arrives all the same`() async throws {
        try await withNetwork { network in
            network.proxy.set(.delay(.milliseconds(200)))
            let clock = ContinuousClock()
            let beginning = clock.now
            #expect(await network.isAnswered())
            let taken = clock.now - beginning
            #expect(taken >= .milliseconds(400))
        }
    }

    @Test func `open and new connections are reset`() async throws {
        try await withNetwork { network in
            #expect(await network.isAnswered())
            network.proxy.set(.reset)
            #expect(await !network.isAnswered())
            #expect(await !network.isAnswered())
            #expect(await network.arrived() == 1)
            network.proxy.set(.pass)
            #expect(await network.isAnswered())
        }
    }

    @Test(arguments: [(FaultProxy.Mode.blackHole, 0), (.swallowAnswers, 1)])
    func `no answer comes while the network is cut, whether or not the question arrives`(
        mode: FaultProxy.Mode, arriving: Int
    ) async throws {
        try await withNetwork { network in
            network.proxy.set(mode)
            async let isAnswered = network.isAnswered()
            _ = await eventually(within: .milliseconds(300)) { false }
            // What is to arrive may need longer, and what is not to would have by now.
            for _ in 0..<200 where await network.arrived() < arriving {
                _ = await eventually(within: .milliseconds(100)) { false }
            }
            #expect(await network.arrived() == arriving)
            network.proxy.set(.reset)
            #expect(await !isAnswered)
            network.proxy.set(.pass)
            #expect(await network.isAnswered())
        }
    }

    @Test func `nothing is left of it when it ends`() async throws {
        let proxy = try FaultProxy()
        proxy.end()
        #expect(await eventually { proxy.hasEnded })
    }
}
