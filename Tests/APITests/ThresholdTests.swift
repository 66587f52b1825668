import JSON
import Testing

@testable import API
@testable import TestSupport

struct ThresholdTests {
    let service: TestService

    init() throws { service = try TestService() }

    @Test func `thresholds come back in one spelling, which is taken again`() async throws {
        let given: JSONValue = [
            "P95<0.3s", "http_req_failed: rate<0.01", "GetCart: avg(response_time_ms) > 200",
            [
                "expression": "p99 of \"GET /cart\" < 800ms for 30s", "severity": "warn",
                "ignoreFirstSeconds": "10s",
            ],
            ["expression": "errorRate < 5%", "abortAfterSeconds": 5, "windowSeconds": 10],
        ]
        let id = try await service.define(.loadTest(["thresholds": given]))
        let test = try await service.ask("GET", "/v1/load-tests/\(id)")
        let shown = try #require(test["/thresholds"])
        #expect(
            shown.items?.compactMap { $0["expression"]?.text } == [
                "p95 < 300ms", "errorRate < 1%", "mean of \"GetCart\" <= 200ms",
                "p99 of \"GET /cart\" < 800ms for 30s", "errorRate < 5% for 10s",
            ])
        #expect(test["/thresholds/3/severity"] == "warn")
        #expect(test["/thresholds/3/ignoreFirstSeconds"] == 10)
        #expect(test["/thresholds/3/windowSeconds"] == 30)
        #expect(test["/thresholds/0/abortAfterSeconds"] == .null)
        #expect(test["/thresholds/4/abortAfterSeconds"] == 5)
        let again = try await service.ask(
            "PUT", "/v1/load-tests/\(id)", .loadTest(["thresholds": shown]))
        #expect(again.status == 200 && again["/thresholds"] == shown)
    }

    @Test func `a start has the definition's, or its own instead, or none`() async throws {
        let id = try await service.define(.loadTest(["thresholds": ["p95 < 1s", "count > 5"]]))
        func start(_ body: JSONValue?) async throws -> [String] {
            let run = try await service.ask(
                "POST", "/v1/load-tests/\(id)/runs", body, as: .operator)
            #expect(run["/verdict"] == .null && run["/measurement"] == .null)
            #expect(run["/definition/thresholds"]?.items?.count == 2)
            try await service.end(try run.id())
            return run["/thresholds"]?.items?.compactMap { $0["expression"]?.text } ?? ["?"]
        }
        #expect(try await start(nil) == ["p95 < 1000ms", "count > 5"])
        #expect(try await start(["thresholds": ["max < 2s"]]) == ["max < 2000ms"])
        #expect(try await start(["thresholds": []]) == [])
    }

    @Test func `wrong ones are told with their place in the body and in the text`() async throws {
        let answer = try await service.ask(
            "POST", "/v1/tests",
            .test([
                "thresholds": [
                    "p95 < 300", "latency < 1ms", "p95 < 300ms",
                    ["expression": "count > 5", "abortAfterSeconds": 1],
                    ["expression": "max < 1s", "abortAfterSeconds": 1, "severity": "warn"],
                    ["expression": "max < 1s for 5s", "windowSeconds": 6],
                    ["expression": "dropped of x < 1"],
                    ["expression": "p95 of tag x < 1s"],
                ]
            ]))
        #expect(answer.status == 422)
        #expect(
            answer.pointers == [
                "/thresholds/0", "/thresholds/1", "/thresholds/3/abortAfterSeconds",
                "/thresholds/4/abortAfterSeconds", "/thresholds/5/windowSeconds", "/thresholds/6",
                "/thresholds/7/expression",
            ])
        #expect(answer.messages.contains { $0.contains("at character 10: a time needs its unit") })
        #expect(answer.messages.contains { $0.contains("at character 1: unknown measure") })
    }

    @Test(arguments: [
        "p95 < 1e-9ms", "p95 < 1e300s", "max < 0.0000001ms", "count < 1e18", "count < 1e-5",
        "errorRate < 0.000000001%", "rps > 123456789.123456789", "p99.99999 < 1s",
        "p99 < 1s for 0.0001s", "p99 < 1s for 1e9s", "mean of \"a\\\"b\" < 1s",
        "mean of \"\u{301}\" < 1s", "mean of \"a\u{0}b\" < 1s", "mean of \"\u{2028}\" < 1s",
        "mean of \" \" < 1s", "mean of 'a\"b' < 1s", "count < 9007199254740993",
    ])
    func `what is taken is read back as the same`(text: String) async throws {
        let first = try await service.ask(
            "POST", "/v1/load-tests",
            .loadTest(["thresholds": [["expression": .string(text)]]]))
        guard first.status != 422 else { return #expect(first.pointers[0].contains("/0")) }
        let shown = try #require(first["/thresholds"])
        let again = try await service.ask(
            "PUT", "/v1/load-tests/\(try first.id())", .loadTest(["thresholds": shown]))
        #expect(again["/thresholds"] == shown, "\(again.text)")
        let run = try await service.ask(
            "POST", "/v1/load-tests/\(try first.id())/runs", nil, as: .operator)
        try await service.end(try run.id())
        let over = try await service.ask("GET", "/v1/runs/\(try run.id())")
        #expect(over["/thresholds/0/expression"] == shown.items?[0]["expression"])
    }

    @Test func `a run is not stopped by long windows of response times`() async throws {
        func answer(_ text: String) async throws -> Answer {
            try await service.ask(
                "POST", "/v1/load-tests",
                .loadTest([
                    "thresholds": [["expression": .string(text), "abortAfterSeconds": 1]]
                ]))
        }
        #expect(
            try await answer("p95 < 1s for 301s").pointers == ["/thresholds/0/abortAfterSeconds"])
        #expect(try await answer("p95 < 1s for 5m").status == 201)
        #expect(try await answer("errorRate < 1% for 1h").status == 201)
    }

    @Test func `what has not even the shape is told with all the rest`() async throws {
        let id = try await service.define()
        let answer = try await service.ask(
            "POST", "/v1/load-tests/\(id)/runs",
            ["targetUsers": 0, "thresholds": [5, ["expression": "max"], ["severity": "fail"]]],
            as: .operator)
        #expect(answer.status == 422)
        #expect(
            answer.pointers == [
                "/targetUsers", "/thresholds/0", "/thresholds/1/expression",
                "/thresholds/2/expression",
            ])
        let many = JSONValue.array([JSONValue](repeating: "max < 1s", count: 51))
        let tooMany = try await service.ask(
            "POST", "/v1/load-tests/\(id)/runs", ["thresholds": many], as: .operator)
        #expect(tooMany.pointers == ["/thresholds"])
    }

    @Test func `a run that is over shows its verdict, everywhere the same`() async throws {
        let thresholds: JSONValue = ["errorRate < 10%", "count >= 1"]
        let run = try await service.startRun(.test(["thresholds": thresholds]))
        try await service.begin(run)
        try await service.ask(
            "POST", "/v1/callbacks/metrics",
            .callback(run, sequence: 2).with([
                "elapsedSeconds": 0,
                "totals": [
                    "requests": 10, "failures": 5, "avgResponseMs": 9, "histogram": ["9": 10],
                ],
            ]), as: .callback)
        try await service.end(run)
        let over = try await service.ask("GET", "/v1/runs/\(run)")
        #expect(over["/verdict"] == "failed")
        #expect(over["/verdictReason"]?.text?.hasPrefix("errorRate < 10%: was 50%") == true)
        #expect(over["/thresholds/0/outcome"] == "failed")
        #expect(over["/thresholds/0/actual"] == 50)
        #expect(over["/thresholds/0/unit"] == "%")
        #expect(over["/thresholds/0/certain"] == true)
        #expect(over["/thresholds/1/outcome"] == "passed")
        #expect(over["/measurement/clean"] != .null)
        let summary = try await service.ask("GET", "/v1/runs/\(run)/summary")
        #expect(summary["/verdict"] == "failed")
        let failed = try await service.ask("GET", "/v1/runs?verdict=failed,passed")
        #expect(failed.ids == [run])
        #expect(failed["/items/0/thresholds"] == over["/thresholds"])
        #expect(try await service.ask("GET", "/v1/runs?verdict=inconclusive").ids == [])
        #expect(try await service.ask("GET", "/v1/runs?verdict=green").status == 400)
        let timeline = try await service.ask("GET", "/v1/runs/\(run)/timeline?limit=100")
        let line = timeline["/items"]?.items?.last
        #expect(line?["kind"] == "verdict" && line?["facts"]?["verdict"] == "failed")
    }
}
