import ControlPlane
import Foundation
import JSON
import Testing

@testable import API
@testable import TestSupport

/// Scenarios and lists of targets in definitions.
struct ScenarioTests {
    let service: TestService

    init() throws { service = try TestService() }

    private let scenario: JSONValue = [
        "steps": [["name": "front", "url": "/", "headers": ["accept": "*/*"]]], "seed": 7,
    ]

    @Test func `a scenario comes back as it was given, and with it the run's definition`()
        async throws
    {
        let defined = try await service.ask(
            "POST", "/v1/load-tests", .loadTest(["scenario": scenario, "locustfile": "l.py"]))
        #expect(defined.status == 201)
        #expect(defined["/scenario"] == scenario)
        #expect(defined["/targetsBase64"] == .null)
        let id = try defined.id()
        let run = try await service.ask("POST", "/v1/load-tests/\(id)/runs", as: .operator)
        #expect(run["/definition/scenario"] == scenario)

        let targets = Data("GET http://shop.example/\n".utf8).base64EncodedString()
        let replaced = try await service.ask(
            "PUT", "/v1/load-tests/\(id)", .loadTest(["targetsBase64": .string(targets)]))
        #expect(replaced["/targetsBase64"] == .string(targets))
        #expect(replaced["/scenario"] == .null)
        #expect(
            try await service.ask("GET", "/v1/runs/\(try run.id())")["/definition/scenario"]
                == scenario, "a run keeps what it was started with")
    }

    @Test(arguments: ["POST /v1/load-tests", "POST /v1/tests"])
    func `what the engine finds wrong is told together with the rest`(route: String) async throws {
        service.cluster.behave {
            $0.scenarioFaults = [
                ScenarioFault(pointer: "/scenario/steps/0/url", message: "is no URL"),
                ScenarioFault(pointer: "/scenario/seed", message: "must be a whole number"),
            ]
        }
        let parts = route.split(separator: " ").map(String.init)
        let body: JSONValue =
            parts[1] == "/v1/tests"
            ? .test(["scenario": scenario]) : .loadTest(["scenario": scenario])
        let both = ["/scenario/seed", "/scenario/steps/0/url"]
        for (changes, more) in [
            ([:], []), (["envId": "nowhere"], ["/envId"]), (["name": nil], ["/name"]),
            (["name": nil, "envId": "nowhere"], ["/envId", "/name"]),
        ] as [([String: JSONValue?], [String])] {
            let answer = try await service.ask(parts[0], parts[1], body.with(changes))
            #expect(answer.status == 422)
            #expect(answer.pointers == more + both)
        }
        #expect(try await service.ask("GET", "/v1/load-tests").ids == [])
    }

    @Test func `a scenario whose own shape is wrong is not read further`() async throws {
        service.cluster.behave {
            $0.scenarioFaults = [ScenarioFault(pointer: "/scenario/steps", message: "is missing")]
        }
        for (scenario, url) in [("text", "http://h"), ([], "http://h"), ([:], "nowhere")]
            as [(JSONValue, JSONValue)]
        {
            let answer = try await service.ask(
                "POST", "/v1/load-tests", .loadTest(["scenario": scenario, "targetUrl": url]))
            #expect(answer.status == 422)
            #expect(!answer.pointers.contains("/scenario/steps"))
        }
        #expect(
            try await service.ask("POST", "/v1/load-tests", .loadTest()).status == 201,
            "who has no scenario has no mistakes in it")
    }

    @Test func `a scenario and targets together are refused`() async throws {
        let answer = try await service.ask(
            "POST", "/v1/load-tests",
            .loadTest(["scenario": scenario, "targetsBase64": "R0VUIC8K"]))
        #expect(answer.status == 422)
        #expect(answer.pointers == ["/targetsBase64"])
    }

    @Test(arguments: ["", "no base64!", "R0VUIC8", "R0VU\nIC8K"])
    func `targets that are no base64 are refused`(text: String) async throws {
        let answer = try await service.ask(
            "POST", "/v1/load-tests", .loadTest(["targetsBase64": .string(text)]))
        #expect(answer.status == 422)
        #expect(answer.pointers == ["/targetsBase64"])
    }

    @Test func `a scenario is taken up to its size and its depth`() async throws {
        func status(_ scenario: JSONValue) async throws -> Int {
            try await service.ask("POST", "/v1/load-tests", .loadTest(["scenario": scenario]))
                .status
        }
        func sized(_ bytes: Int) -> JSONValue {
            ["k": .string(String(repeating: "x", count: bytes - #"{"k":""}"#.utf8.count))]
        }
        #expect(try await status(sized(Schemas.scenarioBytesMax)) == 201)
        #expect(try await status(sized(Schemas.scenarioBytesMax + 1)) == 422)
        func deep(_ levels: Int) -> JSONValue {
            (0..<levels).reduce(1) { inner, _ in ["k": inner] }
        }
        #expect(try await status(deep(Schema.scenarioDepthMax)) == 201)
        #expect(try await status(deep(Schema.scenarioDepthMax + 1)) == 422)
    }

    @Test func `where the body is silent the scenario says how much to run`() async throws {
        service.cluster.behave {
            $0.loadDefaults = LoadDefaults(users: 50, spawnRate: 10, durationSeconds: 3)
        }
        let silent = JSONValue.loadTest([
            "scenario": scenario, "defaultUsers": nil, "defaultSpawnRate": nil,
            "defaultDurationSeconds": nil,
        ])
        let defined = try await service.ask("POST", "/v1/load-tests", silent)
        #expect(defined["/defaultUsers"] == 50)
        #expect(defined["/defaultSpawnRate"] == 10)
        #expect(defined["/defaultDurationSeconds"] == 3)
        let other = try await service.ask(
            "POST", "/v1/load-tests", silent.with(["defaultUsers": 7, "defaultSpawnRate": .null]))
        #expect(other["/defaultUsers"] == 7)
        #expect(other["/defaultSpawnRate"] == 10)
        let plain = try await service.ask("POST", "/v1/load-tests", silent.with(["scenario": nil]))
        #expect(plain["/defaultUsers"] == 1)
        #expect(plain["/defaultDurationSeconds"] == 60)
    }

    @Test func `an ad-hoc run takes what it leaves open from its scenario`() async throws {
        let native = Cluster.native("engine", .init(), ("tenant-1", "dev"))
        let service = try TestService(
            catalog: Catalog(
                tenants: [
                    Tenant(
                        id: "tenant-1", name: "t", environments: ["dev"], limits: [:])
                ],
                clusters: [native]))
        service.cluster.behave { $0.loadDefaults = LoadDefaults(users: 50, durationSeconds: 3) }
        let run = try await service.ask(
            "POST", "/v1/tests",
            .test([
                "scenario": scenario, "targetUsers": nil, "spawnRate": 2, "durationSeconds": nil,
            ]), as: .operator)
        #expect(run.status == 202)
        #expect(run["/targetUsers"] == 50)
        #expect(run["/spawnRate"] == 2)
        #expect(run["/durationSeconds"] == 3)
    }

    @Test func `a scenario's own amount that no run can have is told`() async throws {
        service.cluster.behave { $0.loadDefaults = LoadDefaults(durationSeconds: 0.5) }
        let body = JSONValue.loadTest(["scenario": scenario, "defaultDurationSeconds": nil])
        let answer = try await service.ask("POST", "/v1/load-tests", body)
        #expect(answer.status == 422)
        #expect(answer.pointers == ["/defaultDurationSeconds"])
        let mended = body.with(["defaultDurationSeconds": 1])
        #expect(try await service.ask("POST", "/v1/load-tests", mended).status == 201)
    }

    @Test func `a definition and a start must have the users of the scenario's stages`()
        async throws
    {
        service.cluster.behave { $0.stageUsers = 20 }
        let few = JSONValue.loadTest(["scenario": scenario, "defaultUsers": 19])
        let refused = try await service.ask("POST", "/v1/load-tests", few)
        #expect(refused.status == 422)
        #expect(refused.pointers == ["/scenario/load/stages/0/users"])
        let id = try await service.define(few.with(["defaultUsers": 20]))
        let start = try await service.ask(
            "POST", "/v1/load-tests/\(id)/runs", ["targetUsers": 19], as: .operator)
        #expect(start.status == 422)
        #expect(start.pointers == ["/targetUsers"])
        #expect(start.text.contains("/scenario/load/stages/0/users asks for 20 users"))
        #expect(try await service.ask("GET", "/v1/runs").ids == [])
    }

    @Test func `targets are taken up to their size`() async throws {
        func status(_ bytes: Int) async throws -> Int {
            let text = Data(repeating: 65, count: bytes).base64EncodedString()
            return try await service.ask(
                "POST", "/v1/load-tests", .loadTest(["targetsBase64": .string(text)])
            ).status
        }
        #expect(try await status(Schemas.scenarioBytesMax) == 201)
        #expect(try await status(Schemas.scenarioBytesMax + 3) == 422)
    }
}
