import ControlPlane
import JSON
import Testing

@testable import API
@testable import TestSupport

/// One run whose hook sends two messages ten seconds apart:
/// 100 requests with 10 failures, then 300 with 20 in all, at two endpoints. (Response times of
/// 10 ms come back as 10.007, the end of the histogram's bucket.)
struct MetricsTests {
    let service: TestService
    let run: String

    init() async throws {
        service = try TestService()
        run = try await service.startRun(.test(["durationSeconds": 30]))
        try await service.begin(run)
        service.time.advance(by: .seconds(10))
        try await report(
            2,
            [
                "elapsedSeconds": 10, "users": 10, "workers": 2,
                "totals": Self.sample(100, 10, average: 20, ["10": 50, "30": 50]),
                "endpoints": [
                    Self.sample(60, 0, average: 10, ["10": 60])
                        .with(["method": "GET", "name": "/a"]),
                    Self.sample(40, 10, average: 35, ["30": 40])
                        .with(["method": "POST", "name": "/b"]),
                ],
                "errors": [Self.error(10)],
            ])
        service.time.advance(by: .seconds(10))
        try await report(
            3,
            [
                "elapsedSeconds": 20, "users": 20, "workers": 2,
                "totals": Self.sample(300, 20, average: 40, ["10": 100, "100": 100]),
                "endpoints": [
                    Self.sample(260, 0, average: 45, ["10": 100, "100": 100])
                        .with(["method": "GET", "name": "/a"])
                ],
                "errors": [Self.error(20)],
            ])
    }

    private static func sample(
        _ requests: Int64, _ failures: Int64, average: Double, _ histogram: JSONValue
    ) -> JSONValue {
        [
            "requests": .int(requests), "failures": .int(failures),
            "avgResponseMs": .double(average), "minResponseMs": 8.5, "maxResponseMs": 110,
            "histogram": histogram,
        ]
    }

    private static func error(_ occurrences: Int64) -> JSONValue {
        [
            "method": "POST", "name": "/b", "message": "HTTPError 500",
            "occurrences": .int(occurrences), "firstSeen": "2027-01-15T08:00:01.500Z",
            "lastSeen": "2027-01-15T09:00:19+01:00",
        ]
    }

    private func report(_ sequence: Int64, _ changes: [String: JSONValue?]) async throws {
        let answer = try await service.ask(
            "POST", "/v1/callbacks/metrics", .callback(run, sequence: sequence, changes),
            as: .callback)
        try #require(answer.status == 200)
    }

