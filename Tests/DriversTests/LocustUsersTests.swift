import ControlPlane
import Foundation
import TestSupport
import Testing

@testable import Drivers

/// Another number of users while a Locust test runs (locust.md, section 1.4).
struct LocustUsersTests {
    private let time = ManualTime()
    private let master: FakeMaster
    private let driver: LocustDriver
    private let run = RunID("run-1")

    init() throws {
        master = FakeMaster(time: time)
        driver = try master.driver()
    }

    private func order(seconds: Double = 30) -> LoadOrder {
        let spec = LoadTestSpec(
            name: "n", tenantId: "t", envId: "e", targetUrl: "http://target", scenarioId: "peak",
            userClasses: ["Visitor"])
        let plan = RunPlan(targetUsers: 5, spawnRate: 2.5, durationSeconds: seconds)
        let run = Run(
            id: run, loadTestID: nil, spec: spec, plan: plan, clusterID: "c",
            audit: Audit(at: time.now, by: "me"))
        return LoadOrder(run: run, lease: .seconds(60))
    }

    private func refusal(users: Int = 9) async -> String {
        do throws(DriverError) {
            try await driver.setUsers(users, spawnRate: 1, of: run)
            return "accepted"
        } catch {
            return error.description
        }
    }

    @Test func `a change says everything again, with the time that is left`() async throws {
        try await driver.start(order())
        time.advance(by: .seconds(12.5))
        try await driver.setUsers(9, spawnRate: 3, of: run)
        #expect(
            master.form == [
                "user_count": "9", "spawn_rate": "3.0", "host": "http://target",
                // 17.5 s are left; the master's own timer comes 2 s later, in whole seconds.
                "run_time": "20", "user_classes": "Visitor", "swarmkeeper_run_id": "run-1",
                "swarmkeeper_lease": "60.0", "swarmkeeper_stop_after": "17.5",
                "swarmkeeper_scenario_id": "peak", "swarmkeeper_callback_url": "http://service",
            ])
        time.advance(by: .seconds(10))
        try await driver.setUsers(4, spawnRate: 3, of: run)
        #expect(master.form["swarmkeeper_stop_after"] == "7.5", "of the first order's time")
    }

    @Test func `only the order to start has the hook's token, and its form has nothing of it`()
        async throws
    {
        try await driver.start(order().with(CallbackToken("skrun_run-1_secret")))
        #expect(master.swarmHeaders["X-Swarmkeeper-Token"] == "skrun_run-1_secret")
        #expect(!master.form.values.contains { $0.contains("secret") })
        time.advance(by: .seconds(10))
        try await driver.setUsers(9, spawnRate: 3, of: run)
        #expect(master.swarmHeaders["X-Swarmkeeper-Token"] == nil)
        #expect(driver.takesCallbackTokens)
    }

    @Test func `a test that does not run is not started by a change`() async throws {
        #expect(await refusal() == "the master was given no order for this run")
        try await driver.start(order())
        time.advance(by: .seconds(5))
        master.change {
            $0.runner = "stopped"
            $0.hook?.state = "stopped"
        }
        #expect(await refusal().contains("does not show the load of this run"))
        master.change {
            $0.runner = "running"
            $0.hook?.state = "started"
            $0.hook?.runID = "run-2"
        }
        #expect(await refusal().contains("does not show the load of this run"))
        #expect(master.lines.count { $0 == "POST /swarm" } == 1)
    }

    @Test func `a master without the hook is believed once its statistics are fresh`()
        async throws
    {
        master.change { $0.hook = nil }
        try await driver.start(order())
        #expect(await refusal().contains("try again"))
        time.advance(by: .seconds(3))
        #expect(await refusal() == "accepted")
        time.advance(by: .seconds(3))
        master.change { $0.runner = "stopped" }
        time.advance(by: .seconds(3))
        #expect(await refusal().contains("does not show the load"))
    }

    @Test func `a run whose time is over gets no more users`() async throws {
        try await driver.start(order(seconds: 30))
        time.advance(by: .seconds(30))
        #expect(await refusal() == "the time of this run is over")
    }

    @Test func `a load shape decides for itself`() async throws {
        let answer = #"{"success": true, "message": "Swarming started using shape class 'S'"}"#
        master.change { $0.swarmAnswer = answer }
        try await driver.start(order())
        time.advance(by: .seconds(5))
        #expect(await refusal().contains("a load shape"))
        #expect(master.lines.count { $0 == "POST /swarm" } == 1)
    }

    @Test func `a run of an earlier process is changed within what is left of its time`()
        async throws
    {
        master.change {
            ($0.runner, $0.users) = ("running", 5)
            $0.hook?.state = "started"
            $0.hook?.runID = "run-1"
        }
        // As its supervisor does, which knows only that it is a driver.
        _ = await (driver as any LoadDriver).adopt(order(), timeLeft: .seconds(8))
        time.advance(by: .seconds(2))
        try await driver.setUsers(9, spawnRate: 3, of: run)
        #expect(master.form["swarmkeeper_stop_after"] == "6.0")
        #expect(master.form["run_time"] == "8")
        #expect(await refusal(users: 3) == "accepted")
    }

    @Test func `the identity of a run outlives a change`() async throws {
        try await driver.start(order())
        time.advance(by: .seconds(5))
        try await driver.setUsers(9, spawnRate: 3, of: run)
        #expect(try await driver.look(for: run).load == .on)
        time.advance(by: .seconds(5))
        try await driver.stop(run)
        #expect(master.lines.contains("POST /stop"))
    }
}
