import Testing

@testable import LoadEngine

struct TargetsTests {
    private func targets(
        _ text: String, readFile: ((String) -> [UInt8]?)? = nil
    ) throws -> [Message] {
        let plan = try Scenario.targets(Array(text.utf8), readFile: readFile)
            .plan(baseURL: "http://base.example")
        #expect(plan.program.flow == .rotation)
        return try plan.program.requests.indices.map { try Message(plan, $0) }
    }

    private func problems(_ text: String) -> [String] {
        do {
            _ = try targets(text)
            return []
        } catch let error as ScenarioError {
            return error.problems.map { $0.pointer + ": " + $0.message }
        } catch {
            return ["\(error)"]
        }
    }

    /// From the README of Vegeta.
    @Test func `plain text is read`() throws {
        let messages = try targets(
            """
            # a comment
            GET http://goku:9090/path/to/dragon?item=ball
            GET http://user.example/path

            HEAD http://goku:9090/path/to/success

            POST http://goku:9090/things
            X-Account-ID: 8675309
            x-account-id: 99
            # another
            @/path/to/newthing.json
            DELETE http://goku:9090/things/3
            Confirmation-Token: 90215:x
            """, readFile: { $0 == "/path/to/newthing.json" ? Array("{{x}}".utf8) : nil })
        #expect(messages.map(\.head.method) == ["GET", "GET", "HEAD", "POST", "DELETE"])
        #expect(messages[0].head.headers["Host"] == "goku:9090")
        #expect(messages[0].target == "/path/to/dragon?item=ball")
        #expect(messages[3].head.headers.values("X-Account-ID") == ["8675309", "99"])
        #expect(messages[3].body == Array("{{x}}".utf8))
        #expect(messages[4].head.headers["Confirmation-Token"] == "90215:x")
    }

    @Test func `JSON lines and JSON arrays are read`() throws {
        let one = #"""
            {"method": "POST", "url": "http://goku/x?y={{z}}", "body": "aGk=", \#
            "header": {"Content-Type": ["text/plain"], "A": ["1", "2"]}}
            """#
        let two = #"{"method": "GET", "url": "/path"}"#
        for text in ["\(one)\n\n\(two)\n", " [\(one), \(two)]"] {
            let messages = try targets(text)
            #expect(messages.count == 2)
            #expect(messages[0].body == Array("hi".utf8))
            #expect(messages[0].target == "/x?y=%7B%7Bz%7D%7D")
            #expect(messages[0].head.headers["Content-Type"] == "text/plain")
            #expect(messages[0].head.headers.values("a") == ["1", "2"])
            #expect(messages[1].head.headers["Host"] == "base.example")
        }
    }

    @Test func `Base64 carries any of them`() throws {
        // "GET http://goku/\n" and a break of lines within.
        let scenario = try Scenario.targets(base64: "R0VUIGh0dHA6\nLy9nb2t1Lwo=")
        #expect(scenario.endpoints == [EndpointName(method: "GET", name: "/")])
        #expect(throws: ScenarioError.self) { try Scenario.targets(base64: "R0VU*") }
    }

    @Test func `what is wrong is told with its place`() {
        #expect(
            problems("POST http://goku/\n@body.json")
                == [
                    ": line 2: a body from a file is not read here; targets in JSON carry theirs "
                        + "in Base64"
                ])
        #expect(problems("GET goku\n\nX: y").map { $0.prefix(8) } == [": line 1", ": line 3"])
        #expect(problems("GET goku").map { $0.prefix(8) } == [": line 1"])
        #expect(problems("GET http://goku/\nA_B: c\nX,Y: c").map { $0.prefix(8) } == [": line 1"])
        #expect(problems("").count == 1 && problems("[]").count == 1)
        #expect(problems(#"[{"method": "GET", "url": "x"}]"#).first?.hasPrefix("/0/url") == true)
        #expect(problems(#"{"method": "GET"}"#) == [": line 1: expected method and url"])
        #expect(problems("[{]").first?.contains("no JSON") == true)
        #expect(problems("{\"method\": 1").first?.contains("line 1: no JSON") == true)
        #expect(
            problems(#"[{"method": "GET", "url": "/", "header": {"A": ["a\nb"]}}]"#)
                .first?.hasPrefix("/0/headers/0") == true)
    }

    @Test func `a line with a URL is a request line, and all lines are judged`() {
        let text = "GET http://a/\nget http://a/\nX: y\nPOST goku\nnonsense\nput /x\nA B: c\n"
        let problems = problems(text)
        let places = ["line 2: a method is", "line 4: ", "line 5: ", "line 6: ", "line 7: "]
        #expect(problems.count == places.count, "\(problems)")
        for (problem, place) in zip(problems, places) {
            #expect(problem.hasPrefix(": " + place), "\(problems)")
        }
    }

    @Test func `a path without a base URL is told at its line, with the rest`() throws {
        let error = #expect(throws: ScenarioError.self) {
            try Scenario.targets(Array("GET /x\nget http://a/\n".utf8), hasBaseURL: false)
        }
        let messages = try #require(error).problems.map(\.message)
        #expect(messages.count == 2)
        #expect(messages[0].hasPrefix("line 1: expected an absolute URL such as http"))
        #expect(messages[1] == "line 2: a method is in capitals: GET, not get")
        let late = #expect(throws: ScenarioError.self) {
            try Scenario.targets(Array("\nGET /x\n".utf8)).plan()
        }
        #expect(late?.problems.first?.message.hasPrefix("line 2: ") == true)
    }

    @Test func `all JSON lines are judged, each with its number`() {
        let text = #"""
            {"method": "GET", "url": "http://a/", "heder": {}}

            {"method": "GET"
            {"method": "GET", "url": "x"}
            {"url": "http://a/"}
            """#
        let problems = problems(text)
        let places = ["line 1: heder: unknown key", "line 3: no JSON", "line 4: url: ", "line 5: "]
        #expect(problems.count == places.count, "\(problems)")
        for (problem, place) in zip(problems, places) {
            #expect(problem.hasPrefix(": " + place), "\(problems)")
        }
    }

    @Test func `Base64 is read in every spelling`() {
        func text(_ base64: String) -> String? {
            Base64.decode(Array(base64.utf8)).map { String(decoding: $0, as: UTF8.self) }
        }
        #expect(text("") == "" && text("Zg==") == "f" && text("Zg") == "f")
        #expect(text("Zm8=") == "fo" && text("Zm9v") == "foo" && text("Zm9vYmFy") == "foobar")
        #expect(Base64.decode(Array("-_+/".utf8)) == [0xFB, 0xFF, 0xBF])
        for wrong in ["Z", "Zg=", "Zg===", "Zm9v=", "=", "Zg==Zg==", "Zm9!"] {
            #expect(text(wrong) == nil, "\(wrong)")
        }
    }
}
