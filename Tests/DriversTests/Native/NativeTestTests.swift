import ControlPlane
import Foundation
import JSON
import LoadEngine
import Logging
import Testing

@testable import Drivers

/// What definitions ask of a native cluster.
struct NativeTestTests {
    private let drivers = ClusterDrivers(
        callbackURL: "", engine: EngineProgram(path: "/engine", version: "1"), time: SystemTime(),
        logger: Logger())

    private func scenario(_ text: String) throws -> JSONValue {
        try JSONReader.document(Array(text.utf8))
    }

    private func spec(_ scenario: JSONValue? = nil, targets: String? = nil) -> LoadTestSpec {
        LoadTestSpec(
            name: "n", tenantId: "t", envId: "e", targetUrl: "http://127.0.0.1:9/base",
            scenario: scenario, targetsBase64: targets)
    }

    private func plan(_ text: String, users: Int) throws -> LoadPlan {
        let order = ScriptedEngine.order(users: users, scenario: try scenario(text))
        return try EngineOrder(order, NativeSettings(threads: 2)).plan()
    }

    @Test func `without a scenario users send GET to the target`() throws {
        let plan = try EngineOrder(
            ScriptedEngine.order(users: 5, seconds: 7), NativeSettings()
        ).plan()
        #expect(plan.program.endpoints.map(\.method) == ["GET"])
        #expect(plan.program.origins.map(\.port) == [9])
        #expect(plan.model.usersMax == 5)
        #expect(plan.limits.duration == .seconds(7))
        #expect(plan.lease == .seconds(30))
    }

    @Test func `the run's users count, not the scenario's`() throws {
        let text = #"{"load": {"users": 3}, "requests": [{"path": "/"}]}"#
        #expect(try plan(text, users: 50).model.usersMax == 50)
    }

    @Test func `of an open scenario the run's users are the most connections`() throws {
        let text = #"{"load": {"rate": "100/s"}, "requests": [{"path": "/"}]}"#
        let plan = try plan(text, users: 20)
        guard case .open(_, let usersMax) = plan.model else {
            Issue.record("not open: \(plan.model)")
            return
        }
        #expect(usersMax == 20 && plan.threads == 2)
    }

    @Test func `stages say themselves how many users there are, within the run's`() throws {
        let text =
            #"{"load":{"stages":[{"duration":"5s","users":30}]},"requests":[{"path":"/"}]}"#
        #expect(try plan(text, users: 30).model.usersMax == 30)
        do {
            _ = try plan(text, users: 29)
            Issue.record("30 of 29 users")
        } catch let error as OrderFault {
            #expect(error.faults.map(\.pointer) == ["/scenario/load/stages/0/users"])
            #expect(
                error.faults[0].message
                    == "asks for 30 users, which is above the 29 of the run")
        }
    }

    @Test func `a definition must have the users of its stages`() throws {
        let scenario = try scenario(
            #"""
            {"load":{"stages":[{"duration":"5s","users":3},{"duration":0,"users":9}]},
             "requests":[{"path":"/"}]}
            """#)
        var spec = spec(scenario)
        spec.defaultUsers = 9
        #expect(drivers.scenarioFaults(in: spec).isEmpty)
        spec.defaultUsers = 8
        #expect(
            drivers.scenarioFaults(in: spec).map(\.pointer) == ["/scenario/load/stages/1/users"])
        let begun = try self.scenario(
            #"{"load":{"users":9,"stages":[{"duration":1,"users":1}]},"requests":[{"path":"/"}]}"#)
        spec.scenario = begun
        #expect(drivers.scenarioFaults(in: spec).map(\.pointer) == ["/scenario/load/users"])
    }

    @Test(arguments: [
        (
            #"{"users":50,"duration":"3s","spawnRate":10}"#,
            LoadDefaults(users: 50, spawnRate: 10, durationSeconds: 3)
        ),
        (
            #"{"stages":[{"duration":"1m","users":9},{"duration":30,"users":4}]}"#,
            LoadDefaults(users: 9, durationSeconds: 90)
        ),
        (
            #"{"users":12,"stages":[{"duration":2,"users":9}],"duration":5}"#,
            LoadDefaults(users: 12, durationSeconds: 5)
        ),
        (
            #"{"users":7,"stages":[{"duration":"4s","rate":"9/s"}]}"#,
            LoadDefaults(users: 7, durationSeconds: 4, requestsPerSecond: 9)
        ),
        (#"{"rate":"9/s"}"#, LoadDefaults(users: 100, requestsPerSecond: 9)),
        (
            #"{"rate":"70000/s"}"#, LoadDefaults(users: 1000, requestsPerSecond: 70_000)
        ),
        (#"{"stages":[{"duration":0,"users":5}]}"#, LoadDefaults(users: 5)),
        (#"{"users":"many"}"#, LoadDefaults()),
    ])
    func `a scenario says how much load it is for`(load: String, expected: LoadDefaults) throws {
        let spec = spec(try scenario(#"{"load":\#(load),"requests":[{"path":"/"}]}"#))
        #expect(drivers.loadDefaults(in: spec) == expected)
        #expect(drivers.loadDefaults(in: self.spec()) == LoadDefaults())
    }

    @Test func `the hosts of all requests, and the requests of all steps, are told`() throws {
        let steps = spec(
            try scenario(
                #"""
                {"load":{"stages":[{"duration":"4s","rate":"9/s"},{"duration":1,"rate":2}]},
                 "steps":[{"path":"/"},{"url":"https://Pay.example/a"},
                          {"url":"http://b.example:81"},
                          {"url":"https://pay.example/b"}]}
                """#))
        let defaults = drivers.loadDefaults(in: steps)
        #expect(defaults.requestsPerSecond == 36)
        let hosts = [
            TargetHost(host: "pay.example", port: 443), TargetHost(host: "b.example", port: 81),
        ]
        #expect(defaults.hosts == hosts)
        var targets = spec()
        targets.targetsBase64 = Data(
            "GET https://pay.example/a\n\nGET http://b.example:81/\n".utf8
        ).base64EncodedString()
        #expect(drivers.loadDefaults(in: targets).hosts == hosts)
    }

    @Test func `faults are told by their places in the definition`() throws {
        let wrong = try scenario(
            #"{"load": {"rate": "1/s", "thinkTime": "1s"}, "requests": [{"path": "/", "x": 1}]}"#)
        #expect(
            drivers.scenarioFaults(in: spec(wrong)).map(\.pointer)
                == ["/scenario/load/thinkTime", "/scenario/requests/0/x"])
        #expect(
            drivers.scenarioFaults(in: spec(targets: "?")).map(\.pointer) == ["/targetsBase64"])
        #expect(drivers.scenarioFaults(in: spec()).isEmpty)
        let right = try scenario(#"{"requests": [{"path": "/"}]}"#)
        #expect(drivers.scenarioFaults(in: spec(right)).isEmpty)
    }
}