    @Test func `the last numbers are those of the newest message`() async throws {
        let metrics = try await service.ask("GET", "/v1/runs/\(run)")
        #expect(
            metrics["/lastMetrics"] == [
                "timestamp": "2027-01-15T08:00:20.000Z", "totalRps": 15, "totalRequests": 300,
                "totalFailures": 20, "errorRate": 6.666667, "avgResponseMs": 40,
                "minResponseMs": 8.5, "maxResponseMs": 110, "p50ResponseMs": 10.007,
                "p95ResponseMs": 100, "p99ResponseMs": 100, "currentUsers": 20,
            ])
    }

    @Test func `the summary adds up to what was counted`() async throws {
        let summary = try await service.ask("GET", "/v1/runs/\(run)/summary", as: .viewer)
        #expect(summary["/runId"] == .string(run))
        #expect(summary["/state"] == "Running")
        #expect(summary["/loadSeconds"] == 20)
        #expect(
            summary["/totals"] == [
                "method": nil, "name": nil, "requests": 300, "failures": 20,
                "errorRate": 6.666667, "rps": 15, "avgResponseMs": 40, "minResponseMs": 8.5,
                "maxResponseMs": 110, "p50ResponseMs": 10.007, "p95ResponseMs": 100,
                "p99ResponseMs": 100, "percentileSource": "histogram",
            ])
        #expect(summary["/endpoints"]?.items?.count == 2)
        #expect(summary["/endpoints/0/name"] == "/a")
        #expect(summary["/endpoints/0/requests"] == 260)
        #expect(summary["/endpoints/0/p50ResponseMs"] == 10.007)
        #expect(summary["/endpoints/1/requests"] == 40)
        #expect(summary["/endpoints/1/errorRate"] == 25)
        #expect(summary["/endpoints/1/rps"] == 2)
        #expect(
            summary["/errors"] == [
                [
                    "method": "POST", "name": "/b", "message": "HTTPError 500", "occurrences": 20,
                    "firstSeen": "2027-01-15T08:00:01.500Z",
                    "lastSeen": "2027-01-15T08:00:19.000Z",
                ]
            ])
    }

    @Test func `the series counts every request once, in the step it belongs to`() async throws {
        let series = try await service.ask("GET", "/v1/runs/\(run)/metrics?resolution=10s")
        #expect(series["/runId"] == .string(run))
        #expect(series["/endpoint"] == .null)
        #expect(series["/resolutionSeconds"] == 10)
        let points = try #require(series["/points"]?.items)
        #expect(points.count == 2)
        #expect(points.map { $0["requests"] } == [100, 200])
        #expect(points.map { $0["failures"] } == [10, 10])
        #expect(points.map { $0["rps"] } == [10, 20])
        #expect(points.map { $0["errorRate"] } == [10, 5])
        #expect(points.map { $0["avgResponseMs"] } == [20, 50])
        #expect(points[0]["time"] == "2027-01-15T08:00:00.000Z")
        #expect(points[1]["time"] == "2027-01-15T08:00:10.000Z")
        #expect(points[1]["users"] == 20)
        #expect(points[1]["workers"] == 2)
        let fine = try await service.ask("GET", "/v1/runs/\(run)/metrics?resolution=1")
        let counts = (fine["/points"]?.items ?? []).compactMap { $0["requests"]?.integer }
        #expect(counts.count == 20)
        #expect(counts.reduce(0, +) == 300)
    }

    @Test func `one endpoint's series is told by method and name`() async throws {
        let series = try await service.ask(
            "GET", "/v1/runs/\(run)/metrics?method=POST&name=/b&resolution=10")
        #expect(series["/endpoint"] == ["method": "POST", "name": "/b"])
        #expect(series["/points/0/requests"] == 40)
        let unknown = try await service.ask("GET", "/v1/runs/\(run)/metrics?method=PUT&name=/b")
        #expect(unknown.status == 404)
    }

    @Test func `from and to cut a window out`() async throws {
        let series = try await service.ask(
            "GET",
            "/v1/runs/\(run)/metrics?from=2027-01-15T08:00:10Z&to=2027-01-15T08:00:15Z"
                + "&resolution=5")
        #expect(series["/points"]?.items?.count == 1)
        #expect(series["/points/0/requests"] == 100)
        let moment = try await service.ask(
            "GET", "/v1/runs/\(run)/metrics?from=2027-01-15T08:00:10Z&to=2027-01-15T08:00:10Z")
        #expect(moment["/points"]?.items?.count == 1)
        #expect(moment["/points/0/requests"] == 0)
        let before = try await service.ask(
            "GET", "/v1/runs/\(run)/metrics?from=0001-01-01T00:00:00Z&to=2020-01-01T00:00:00Z")
        #expect(before.status == 200)
        let ages = try await service.ask(
            "GET", "/v1/runs/\(run)/metrics?from=0001-01-01T00:00:00Z&to=9999-12-31T23:59:59Z")
        #expect(ages.status == 200)
        let counts = (ages["/points"]?.items ?? []).compactMap { $0["requests"]?.integer }
        #expect(counts.reduce(0, +) == 300)
    }

    @Test(arguments: [
        ("from=2027-01-15T08:00:20Z&to=2027-01-15T08:00:10Z", "?from"), ("from=now", "?from"),
        ("to=2027-13-15T08:00:00Z", "?to"), ("resolution=0", "?resolution"),
        ("resolution=0.5", "?resolution"), ("resolution=86401", "?resolution"),
        ("resolution=fine", "?resolution"), ("resolution=-1", "?resolution"),
        ("resolution=1&to=2027-01-15T08:33:21Z", "?resolution"), ("method=GET", "?name"),
        ("name=/a", "?method"), ("step=1", "?step"),
    ])
    func `a wrong window is refused by parameter`(query: String, pointer: String) async throws {
        let answer = try await service.ask("GET", "/v1/runs/\(run)/metrics?\(query)")
        #expect(answer.status == 400)
        #expect(answer.pointers == [pointer])
    }

    @Test func `2000 points are given and not one more`() async throws {
        let answer = try await service.ask(
            "GET", "/v1/runs/\(run)/metrics?resolution=1&to=2027-01-15T08:33:20Z")
        #expect(answer["/points"]?.items?.count == TimeSeries.pointsMax)
    }

    @Test func `a run that is over has no users and the rate of the whole run`() async throws {
        let last = try await service.ask(
            "POST", "/v1/callbacks/test-stop",
            .callback(
                run, sequence: 4,
                [
                    "elapsedSeconds": 20, "users": 0,
                    "totals": Self.sample(320, 20, average: 40, ["10": 20]),
                ]), as: .callback)
        #expect(last.status == 200)
        _ = try await eventually { try await service.state(of: run) == "Failed" }
        let over = try await service.ask("GET", "/v1/runs/\(run)")
        #expect(over["/endReason"] == "loadVanished")
        #expect(over["/lastMetrics/totalRequests"] == 320)
        #expect(over["/lastMetrics/currentUsers"] == 0)
        #expect(over["/lastMetrics/totalRps"] == 16)
        let summary = try await service.ask("GET", "/v1/runs/\(run)/summary")
        #expect(summary["/loadSeconds"] == 20)
        #expect(summary["/totals/rps"] == 16)
    }

    @Test func `a run without numbers has an empty summary and series`() async throws {
        let empty = try await service.startRun(.test(["locustClusterId": "second"]))
        let summary = try await service.ask("GET", "/v1/runs/\(empty)/summary")
        #expect(summary.status == 200)
        #expect(summary["/totals/requests"] == 0)
        #expect(summary["/totals/percentileSource"] == .null)
        #expect(summary["/endpoints"] == [])
        let series = try await service.ask("GET", "/v1/runs/\(empty)/metrics")
        #expect(series.status == 200)
        #expect(series["/points/0/requests"] == 0)
    }
}
