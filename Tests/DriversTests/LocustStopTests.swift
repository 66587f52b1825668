import ControlPlane
import Foundation
import TestSupport
import Testing

@testable import Drivers

/// How a stop reaches a master that takes its time.
struct LocustStopTests {
    private let time = ManualTime()
    private let master: FakeMaster
    private let driver: LocustDriver
    private let run = RunID("run-1")

    init() throws {
        master = FakeMaster(time: time)
        driver = try master.driver()
    }

    private func start() async throws {
        let spec = LoadTestSpec(
            name: "n", tenantId: "t", envId: "e", targetUrl: "http://target")
        let plan = RunPlan(targetUsers: 5, spawnRate: 2.5, durationSeconds: 30)
        let run = Run(
            id: run, loadTestID: nil, spec: spec, plan: plan, clusterID: "c",
            audit: Audit(at: time.now, by: "me"))
        try await driver.start(LoadOrder(run: run, lease: .seconds(60)))
        time.advance(by: .seconds(5))
        #expect(try await driver.look(for: self.run).load == .on)
    }

    private var isStopSent: Bool { master.lines.contains("POST /stop") }

    @Test func `a master that has just told whose test it is need not tell again in time`()
        async throws
    {
        try await start()
        master.change { $0.identityHangs = true }
        async let stop: Void = driver.stop(run)
        #expect(await eventually(moving: time) { isStopSent })
        try await stop
    }

    @Test func `a sighting older than a call may take is worth nothing`() async throws {
        try await start()
        master.change { $0.identityHangs = true }
        time.advance(by: LocustDriver.sightingLifetime)
        let asked = master.lines.count
        let stop = Task { try await driver.stop(run) }
        #expect(await eventually { master.lines.count > asked })
        time.advance(by: LocustDriver.identityPatience * 2)
        stop.cancel()
        await #expect(throws: DriverError.self) { try await stop.value }
        #expect(!isStopSent)
    }

    @Test func `another's test that the master tells of in time is left alone`() async throws {
        try await start()
        master.change { $0.hook?.runID = "another" }
        try await driver.stop(run)
        #expect(!isStopSent)
    }
}
