import ControlPlane
import Foundation
import TestSupport
import Testing

@testable import Drivers

/// A test on a master without our hook, after a restart of the service.
struct OwnershipTests {
    private let time = ManualTime()
    private let master: FakeMaster
    private let driver: LocustDriver
    private let run = RunID("run-1")

    init() async throws {
        master = FakeMaster(time: time)
        driver = try master.driver()
        master.change { ($0.hook, $0.runner, $0.users) = (nil, "running", 5) }
        let spec = LoadTestSpec(name: "n", tenantId: "t", envId: "e", targetUrl: "http://target")
        let ordered = Run(
            id: run, loadTestID: nil, spec: spec,
            plan: RunPlan(targetUsers: 5, spawnRate: 5, durationSeconds: 600), clusterID: "c",
            audit: Audit(at: time.now, by: "me"))
        // Ordered 100 s ago, and adopted when all that the master tells is surely of our order.
        _ = await driver.adopt(
            LoadOrder(run: ordered, lease: .seconds(60)), timeLeft: .seconds(503))
        time.advance(by: .seconds(3))
    }

    @Test(arguments: [96, 100, 101, 130])
    func `a test as old as our order is ours, and is stopped`(age: Int) async throws {
        master.change { $0.testAge = age }
        #expect(try await driver.look(for: run).load == .on)
        try await driver.stop(run)
        #expect(master.lines.contains("POST /stop"))
    }

    @Test(arguments: [0, 3, 94])
    func `a younger one is somebody else's, and is not touched`(age: Int) async throws {
        master.change { $0.testAge = age }
        guard case .foreign(let whose) = try await driver.look(for: run).load else {
            Issue.record("it was taken for ours")
            return
        }
        #expect(whose.contains("\(age) s ago"))
        try await driver.stop(run)
        #expect(!master.lines.contains("POST /stop"))
    }

    @Test func `where the report tells nothing a test is taken for ours`() async throws {
        #expect(try await driver.look(for: run).load == .on)
        try await driver.stop(run)
        #expect(master.lines.contains("POST /stop"))
    }

    @Test func `the report is read once, for it is large`() async throws {
        master.change { $0.testAge = 100 }
        for _ in 1...3 { _ = try await driver.look(for: run) }
        #expect(master.lines.filter { $0 == "GET /stats/report" }.count == 1)
    }

    @Test func `what this process ordered itself needs no proof`() async throws {
        let fresh = try master.driver()
        master.change { ($0.runner, $0.users, $0.testAge) = ("running", 5, 1) }
        #expect(try await fresh.look(for: run).load == .on)
        #expect(!master.lines.contains("GET /stats/report"))
    }
}
