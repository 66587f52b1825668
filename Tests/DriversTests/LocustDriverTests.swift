import ControlPlane
import Foundation
import TestSupport
import Testing

@testable import Drivers

/// The traps of locust.md, each by name.
struct LocustDriverTests {
    private let time = ManualTime()
    private let master: FakeMaster
    private let driver: LocustDriver
    private let run = RunID("run-1")

    init() throws {
        master = FakeMaster(time: time)
        driver = try master.driver()
    }

    private func order(
        classes: [String] = [], locustfile: String? = nil, seconds: Double = 30
    ) -> LoadOrder {
        let spec = LoadTestSpec(
            name: "n", tenantId: "t", envId: "e", targetUrl: "http://target",
            locustfile: locustfile, scenarioId: "peak", userClasses: classes)
        let plan = RunPlan(targetUsers: 5, spawnRate: 2.5, durationSeconds: seconds)
        let run = Run(
            id: run, loadTestID: nil, spec: spec, plan: plan, clusterID: "c",
            audit: Audit(at: time.now, by: "me"))
        return LoadOrder(run: run, lease: .seconds(60))
    }

    private func refusal(of order: LoadOrder) async -> String {
        do throws(DriverError) {
            try await driver.prepare(order)
            return "accepted"
        } catch {
            return error.description
        }
    }

