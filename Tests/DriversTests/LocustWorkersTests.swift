import ControlPlane
import Foundation
import TestSupport
import Testing

@testable import Drivers

/// The workers of a master, and whose load it shows.
struct LocustWorkersTests {
    private let time = ManualTime()
    private let master: FakeMaster
    private let driver: LocustDriver
    private let run = RunID("run-1")

    init() throws {
        master = FakeMaster(time: time)
        driver = try master.driver()
    }

    private func start() async throws {
        let spec = LoadTestSpec(name: "n", tenantId: "t", envId: "e", targetUrl: "http://target")
        let plan = RunPlan(targetUsers: 5, spawnRate: 2.5, durationSeconds: 300)
        let run = Run(
            id: run, loadTestID: nil, spec: spec, plan: plan, clusterID: "c",
            audit: Audit(at: time.now, by: "me"))
        try await driver.start(LoadOrder(run: run, lease: .seconds(60)))
        time.advance(by: .seconds(3))
    }

    @Test(arguments: [true, false])
    func `a look at load that is on names the workers that are there`(hasHook: Bool) async throws {
        if !hasHook { master.change { $0.hook = nil } }
        try await start()
        #expect(
            try await driver.look(for: run).workers == WorkersSeen(count: 2, ids: ["w0", "w1"]))
        master.change { ($0.workers, $0.missing) = (1, 1) }
        // The hook knows at once; the statistics, and with them who it is, after their cache.
        #expect(
            try await driver.look(for: run).workers
                == (hasHook
                    ? WorkersSeen(count: 1, silence: .seconds(5))
                    : WorkersSeen(count: 2, ids: ["w0", "w1"])))
        time.advance(by: .seconds(3))
        #expect(
            try await driver.look(for: run).workers
                == WorkersSeen(count: 1, ids: ["w0"], silence: .seconds(5)))
        #expect(try await driver.workersPresent() == ["w0"])
    }

    @Test(arguments: [true, false])
    func `a look for a run shows the cluster's state and figures by the way`(hasHook: Bool)
        async throws
    {
        if !hasHook { master.change { $0.hook = nil } }
        try await start()
        master.change { ($0.runner, $0.users, $0.missing) = ("running", 5, 1) }
        time.advance(by: .seconds(3))
        #expect(
            try await driver.look(for: run).cluster
                == ClusterGlimpse(state: "running", users: 5, workers: 2, workersMissing: 1))
    }

    @Test(arguments: ["stopping", "stopped", "ready"])
    func `workers that are away because the test ends are not told of`(state: String)
        async throws
    {
        try await start()
        master.change { ($0.runner, $0.workers) = (state, 0) }
        time.advance(by: .seconds(3))
        #expect(try await driver.look(for: run).workers == nil)
    }

    @Test func `a test that ended because no worker was left says so, with the hook`()
        async throws
    {
        try await start()
        master.change {
            ($0.runner, $0.workers, $0.missing) = ("stopped", 0, 2)
            $0.hook?.state = "stopped"
            $0.hook?.stopReason = "\"workersLost\""
        }
        let load = try await driver.look(for: run).load
        #expect(load == .over(.workersLost, "all workers of the master were lost"))
    }

    @Test(arguments: [(0, 2, true), (0, 0, false), (1, 1, false)])
    func `the same without the hook, by the workers that went without a word`(
        workers: Int, missing: Int, isLoss: Bool
    ) async throws {
        master.change { $0.hook = nil }
        try await start()
        #expect(try await driver.look(for: run).load == .on)
        master.change { ($0.runner, $0.workers, $0.missing) = ("stopped", workers, missing) }
        time.advance(by: .seconds(3))
        let load = try await driver.look(for: run).load
        #expect(
            load
                == (isLoss
                    ? .over(.workersLost, "all workers of the master were lost") : .absent))
    }

    @Test func `the hook tells whose load is on, and since when`() async throws {
        #expect(try await driver.health().loads.isEmpty)
        master.change {
            ($0.runner, $0.users, $0.missing) = ("running", 4, 1)
            $0.hook?.state = "started"
        }
        var health = try await driver.health()
        #expect(health.workers == 2)
        let begin = time.now.addingTimeInterval(-30)
        #expect(
            health.loads == [
                ClusterLoad(claim: .nobodys, users: 4, state: "running", startedAt: begin)
            ])
        master.change { $0.hook?.runID = "run-7" }
        time.advance(by: .seconds(3))
        health = try await driver.health()
        #expect(health.loads.map(\.claim) == [.run(RunID("run-7"))])
        #expect(health.workersMissing == 1)
        master.change { $0.hook?.state = "stopped" }
        #expect(try await driver.health().loads.isEmpty)
    }

    @Test(arguments: [
        ("running", 4, true), ("running", 0, true), ("spawning", 1, true), ("stopping", 3, true),
        ("stopping", 0, false), ("stopped", 0, false), ("ready", 0, false),
    ])
    func `without the hook only that there is load can be told`(
        state: String, users: Int, isOn: Bool
    ) async throws {
        master.change {
            ($0.runner, $0.users) = (state, users)
            $0.hook = nil
        }
        let loads = try await driver.health().loads
        #expect(loads == (isOn ? [ClusterLoad(claim: .untold, users: users, state: state)] : []))
    }

    @Test func `what the statistics still show of a test that was stopped is no load`()
        async throws
    {
        master.change { $0.hook = nil }
        try await start()
        #expect(try await driver.health().loads.count == 1)
        try await driver.stop(run)
        #expect(try await driver.health().loads.isEmpty)
        time.advance(by: .seconds(3))
        #expect(try await driver.health().loads.isEmpty)
    }
}
