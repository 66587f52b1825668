import JSON
import Networking
import Testing

@testable import LoadEngine

struct ScenarioReadingTests {
    @Test func `everything that can be said is read`() throws {
        let scenario = try Document.scenario(Document.whole)
        #expect(scenario.name == "checkout")
        #expect(scenario.order == .steps)
        #expect(
            scenario.endpoints == [
                EndpointName(method: "POST", name: "login"),
                EndpointName(method: "GET", name: "/items/{{data.code}}"),
                EndpointName(method: "PUT", name: "/items"),
                EndpointName(method: "PUT", name: "/raw"),
            ])
        #expect(scenario.needsBaseURL)
        #expect(scenario.script.variables == ["token", "etag", "csrf"])
        #expect(scenario.script.tables.map(\.name) == ["codes", "shops", "users"])
        #expect(scenario.script.tables.map(\.pick) == [.unique, .random, .sequential])
        #expect(scenario.script.tables.map(\.columns.count) == [2, 1, 2])
        let cell = scenario.script.tables[0].cell(row: 1, column: 0)
        #expect(String(decoding: cell, as: UTF8.self) == "y, \"z\"")

        let load = scenario.load
        #expect(load.users == 50 && load.spawnRate == 10 && load.requestsMax == 10_000)
        #expect(load.thinkTime == .uniform(min: .seconds(1), max: .seconds(3)))
        #expect(
            load.stages
                == .users([
                    .init(duration: .seconds(30), users: 100), .init(duration: .zero, users: 20),
                ]))
        #expect(load.duration == .seconds(90))
        #expect(load.stopRule == StopRule(failurePercentMax: 50, requestsMin: 100))
        #expect(load.timeout == .seconds(10) && load.connectTimeout == .seconds(5))
        #expect(load.keepsAlive == true && load.redirectsMax == 10 && load.seed == 42)
        #expect(load.verifiesServer == false && load.resumesSessions == true)

        let login = scenario.requests[0]
        #expect(login.thinkTime == .constant(.milliseconds(10)))
        #expect([200, 301, 402].allSatisfy { login.expectedStatuses.contains($0) })
        #expect(![201, 400, 404].contains { login.expectedStatuses.contains($0) })
        #expect(login.inspection.needles.map(\.isWanted) == [true, false])
        #expect(login.inspection.extractions.count == 3)
        #expect(scenario.requests[1].timeout == .seconds(2))
        #expect(scenario.requests[1].target.origin?.host == "other.example")
    }

    @Test func `a scenario equals itself and no other`() throws {
        let scenario = try Document.scenario(Document.whole)
        #expect(try scenario == Document.scenario(Document.whole))
        #expect(try scenario != Document.request(#"{"path": "/"}"#))
    }

    @Test func `all problems are told at once, each at its place`() {
        let problems = Document.problems(
            #"""
            {"baseUrl": "shop.example", "lod": 1, "timeout": "soon", "connection": "open",
             "load": {"users": 0, "stages": [{"duration": 1}], "tick": true},
             "data": {"a b": {"rows": []}, "c": {"pick": "any", "rows": []}},
             "requests": [
               {"path": "x"}, {"path": "/", "methd": "GET"}, {"url": "/", "path": "/"},
               {"path": "/{{tokn}}", "headers": {"A B": "x", "C": "a\nb"}},
               {"path": "/", "extract": {"variable": "token", "regex": "(", "jsonPointer": "/"}},
               {"path": "/", "extract": [{"variable": "token", "regex": "("}]},
               {"path": "/", "expect": {"status": "2xy"}, "weight": -1}
             ]}
            """#)
        let places = problems.map { $0.prefix { $0 != ":" } }
        let expected = [
            "/lod", "/load/users", "/load/stages/0", "/load/tick", "/timeout", "/connection",
            "/data/a b", "/data/c/pick", "/requests/0/path", "/requests/1/methd", "/requests/2",
            "/requests/3/headers/A B", "/requests/3/headers/C", "/requests/3/path",
            "/requests/4/extract", "/requests/5/extract/0/regex", "/requests/6/expect/status",
            "/requests/6/weight", "/baseUrl",
        ]
        #expect(Set(places) == Set(expected.map { $0[...] }), "\(problems)")
        #expect(problems.contains("/lod: unknown key \"lod\"; did you mean load?"))
        #expect(problems.contains { $0.contains("did you mean {{token}}?") })
        #expect(
            problems.contains {
                $0.hasPrefix(
                    "/requests/5/extract/0/regex: expected a regular expression: at byte 1: ")
            })
    }

    @Test(arguments: [
        (#"{"steps": [], "requests": []}"#, "/requests: a scenario has either requests or steps"),
        (#"[]"#, ": expected a scenario with requests or steps, found an array"),
        (#"{}"#, ": has neither requests, a weighted mix, nor steps"),
        (#"{"requests": []}"#, "/requests: expected at least one request"),
        (
            #"{"requests": [{"path": "/", "weight": 0}]}"#,
            "/requests: expected at least one weight above 0"
        ),
        (
            #"{"requests": [{"path": "/", "thinkTime": 1}]}"#,
            "/requests/0/thinkTime: unknown key \"thinkTime\"; known are"
        ),
        (
            #"""
            {"steps": [{"path": "/{{a}}"},
                       {"path": "/", "extract": {"variable": "a", "header": "A"}}]}
            """#,
            "/steps/0/path: {{a}} has no value yet: no step before extracts it"
        ),
        (
            #"{"requests": [{"path": "/", "extract": {"variable": "uuid", "header": "A"}}]}"#,
            "/requests/0/extract/variable: {{uuid}} has another meaning"
        ),
        (
            #"{"requests": [{"url": "http://{{uuid}}/"}]}"#,
            "/requests/0/url: a template cannot stand in scheme, host and port"
        ),
        (
            #"{"requests": [{"path": "/", "headers": {"Transfer-Encoding": "chunked"}}]}"#,
            "/requests/0/headers/Transfer-Encoding: Transfer-Encoding is not accepted"
        ),
        (
            #"{"requests": [{"path": "/", "body": "abc", "headers": {"Content-Length": 2}}]}"#,
            "/requests/0/headers/Content-Length: Content-Length is made from the body"
        ),
        (
            #"{"requests": [{"path": "/", "headers": {"Host": ["a", "b"]}}]}"#,
            "/requests/0: has more than one Host"
        ),
        (
            #"{"requests": [{"path": "/", "method": "CONNECT"}]}"#,
            "/requests/0/method: CONNECT opens a tunnel"
        ),
        (
            #"{"load": {"rate": 1, "model": "closed"}, "requests": [{"path": "/"}]}"#,
            "/load/rate: a rate needs the open model"
        ),
        (
            #"{"load": {"rate": 1, "thinkTime": 1}, "requests": [{"path": "/"}]}"#,
            "/load/thinkTime: a think time needs the closed model"
        ),
        (
            #"""
            {"requests": [{"path": "/{{data.x}}"}],
             "data": {"a": {"rows": [{"x": 1}]}, "b": {"rows": [{"x": 1}]}}}
            """#,
            "/requests/0/path: data.x is in several lists (a, b): write data.a.x"
        ),
        (
            #"{"requests": [{"path": "/"}], "data": {"a": {"csv": "users.csv"}}}"#,
            "/data/a/csv: has one line only: csv is the text itself"
        ),
        (
            #"{"requests": [{"path": "/", "extract": {"x": 1}}]}"#,
            "/requests/0/extract: expected an object with variable and one of jsonPointer, header"
        ),
        (
            #"{"requests": [{"path": "/", "extract": "x"}]}"#,
            "/requests/0/extract: expected an object with variable and one of jsonPointer, header"
        ),
        (
            #"{"requests": [{"path": "/", "expect": {"status": 600}}]}"#,
            "/requests/0/expect/status: expected a status from 100 to 599"
        ),
        (
            #"{"requests": [{"path": "/", "expect": {"status": ["6xx", "99-200"]}}]}"#,
            "/requests/0/expect/status/1: expected a status from 100 to 599"
        ),
        (
            #"{"requests": [{"path": "/"}], "data": {"a": {"csv": "x,y\n1,2\n\n3"}}}"#,
            "/data/a/csv: line 4: has 1 values for 2 columns"
        ),
    ])
    func `what means nothing is refused with a reason`(text: String, problem: String) {
        let problems = Document.problems(text)
        #expect(problems.contains { $0.hasPrefix(problem) }, "\(problems)")
    }

    @Test func `limits hold at their last value and not beyond`() throws {
        func requests(_ count: Int) -> String {
            let items = [String](repeating: #"{"path":"/"}"#, count: count)
            return #"{"requests": [\#(items.joined(separator: ","))]}"#
        }
        #expect(Document.problems(requests(ScenarioLimits.requestsMax)).isEmpty)
        #expect(Document.problems(requests(ScenarioLimits.requestsMax + 1)).count == 1)

        func body(_ count: Int) -> JSONValue {
            let body = String(repeating: "x", count: count)
            return .object([
                "requests": .array([.object(["path": .string("/"), "body": .string(body)])])
            ])
        }
        _ = try Scenario.read(body(ScenarioLimits.bodyBytesMax))
        #expect(throws: ScenarioError.self) {
            try Scenario.read(body(ScenarioLimits.bodyBytesMax + 1))
        }

        func rows(_ count: Int) -> JSONValue {
            let rows = JSONValue.array([JSONValue](repeating: .array([.int(1)]), count: count))
            let list = JSONValue.object(["columns": .array([.string("n")]), "rows": rows])
            return .object([
                "data": .object(["list": list]),
                "requests": .array([.object(["path": .string("/")])]),
            ])
        }
        _ = try Scenario.read(rows(ScenarioLimits.dataRowsMax))
        #expect(throws: ScenarioError.self) {
            try Scenario.read(rows(ScenarioLimits.dataRowsMax + 1))
        }
    }

    @Test func `problems of a scenario inside another document carry its place`() throws {
        let error = #expect(throws: ScenarioError.self) {
            try Scenario.read(Document.json(#"{"requests": [{"path": ""}]}"#), at: "/scenario")
        }
        #expect(error?.problems.first?.pointer == "/scenario/requests/0/path")
    }

    @Test func `statuses, rates and durations are read as people write them`() throws {
        #expect(ScenarioText.rate("1000/s") == 1000)
        #expect(ScenarioText.rate("30/m") == 0.5)
        #expect(ScenarioText.rate("36/h") == 0.01)
        #expect(ScenarioText.rate("1/x") == nil && ScenarioText.rate("/s") == nil)
        #expect(ScenarioText.seconds("1m30s") == 90)
        #expect(ScenarioText.seconds("250us") == 0.00025)
        #expect(ScenarioText.seconds("") == nil && ScenarioText.seconds("1x") == nil)
    }
}
