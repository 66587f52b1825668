import ControlPlane
import Foundation
import TestSupport
import Testing

@testable import Drivers

/// What a master tells a new process of the service about a run that it finds there.
struct LocustAdoptionTests {
    private let time = ManualTime()
    private let master: FakeMaster
    private let driver: LocustDriver
    private let id = RunID("run-1")

    init() throws {
        master = FakeMaster(time: time)
        driver = try master.driver()
    }

    /// - Parameter isRunning: whether the process before has seen the load.
    private func order(isRunning: Bool) throws -> LoadOrder {
        let spec = LoadTestSpec(name: "n", tenantId: "t", envId: "e", targetUrl: "http://target")
        var run = Run(
            id: id, loadTestID: nil, spec: spec,
            plan: RunPlan(targetUsers: 5, spawnRate: 5, durationSeconds: 600), clusterID: "c",
            audit: Audit(at: time.now, by: "me"))
        _ = try run.apply(.clusterReady(machine: nil), at: time.now)
        if isRunning { _ = try run.apply(.loadSeen, at: time.now) }
        return LoadOrder(run: run, lease: .seconds(60))
    }

    private func adopt(isRunning: Bool) async throws {
        _ = await driver.adopt(try order(isRunning: isRunning), timeLeft: .seconds(599))
    }

    @Test(arguments: [true, false])
    func `numbers that may be of the test before are not believed`(hasHook: Bool) async throws {
        master.change { state in
            (state.runner, state.requests) = ("stopped", 109)
            if !hasHook { state.hook = nil }
        }
        // The master keeps what it has told now for 2 s; in these the order is given.
        _ = try await driver.health()
        master.change { state in
            (state.runner, state.users, state.requests) = ("running", 5, 3)
            state.hook?.runID = "run-1"
            state.hook?.state = "started"
        }
        try await adopt(isRunning: true)
        let first = try await driver.look(for: id)
        #expect(first.load == (hasHook ? .on : .unclear))
        #expect(first.observations.isEmpty)
        time.advance(by: .seconds(3))
        let second = try await driver.look(for: id)
        #expect(second.load == .on)
        #expect(second.observations.map(\.totals.requests) == [3])
    }

    @Test func `the last numbers count without our hook, of load that was seen`() async throws {
        master.change { ($0.hook, $0.runner, $0.requests) = (nil, "stopped", 42) }
        try await adopt(isRunning: true)
        time.advance(by: .seconds(3))
        let seen = try await driver.look(for: id)
        #expect(seen.load == .absent)
        #expect(seen.observations.map(\.totals.requests) == [42])
    }

    @Test func `they are nobody's if no load was seen`() async throws {
        master.change { ($0.hook, $0.runner, $0.requests) = (nil, "stopped", 42) }
        try await adopt(isRunning: false)
        time.advance(by: .seconds(3))
        #expect(try await driver.look(for: id).observations.isEmpty)
    }

    @Test func `a report that cannot be had holds up no stop`() async throws {
        master.change { ($0.hook, $0.runner, $0.users) = (nil, "running", 5) }
        master.change { $0.reportStatus = 500 }
        try await adopt(isRunning: true)
        time.advance(by: .seconds(3))
        #expect(try await driver.look(for: id).load == .on)
        try await driver.stop(id)
        #expect(master.lines.contains("POST /stop"))
    }
}
