import JSON
import Testing

@testable import Locust

struct StatsReportTests {
    private func report(_ text: String) throws -> StatsReport {
        try #require(StatsReport(try JSONReader.document(Array(text.utf8), dialect: .python)))
    }

    @Test func `a running test has its rows, its total and its errors`() throws {
        let report = try report(Captures.statsRunning)
        #expect(report.state == .running)
        #expect(report.userCount == 10)
        #expect(report.workerCount == 2)
        #expect(report.rows.map(\.name) == ["/fail", "/ok", "/rand", "/slow"])
        #expect(report.aggregated.requests == 543)
        #expect(report.aggregated.failures == 59)
        #expect(report.aggregated.percentiles == [0.95: 250, 0.99: 250])
        #expect(report.rows[3].medianMilliseconds == 251.0484899999028)
        #expect(report.currentPercentiles == [0.5: 2, 0.95: 250])
        #expect(report.errors.first?.occurrences == 59)
        #expect(report.errors.first?.firstSeen == 1795239968.2449365)
        #expect(report.workers?.first?.cpuPercent == 3)
        #expect(report.workers?.first?.memoryBytes == 56_414_208)
        #expect(!report.isTruncated)
    }

    @Test func `percentiles are those that the locustfile chose`() throws {
        let report = try report(Captures.statsCustomPercentiles)
        #expect(report.aggregated.percentiles.keys.sorted() == [0.5, 0.9, 0.95, 0.99, 0.999])
        #expect(report.currentPercentiles?.keys.sorted() == [0.5, 0.95, 0.99])
    }

    @Test func `a fresh master has no times rather than times of zero`() throws {
        let report = try report(Captures.statsReady)
        #expect(report.state == .ready)
        #expect(report.rows.isEmpty)
        #expect(report.aggregated.averageMilliseconds == nil)
        #expect(report.aggregated.percentiles.isEmpty)
        #expect(report.currentPercentiles == nil)
        #expect(report.workers == [])
        #expect(report.workerCount == 0)
    }

    @Test func `times that no request can take are cut to some that can be told`() throws {
        let report = try report(
            Captures.statsRunning.replacing("251.0484899999028", with: "1e308"))
        #expect(report.rows[3].medianMilliseconds == 1e12)
    }

    @Test func `a missing worker is listed and not counted`() throws {
        let report = try report(Captures.statsWorkerMissing)
        #expect(report.workers?.count == 2)
        #expect(report.workers?.filter { $0.state == .missing }.count == 1)
        #expect(report.workerCount == 1)
    }

    @Test func `a standalone process has no workers to count`() throws {
        let report = try report(Captures.statsStandalone)
        #expect(report.workers == nil)
        #expect(report.workerCount == nil)
    }

    @Test func `the keys of 2 20 are read as well`() throws {
        let report = try report(Captures.statsOf220)
        #expect(report.aggregated.requests == 384)
        #expect(report.aggregated.percentiles == [0.9: 12, 0.99: 12])
        #expect(report.currentPercentiles == nil)
        #expect(report.workerCount == 1)
        #expect(report.errors.first?.firstSeen == nil)
    }

    @Test(arguments: [
        ("1e300", 9_007_199_254_740_992), ("-1e300", 0), ("NaN", 0), ("Infinity", 0),
        ("-Infinity", 0), ("null", 0), ("\"7\"", 0), ("2.9", 2), ("1e999", 0), ("-3", 0),
        ("123456789012345678901234567890", 9_007_199_254_740_992),
    ])
    func `a count is what it can be, and never a trap`(number: String, expected: Int) throws {
        let report = try report(
            """
            {"state": "spun", "user_count": \(number), "stats": [{"name": "Aggregated",
            "method": null, "num_requests": \(number), "num_failures": \(number),
            "avg_response_time": \(number), "response_time_percentile_0.5": \(number)}],
            "workers": [{"memory_usage": \(number), "user_count": \(number)}]}
            """)
        #expect(report.state == .unknown("spun"))
        #expect(report.userCount == expected)
        #expect(report.aggregated.requests == expected)
        #expect(report.aggregated.averageMilliseconds?.isFinite ?? true)
        let areFinite = report.aggregated.percentiles.values.allSatisfy { $0.isFinite }
        #expect(areFinite)
    }

    @Test func `five hundred rows may be all or not`() throws {
        func rows(_ count: Int) throws -> StatsReport {
            let row = #"{"name": "/", "method": "GET", "num_requests": 1}, "#
            return try report(
                """
                {"state": "running", "stats": [\(String(repeating: row, count: count))\
                {"name": "Aggregated", "method": ""}]}
                """)
        }
        #expect(try !rows(499).isTruncated)
        #expect(try rows(500).isTruncated)
    }

    @Test(arguments: [
        "{}", "[]", #"{"state": "ready"}"#, #"{"stats": []}"#,
        #"{"state": "ready", "stats": [{"name": "/", "method": "GET"}]}"#,
        #"{"state": "ready", "stats": [{"name": "Aggregated", "method": "GET"}]}"#,
    ])
    func `what has no state or no total is not such an answer`(text: String) throws {
        #expect(StatsReport(try JSONReader.document(Array(text.utf8), dialect: .python)) == nil)
    }

    @Test func `a run identity keeps what is there and ignores what is new`() throws {
        let json = try JSONReader.document(Array(Captures.identity.utf8), dialect: .python)
        let identity = try #require(RunIdentity(json))
        #expect(identity.boot == "b7")
        #expect(identity.sequence == 2)
        #expect(identity.state == .started)
        #expect(identity.runnerState == .running)
        #expect(identity.workersGuarded == 1)
        #expect(identity.deadlineInSeconds == 47.5)
        #expect(identity.leaseInSeconds == nil)
        let least = try #require(
            RunIdentity(.object(["boot": .string("b"), "state": .string("paused")])))
        #expect(least.state == .unknown("paused"))
        #expect(least.runID == nil)
        #expect(least.workersGuarded == nil)
        #expect(RunIdentity(.object(["boot": .string("b")])) == nil)
    }
}