    @Test func `an order carries every field, with the own timers behind ours`() async throws {
        try await driver.start(order(seconds: 30.5))
        #expect(
            master.form == [
                "user_count": "5", "spawn_rate": "2.5", "host": "http://target",
                "run_time": "33", "swarmkeeper_run_id": "run-1", "swarmkeeper_lease": "60.0",
                "swarmkeeper_stop_after": "30.5", "swarmkeeper_scenario_id": "peak",
                "swarmkeeper_callback_url": "http://service",
            ])
    }

    @Test func `a refused swarm under status 200 started nothing`() async throws {
        master.change {
            $0.startsTests = false
            $0.swarmAnswer = #"{"success": false, "message": "Invalid spawn_rate value"}"#
        }
        do throws(DriverError) {
            try await driver.start(order())
            Issue.record("it was accepted")
        } catch {
            #expect(!error.outcomeIsUnknown)
            #expect(error.description.contains("Invalid spawn_rate value"))
        }
    }

    @Test func `an accepted swarm that starts nothing shows no load`() async throws {
        master.change { $0.startsTests = false }
        try await driver.start(order())
        time.advance(by: .seconds(4))
        #expect(try await driver.look(for: run).load == .absent)
    }

    @Test func `a master without workers is refused after a wait`() async throws {
        master.change { $0.workers = 0 }
        async let refusal = refusal(of: order())
        #expect(await eventually { time.sleeperCount == 1 })
        time.advance(by: .seconds(20))
        #expect(await refusal.contains("no workers connected"))
        #expect(!master.lines.contains("POST /swarm"))
    }

    @Test func `workers that come back after a stop are waited for`() async throws {
        master.change { $0.workers = 0 }
        async let refusal = refusal(of: order())
        #expect(await eventually { time.sleeperCount == 1 })
        master.change { $0.workers = 1 }
        time.advance(by: .seconds(1))
        #expect(await refusal == "accepted")
    }

    @Test func `a running test of somebody else is refused`() async throws {
        master.change {
            ($0.runner, $0.users) = ("running", 3)
            $0.hook?.state = "started"
        }
        #expect(await refusal(of: order()).contains("a test that is not ours"))
        master.change { $0.hook = nil }
        #expect(await refusal(of: order()).contains("a test that is not ours"))
    }

    @Test func `the users of a test that is being stopped are waited for`() async throws {
        master.change {
            ($0.runner, $0.users) = ("stopping", 3)
            $0.hook?.state = "stopped"
        }
        async let late = refusal(of: order())
        #expect(await eventually { time.sleeperCount == 1 })
        time.advance(by: .seconds(20))
        #expect(await late.contains("stopping a test"))
        async let inTime = refusal(of: order())
        #expect(await eventually { time.sleeperCount == 1 })
        master.change { $0.users = 0 }
        time.advance(by: .seconds(3))
        #expect(await inTime == "accepted")
    }

    @Test func `user classes are refused where the master would ignore or not know them`()
        async throws
    {
        #expect(await refusal(of: order(classes: ["Visitor"])).contains("--class-picker"))
        master.change { $0.showsClassPicker = true }
        #expect(await refusal(of: order(classes: ["Visitor"])) == "accepted")
        let unknown = await refusal(of: order(classes: ["Visitor", "Bot"]))
        #expect(unknown.contains("no user classes Bot; it has Visitor, Buyer"))
    }

    @Test func `another locustfile than the load test wants is refused`() async throws {
        #expect(await refusal(of: order(locustfile: "tests/locustfile.py")) == "accepted")
        #expect(await refusal(of: order(locustfile: "checkout.py")).contains("checkout.py"))
    }

    @Test func `numbers of the test before never count, though the master still shows them`()
        async throws
    {
        master.change {
            $0.hook = nil
            ($0.runner, $0.requests) = ("stopped", 9_000)
        }
        _ = try await driver.health()  // Fills the master's cache.
        time.advance(by: .seconds(1.9))
        try await driver.start(order())
        time.advance(by: .milliseconds(50))
        let early = try await driver.look(for: run)
        #expect(early.load == .unclear)
        #expect(early.observations.isEmpty)
        master.change { $0.requests = 7 }
        time.advance(by: .seconds(3))
        let later = try await driver.look(for: run)
        #expect(later.load == .on)
        #expect(later.observations.first?.totals.requests == 7)
    }

    @Test func `running is not believed right after a stop without the hook`() async throws {
        master.change { $0.hook = nil }
        try await driver.start(order())
        time.advance(by: .seconds(5))
        #expect(try await driver.look(for: run).load == .on)
        try await driver.stop(run)
        #expect(try await driver.look(for: run).load == .unclear)
        time.advance(by: .seconds(3))
        #expect(try await driver.look(for: run).load == .absent)
    }

    @Test func `with the hook the end of a test is seen at once`() async throws {
        try await driver.start(order())
        #expect(try await driver.look(for: run).load == .on)
        time.advance(by: .seconds(1))
        try await driver.stop(run)
        #expect(
            try await driver.look(for: run).load == .over(nil, "the test was stopped at the master")
        )
    }

    @Test func `a foreign test is seen and not stopped`() async throws {
        try await driver.start(order())
        time.advance(by: .seconds(5))
        master.change { $0.hook?.runID = "run-2" }
        let sighting = try await driver.look(for: run)
        #expect(sighting.load == .foreign("another run"))
        #expect(sighting.observations.isEmpty)
        try await driver.stop(run)
        #expect(!master.lines.contains("POST /stop"))
    }

    @Test func `another boot is another master`() async throws {
        try await driver.start(order())
        #expect(try await driver.look(for: run).boot == "boot-1")
        master.change { $0.hook = FakeMaster.Hook(boot: "boot-2") }
        #expect(try await driver.look(for: run).boot == "boot-2")
    }

    @Test func `a worker that lingers in stopping does not hold up the end`() async throws {
        master.change { $0.hook = nil }
        try await driver.start(order())
        time.advance(by: .seconds(5))
        try await driver.stop(run)
        master.change { ($0.runner, $0.users) = ("stopping", 0) }
        time.advance(by: .seconds(3))
        #expect(try await driver.look(for: run).load == .absent)
    }

    @Test func `the end of a load shape is the end of the test`() async throws {
        let answer = #"{"success": true, "message": "Swarming started using shape class 'S'"}"#
        master.change { $0.swarmAnswer = answer }
        try await driver.start(order())
        time.advance(by: .seconds(5))
        master.change {
            $0.runner = "stopped"
            $0.hook?.state = "stopped"
        }
        #expect(
            try await driver.look(for: run).load == .over(.testEnded, "the load shape is over"))
    }

    @Test func `a master that is down is named in the error`() async throws {
        master.change { $0.isDown = true }
        let refusal = await refusal(of: order())
        #expect(refusal.contains("http://master"))
        #expect(refusal.contains("connection refused"))
    }
}
