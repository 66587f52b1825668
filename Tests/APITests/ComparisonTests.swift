import JSON
import Testing

@testable import API
@testable import TestSupport

struct ComparisonTests {
    let service: TestService

    init() throws { service = try TestService() }

    /// The id of a run of the load test that is over, with a report each second.
    private func run(
        of test: String, _ body: JSONValue = [:], ms: Int64 = 100, seconds: Int64 = 34
    ) async throws -> String {
        let id = try await service.ask(
            "POST", "/v1/load-tests/\(test)/runs", body, as: .operator
        ).id()
        try await service.begin(id)
        for second in 1...seconds {
            service.time.advance(by: .seconds(1))
            // Some noise: without any, each difference is sure.
            let (fast, slow) = (ms + second * 7 % 10, ms + 30 + second * 3 % 20)
            let histogram: JSONValue = .object(["\(fast)": 15, "\(slow)": 5])
            let totals: JSONValue = [
                "requests": .int(second * 20), "failures": 0, "avgResponseMs": .int(ms),
                "histogram": histogram,
            ]
            let answer = try await service.ask(
                "POST", "/v1/callbacks/metrics",
                .callback(
                    id, sequence: second + 1,
                    [
                        "elapsedSeconds": .int(second), "users": 10, "workers": 1,
                        "totals": totals,
                        "endpoints": [totals.with(["method": "GET", "name": "/cart"])],
                    ]),
                as: .callback)
            try #require(answer.status == 200, "\(answer.text)")
        }
        try await service.end(id)
        return id
    }

    /// The id of a load test of forty seconds.
    private func define(_ changes: [String: JSONValue?] = [:], as caller: Caller = .editor)
        async throws -> String
    {
        let usual: [String: JSONValue?] = [
            "defaultUsers": 10, "defaultSpawnRate": 10, "defaultDurationSeconds": 40,
        ]
        return try await service.define(.loadTest(usual.merging(changes) { $1 }), as: caller)
    }

    @Test func `labels of a run are shown, kept and found`() async throws {
        let test = try await define()
        let labels: JSONValue = ["branch": "main", "commit": "a:b", "x.y_z-1": "ü"]
        let first = try await run(of: test, ["labels": labels], seconds: 1)
        let second = try await service.startRun(.test(["labels": ["branch": "next"]]))
        let shown = try await service.ask("GET", "/v1/runs/\(first)")
        #expect(shown["/labels"] == labels)
        func found(_ query: String) async throws -> [String] {
            try await service.ask("GET", "/v1/runs?\(query)").ids
        }
        #expect(try await found("label=branch:main") == [first])
        #expect(try await found("label=branch:next") == [second])
        #expect(try await found("label=commit:a:b&label=branch:main") == [first])
        #expect(try await found("label=commit:a:b&label=branch:next") == [])
        #expect(try await found("label=branch:main&label=branch:next") == [])
        #expect(try await found("label=branch:mai") == [])
        for wrong in ["branch", ":x", "branch:", "Branch:x"] {
            let answer = try await service.ask("GET", "/v1/runs?label=\(wrong)")
            #expect(answer.status == 400 && answer.pointers == ["?label"], "\(answer.text)")
        }
        let plain = try await service.ask("GET", "/v1/runs/\(try await run(of: test, seconds: 1))")
        #expect(plain["/labels"] == [:])
    }

