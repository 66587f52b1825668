import ControlPlane
import Foundation
import TestSupport
import Testing

@testable import Drivers

struct PollSeriesTests {
    private let time = ManualTime()
    private let run = RunID("run-1")

    /// The totals of one look after another, with the master's counts set before each.
    private func totals(_ counts: [(requests: Int, failures: Int)]) async throws -> [Sample] {
        let master = FakeMaster(time: time)
        let driver = try master.driver()
        let spec = LoadTestSpec(name: "n", tenantId: "t", envId: "e", targetUrl: "http://target")
        let plan = RunPlan(targetUsers: 1, spawnRate: 1, durationSeconds: 600)
        let run = Run(
            id: run, loadTestID: nil, spec: spec, plan: plan, clusterID: "c",
            audit: Audit(at: time.now, by: "me"))
        try await driver.start(LoadOrder(run: run, lease: .seconds(60)))
        var totals: [Sample] = []
        for count in counts {
            master.change { ($0.requests, $0.failures) = count }
            time.advance(by: .seconds(3))
            totals += [try await driver.look(for: run.id).observations.first?.totals]
                .compactMap(\.self)
        }
        return totals
    }

    @Test func `counts go on where somebody resets the master's statistics`() async throws {
        let totals = try await totals([(100, 4), (150, 6), (20, 1), (60, 2), (5, 0)])
        #expect(totals.map(\.requests) == [100, 150, 170, 210, 215])
        #expect(totals.map(\.failures) == [4, 6, 7, 8, 8])
        #expect(totals.allSatisfy { $0.averageMs == 10 })
    }

    @Test func `an observation has a key of its own, and percentiles of the master`() async throws {
        let master = FakeMaster(time: time)
        let driver = try master.driver()
        master.change {
            ($0.runner, $0.users, $0.requests) = ("running", 3, 9)
            $0.hook?.runID = "run-1"
            $0.hook?.state = "started"
        }
        let first = try #require(try await driver.look(for: run).observations.first)
        time.advance(by: .seconds(3))
        let second = try #require(try await driver.look(for: run).observations.first)
        #expect(first.key.sequence == 1)
        #expect(second.key.sequence == 2)
        #expect(first.key.epoch == second.key.epoch)
        #expect(second.users == 3)
        #expect(second.workers == 2)
        #expect(second.totals.p50Ms == 9)
        #expect(second.totals.p95Ms == 18)
        #expect(second.totals.p99Ms == 19)
        #expect(second.totals.histogramDelta == nil)
        #expect(second.endpoints.map(\.endpoint) == [Endpoint(method: "GET", name: "/")])
    }
}
