import Foundation
import Testing

@testable import swarmkeeper

struct TargetTests {
    private func ask(_ target: Target, _ times: Int) async -> [Int] {
        var statuses: [Int] = []
        for _ in 0..<times {
            let response = await target.answer()
            statuses.append(response.status)
            #expect(response.body.count == 5)
        }
        return statuses
    }

    @Test func `an IPv6 address stands in brackets`() {
        #expect(TargetCommand.url(host: "::1", port: 80) == "http://[::1]:80")
        #expect(TargetCommand.url(host: "127.0.0.1", port: 80) == "http://127.0.0.1:80")
    }

    @Test(arguments: [
        (0.0, 0), (1.0, 200), (0.5, 100), (0.25, 50), (0.1, 20), (0.01, 2), (0.29, 58), (1e-9, 0),
    ])
    func `failures have the share that was asked for, at any time`(share: Double, failures: Int)
        async
    {
        let target = Target(bodyBytes: 5, latency: .zero, failureShare: share)
        let statuses = await ask(target, 200)
        let failed = statuses.count { $0 == 500 }
        #expect(abs(failed - failures) <= 1)
        #expect(target.counts == .init(requests: 200, failures: failed))
        for end in stride(from: 10, through: 200, by: 10) {
            let soFar = Double(statuses.prefix(end).count { $0 == 500 })
            #expect(abs(soFar - Double(end) * share) <= 1)
        }
    }

    @Test func `requests at the same time are each counted once`() async {
        let target = Target(bodyBytes: 5, latency: .milliseconds(1), failureShare: 0.5)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<20 { group.addTask { _ = await ask(target, 10) } }
        }
        #expect(target.counts == .init(requests: 200, failures: 100))
        #expect(target.traffic.concurrent == 0)
        #expect((1...20).contains(target.traffic.concurrentMax))
    }

    @Test func `the first and the last request have a time`() async throws {
        let target = Target(bodyBytes: 5, latency: .zero, failureShare: 0)
        #expect(target.traffic == .init())
        let before = Date().timeIntervalSince1970
        _ = await ask(target, 2)
        let traffic = target.traffic
        let (first, last) = (
            try #require(traffic.firstRequestAt), try #require(traffic.lastRequestAt)
        )
        #expect(before <= first && first <= last && last <= Date().timeIntervalSince1970)
        #expect(traffic.concurrentMax == 1)
    }

    @Test func `requests are told apart by the first part of their path`() async {
        let target = Target(
            bodyBytes: 5, latency: .zero, failureShare: 0, tellsPathsApart: true)
        for path in ["/a", "/a/b", "/a/c", "/b/a", "/"] { _ = await target.answer(path) }
        #expect(target.trafficOfPaths.mapValues(\.requests) == ["/a": 3, "/b": 1, "/": 1])
        #expect(target.trafficOfPaths.values.allSatisfy { $0.concurrent == 0 })
        #expect(target.trafficOfPaths["/a"]?.lastRequestAt != nil)
        #expect(target.traffic.requests == 5)
    }

    @Test func `paths beyond the limit count in the totals only`() async {
        let target = Target(
            bodyBytes: 5, latency: .zero, failureShare: 0, tellsPathsApart: true)
        for number in 0...Target.pathsMax { _ = await target.answer("/\(number)") }
        #expect(target.trafficOfPaths.count == Target.pathsMax)
        #expect(target.counts.requests == Target.pathsMax + 1)
    }
}