    @Test func `labels that cannot be kept are refused, each by name`() async throws {
        let answer = try await service.ask(
            "POST", "/v1/tests",
            .test(["labels": ["Branch": "x", "a b": "y", "empty": "", "number": 1, "ok": "z"]]))
        #expect(answer.status == 422)
        #expect(
            answer.pointers == ["/labels/Branch", "/labels/a b", "/labels/empty", "/labels/number"])
        let many = Dictionary(uniqueKeysWithValues: (0...16).map { ("k\($0)", JSONValue("v")) })
        let tooMany = try await service.ask("POST", "/v1/tests", .test(["labels": .object(many)]))
        #expect(tooMany.pointers == ["/labels"])
        let long = String(repeating: "ü", count: 257)
        let tooLong = try await service.ask(
            "POST", "/v1/tests", .test(["labels": ["k": .string(long)]]))
        #expect(tooLong.pointers == ["/labels/k"])
    }

    @Test func `a baseline comes back as it is kept, and is taken again`() async throws {
        let given: JSONValue = ["kind": "median", "labels": ["branch": "main"]]
        let test = try await define(["baseline": given])
        let shown = try await service.ask("GET", "/v1/load-tests/\(test)")
        #expect(
            shown["/baseline"] == [
                "kind": "median", "runId": nil, "runs": 5, "labels": ["branch": "main"],
                "sameLabels": [], "passesIfMissing": false,
            ])
        let again = try await service.ask(
            "PUT", "/v1/load-tests/\(test)",
            .loadTest(["baseline": shown["/baseline"]]))
        #expect(again.status == 200 && again["/baseline"] == shown["/baseline"])
        let none = try await service.ask("PUT", "/v1/load-tests/\(test)", .loadTest())
        #expect(none["/baseline"] == .null)
        // The run keeps the one that it was started with.
        let run = try await service.ask("POST", "/v1/load-tests/\(test)/runs", nil, as: .operator)
        #expect(run["/definition/baseline"] == .null && run["/baseline"] == .null)
    }

    @Test(
        arguments: [
            (["kind": "latest"], ["/baseline/kind"]), (["runs": 5], ["/baseline/kind"]),
            (["kind": "pinned"], ["/baseline/runId"]),
            (["kind": "pinned", "runId": "x", "labels": ["a": "b"]], ["/baseline/labels"]),
            (
                ["kind": "lastPassed", "runId": "x", "runs": 5],
                ["/baseline/runId", "/baseline/runs"]
            ),
            (["kind": "pinned", "runId": "x", "sameLabels": ["a"]], ["/baseline/sameLabels"]),
            (["kind": "lastPassed", "sameLabels": ["A"]], ["/baseline/sameLabels/0"]),
            (["kind": "median", "runs": 2], ["/baseline/runs"]),
            (["kind": "median", "runs": 16], ["/baseline/runs"]),
            (["kind": "median", "labels": ["A": "b"]], ["/baseline/labels/A"]),
            (["kind": "pinned", "runId": "x"], ["/baseline/runId"]),
        ] as [(JSONValue, [String])])
    func `a wrong baseline is refused with its place`(baseline: JSONValue, pointers: [String])
        async throws
    {
        let answer = try await service.ask(
            "POST", "/v1/load-tests", .loadTest(["baseline": baseline]))
        #expect(answer.status == 422)
        #expect(answer.pointers == pointers)
        let adHoc = try await service.ask("POST", "/v1/tests", .test(["baseline": baseline]))
        #expect(adHoc.pointers.contains("/baseline"))
    }

    @Test func `another tenant's, another load test's and no run at all cannot be told apart`()
        async throws
    {
        let (test, other) = (try await define(), try await define())
        let foreign = try await define(
            ["tenantId": "tenant-2", "envId": "dev"], as: .editorOfOther)
        let own = try await run(of: test)
        let ofOther = try await run(of: other, seconds: 1)
        let ofForeign = try await service.ask(
            "POST", "/v1/load-tests/\(foreign)/runs", nil, as: .editorOfOther
        ).id()
        func pin(_ id: String) async throws -> Answer {
            try await service.ask(
                "PUT", "/v1/load-tests/\(test)",
                .loadTest(["baseline": ["kind": "pinned", "runId": .string(id)]]))
        }
        let nothing = "00000000-0000-0000-0000-000000000000"
        let refused = try await pin(nothing)
        #expect(refused.status == 422 && refused.pointers == ["/baseline/runId"])
        let unasked = try await service.ask("GET", "/v1/runs/\(own)/comparison?baseline=\(nothing)")
        #expect(unasked.status == 400 && unasked.pointers == ["?baseline"])
        for id in [ofOther, ofForeign] {
            #expect(try await pin(id).problem(replacing: id) == refused.problem(replacing: nothing))
            let asked = try await service.ask("GET", "/v1/runs/\(own)/comparison?baseline=\(id)")
            #expect(asked.problem(replacing: id) == unasked.problem(replacing: nothing))
        }
        #expect(try await pin(own).status == 200)
        let hidden = try await service.ask(
            "GET", "/v1/runs/\(own)/comparison", as: .editorOfOther)
        #expect(hidden.status == 404)
    }

    @Test func `a run is compared with its baseline, and judged by it`() async throws {
        let test = try await define([
            "baseline": ["kind": "lastPassed", "labels": ["branch": "main"]],
            "thresholds": ["p95 regression < 10%"],
        ])
        let main: JSONValue = ["labels": ["branch": "main"]]
        let first = try await run(of: test, main)
        let firstShown = try await service.ask("GET", "/v1/runs/\(first)")
        #expect(firstShown["/verdict"] == "inconclusive")
        #expect(firstShown["/baseline/runIds"] == [])
        #expect(firstShown["/baseline/missing"]?.text?.contains("branch main") == true)
        let alone = try await service.ask("GET", "/v1/runs/\(first)/comparison")
        #expect(alone["/comparable"] == false && alone["/baseline/source"] == "verdict")
        #expect(alone["/trouble"]?.text?.contains("branch main") == true)

        // It was stopped before its end, which is no baseline by a rule, but one by a pin.
        let slow = try await run(of: test, main, ms: 200)
        let asked = try await service.ask("GET", "/v1/runs/\(slow)/comparison?baseline=\(first)")
        #expect(asked["/baseline/source"] == "request")
        #expect(asked["/trouble"] == .null && asked["/comparable"] == true, "\(asked.text)")
        let p95 = try #require(
            asked["/totals/figures"]?.items?.first { $0["measure"] == "p95" })
        // One run does not tell how much runs differ.
        #expect(p95["finding"] == "unknown" && p95["unit"] == "ms")
        #expect(p95["reason"]?.text?.contains("only 1 earlier run") == true)
        #expect(p95["percentFrom"]?.number ?? 0 > 10)
        #expect(asked["/notes/0"] == p95["reason"])
        #expect(asked["/baseline/historyRunIds"] == [])
        #expect(asked["/endpoints/0/name"] == "/cart")
        #expect(asked["/ignoredSeconds"] == 2)
        let same = try await service.ask(
            "GET", "/v1/runs/\(first)/comparison?baseline=\(first)")
        #expect(same.status == 400)
    }

    @Test func `runs without a load test are compared with nothing`() async throws {
        let first = try await service.startRun()
        try await service.begin(first)
        try await service.end(first)
        let second = try await service.startRun()
        let answer = try await service.ask(
            "GET", "/v1/runs/\(second)/comparison?baseline=\(first)")
        #expect(answer.status == 400 && answer.pointers == ["?baseline"])
    }

    @Test func `a report of a run that is over has a tag, beside its baseline, too`() async throws {
        let test = try await define([
            "baseline": ["kind": "lastPassed"], "thresholds": ["p95 regression < 10%"],
        ])
        let id = try await run(of: test, seconds: 2)
        let report = try await service.ask("GET", "/v1/runs/\(id)/report?format=json")
        #expect(report["/comparison/trouble"]?.text != nil)
        let tag = try #require(report.header("ETag"))
        let again = try await service.ask(
            "GET", "/v1/runs/\(id)/report?format=json", headers: ["If-None-Match": tag])
        #expect(again.status == 304)
        // What is shared shows no other run.
        let share = try await service.ask("POST", "/v1/runs/\(id)/shares", [:])
        let url = try #require(share["/url"]?.text)
        let page = try await service.ask("GET", "/v1/runs/\(id)/report")
        #expect(page.text.contains("Beside its baseline"))
        let shared = try await service.ask("GET", url, as: nil)
        #expect(shared.status == 200 && !shared.text.contains("Beside its baseline"))
    }

    @Test func `what is pinned is kept in the definition after it is gone`() async throws {
        let test = try await define()
        let first = try await run(of: test)
        let pinned: JSONValue = ["kind": "pinned", "runId": .string(first)]
        let put = try await service.ask(
            "PUT", "/v1/load-tests/\(test)",
            .loadTest(["baseline": pinned, "thresholds": ["mean regression < 5%"]]))
        #expect(put.status == 200)
        let second = try await run(
            of: test, ["targetUsers": 10, "spawnRate": 10, "durationSeconds": 40])
        let shown = try await service.ask("GET", "/v1/runs/\(second)")
        #expect(shown["/baseline/runIds"] == [.string(first)])
        #expect(shown["/thresholds/0/unit"] == "%")
        #expect(shown["/thresholds/0/outcome"] == "passed", "\(shown.text)")
        #expect(shown["/thresholds/0/actualFrom"]?.number ?? 0 <= 0)
        let compared = try await service.ask("GET", "/v1/runs/\(second)/comparison")
        #expect(compared["/baseline/source"] == "verdict")
        #expect(compared["/baseline/runIds"] == [.string(first)])
        // The definition can be changed beside a pin that leads nowhere any more.
        let live = try await service.ask("POST", "/v1/load-tests/\(test)/runs", nil, as: .operator)
        #expect(live["/definition/baseline/runId"] == .string(first))
        let early = try await service.ask(
            "GET", "/v1/runs/\(try live.id())/comparison?baseline=\(first)")
        #expect(early["/trouble"]?.text?.contains("is not over") == true)
    }
}
