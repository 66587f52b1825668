import ControlPlane
import Foundation
import HTTP
import JSON
import Metrics
import Synchronization
import Testing

@testable import API
@testable import Exposition
@testable import TestSupport

/// `GET /metrics`: who sees what, and that it is the same as elsewhere.
struct FiguresTests {
    private let service: TestService

    init() throws { service = try TestService() }

    /// The values by what stands before them.
    private func figures(
        as caller: Caller?, open: Bool = false, at place: SourceLocation = #_sourceLocation
    ) async throws -> [String: Double] {
        // What was read within the last second is told again.
        service.time.advance(by: .seconds(2))
        let answer = try await service.ask("GET", "/metrics", as: caller)
        try #require(answer.status == 200, "\(answer.text)", sourceLocation: place)
        return try Figures.read(answer.text)
    }

    private func startRun(_ tenant: String = "tenant-1") async throws -> String {
        let isFirst = tenant == "tenant-1"
        let changes: [String: JSONValue?] = isFirst ? [:] : ["tenantId": .string(tenant)]
        let run = try await service.startRun(
            .test(changes), as: isFirst ? .operator : .editorOfOther)
        try await service.begin(run)
        return run
    }

    private func report(
        _ run: String, requests: Int64, failures: Int64, _ histogram: JSONValue
    ) async throws {
        let sample: JSONValue = [
            "requests": .int(requests), "failures": .int(failures), "avgResponseMs": 20,
            "minResponseMs": 2, "maxResponseMs": 700, "histogram": histogram,
        ]
        try await service.ask(
            "POST", "/v1/callbacks/metrics",
            .callback(
                run, sequence: 2,
                [
                    "users": 7, "workers": 3, "totals": sample,
                    "endpoints": [sample.with(["method": "GET", "name": "/a \"b\"\\"])],
                ]), as: .callback)
    }

    @Test func `a run's figures are those of its summary`() async throws {
        let run = try await startRun()
        try await report(run, requests: 100, failures: 4, ["2": 50, "30": 45, "700": 5])
        let labels = "tenant=\"tenant-1\",environment=\"dev\",cluster=\"first\",run=\"\(run)\""
        let figures = try await figures(as: .viewer)
        let summary = try await service.ask("GET", "/v1/runs/\(run)/summary")
        #expect(figures["swarmkeeper_run_requests_total{\(labels)}"] == 100)
        #expect(figures["swarmkeeper_run_failures_total{\(labels)}"] == 4)
        #expect(figures["swarmkeeper_run_users{\(labels)}"] == 7)
        #expect(figures["swarmkeeper_run_workers{\(labels)}"] == 3)
        let times = "swarmkeeper_run_response_time_seconds"
        #expect(figures["\(times)_bucket{\(labels),le=\"0.0025\"}"] == 50)
        #expect(figures["\(times)_bucket{\(labels),le=\"0.05\"}"] == 95)
        #expect(figures["\(times)_bucket{\(labels),le=\"1.0\"}"] == 100)
        #expect(figures["\(times)_count{\(labels)}"] == 100)
        let own = labels + ",method=\"GET\",endpoint=\"/a \\\"b\\\"\\\\\""
        #expect(figures["swarmkeeper_endpoint_requests_total{\(own)}"] == 100)
        let quantile = figures[
            "swarmkeeper_run_response_percentile_seconds{\(labels),percentile=\"95\"}"]
        #expect(quantile == summary["/totals/p95ResponseMs"]?.number.map { $0 / 1000 })
        #expect(figures["stress_test_active_tests"] == 1)
        #expect(figures["stress_test_active_workers"] == 3)
    }

    @Test func `counters say since when they count`() async throws {
        let run = try await startRun()
        try await report(run, requests: 100, failures: 4, ["2": 50, "30": 45, "700": 5])
        let answer = try await service.ask(
            "GET", "/metrics", headers: ["Accept": "application/openmetrics-text; version=1.0.0"])
        for level in ["run", "endpoint"] {
            for name in ["requests", "failures", "response_time_seconds"] {
                #expect(answer.text.contains("\nswarmkeeper_\(level)_\(name)_created{"), "\(name)")
            }
        }
    }

    @Test func `a run that has ended is shown for some minutes more`() async throws {
        let run = try await startRun()
        try await report(run, requests: 10, failures: 0, ["2": 10])
        try await service.end(run)
        let ended = try await figures(as: .viewer)
        let name = ended.keys.first { $0.hasPrefix("swarmkeeper_run_requests_total") }
        #expect(name.flatMap { ended[$0] } == 10)
        #expect(ended["stress_test_active_tests"] == 0)
        #expect(!ended.keys.contains { $0.hasPrefix("swarmkeeper_run_deadline") })
        service.time.advance(by: .seconds(301))
        let later = try await figures(as: .viewer)
        #expect(!later.keys.contains { $0.contains(run) })
    }

    @Test func `a tenant sees its own runs and nothing of the service`() async throws {
        let (own, other) = (try await startRun(), try await startRun("tenant-2"))
        let seen = try await figures(as: .viewer)
        #expect(seen.keys.contains { $0.contains(own) })
        #expect(!seen.keys.contains { $0.contains(other) || $0.contains("tenant-2") })
        #expect(!seen.keys.contains { $0.hasPrefix("http_") || $0.contains("_process_") })
        #expect(!seen.keys.contains { $0.contains("swarmkeeper_cluster_") })
        let all = try await figures(as: .administrator)
        #expect(all.keys.contains { $0.contains(own) })
        #expect(all.keys.contains { $0.contains(other) })
        #expect(all.keys.contains { $0.hasPrefix("http_requests_total") })
        #expect(all.keys.contains { $0.hasPrefix("swarmkeeper_cluster_up") })
        #expect(all["stress_test_active_tests"] == 2)
    }

    @Test func `without a token there is nothing, unless it was opened`() async throws {
        let run = try await startRun()
        #expect(try await service.ask("GET", "/metrics", as: nil).status == 401)
        var settings = MetricsSettings()
        settings.access = .open
        service.services.meters.replace(settings)
        let seen = try await figures(as: nil)
        #expect(seen.keys.contains { $0.hasPrefix("http_requests_total") })
        #expect(seen.keys.contains { $0.hasPrefix("swarmkeeper_process_open_fds") })
        for secret in [run, "tenant-1", "\"first\"", "stress_test"] {
            #expect(!seen.keys.contains { $0.contains(secret) }, "\(secret)")
        }
        // A wrong token is a mistake to be told of, not a stranger.
        #expect(try await service.ask("GET", "/metrics", as: Caller(token: "x")).status == 401)
        #expect(try await service.ask("GET", "/metrics", as: .callback).status == 403)
        #expect(try await service.ask("GET", "/v1/runs", as: nil).status == 401)
    }

    @Test func `the scraper's token shows all figures and opens nothing else`() async throws {
        let run = try await startRun("tenant-2")
        var settings = MetricsSettings()
        settings.token = "token-of-the-scraper"
        service.services.meters.replace(settings)
        let scraper = Caller(token: "token-of-the-scraper")
        let seen = try await figures(as: scraper)
        #expect(seen.keys.contains { $0.contains(run) })
        #expect(seen.keys.contains { $0.hasPrefix("http_requests_total") })
        #expect(try await service.ask("GET", "/v1/runs", as: scraper).status == 401)
        #expect(try await service.ask("GET", "/metrics", as: Caller(token: "y")).status == 401)
    }

    @Test func `the format is the one that is asked for`() async throws {
        let open = try await service.ask(
            "GET", "/metrics", headers: ["Accept": "application/openmetrics-text; version=1.0.0"])
        #expect(open.header("Content-Type") == TextFormat.openMetrics.contentType)
        #expect(open.text.hasSuffix("# EOF\n"))
        let plain = try await service.ask("GET", "/metrics")
        #expect(plain.header("Content-Type") == "text/plain; version=0.0.4; charset=utf-8")
        #expect(!plain.text.contains("# EOF"))
    }

    @Test func `requests are counted by route and class, and refusals by code`() async throws {
        try await service.ask("GET", "/v1/runs/nobody")
        try await service.ask("GET", "/v1/runs/nobody-else")
        try await service.ask("GET", "/v1/runs", as: nil)
        let figures = try await figures(as: .administrator)
        let route = "method=\"GET\",route=\"/v1/runs/{id}\""
        #expect(figures["http_requests_total{\(route),status=\"4xx\"}"] == 2)
        #expect(
            figures["http_request_duration_seconds_count{\(route),status=\"4xx\"}"] == 2)
        #expect(figures["http_requests_failed_total{\(route)}"] == 0)
        #expect(figures["swarmkeeper_http_refusals_total{code=\"notFound\"}"] == 2)
        #expect(figures["swarmkeeper_http_refusals_total{code=\"unauthorized\"}"] == 1)
        // The one that asks.
        #expect(figures["swarmkeeper_http_requests_in_flight"] == 1)
        let stores = figures.keys.filter { $0.hasPrefix("swarmkeeper_store_duration") }
        // Attached by the program alone.
        #expect(stores.isEmpty && figures["swarmkeeper_store_up"] == 1)
        #expect(service.store.latencies.snapshots["runs.run"].map { $0.total > 0 } == true)
    }

    @Test func `ten thousand endpoints are fifty and the rest`() async throws {
        let run = try await startRun()
        let endpoints = (0..<10_000).map { number in
            var times = Histogram()
            times.record(UInt64(number + 1))
            return EndpointSample(
                endpoint: Endpoint(method: "GET", name: "/item/\(number)"),
                sample: Sample(requests: 2, failures: 1, histogramDelta: times))
        }
        var all = Histogram()
        for number in 0..<10_000 { all.record(UInt64(number + 1)) }
        try await service.store.append(
            Observation(
                key: .init(source: .callback, epoch: "process-1", sequence: 9),
                time: service.time.now, users: 5, workers: 1,
                totals: Sample(requests: 20_000, failures: 10_000, histogramDelta: all),
                endpoints: endpoints, errors: []),
            to: RunID(run), numbers: nil)
        let figures = try await figures(as: .viewer)
        let rows = figures.filter { $0.key.hasPrefix("swarmkeeper_endpoint_requests_total") }
        #expect(rows.count == 51)
        #expect(rows.values.reduce(0, +) == 20_000)
        let other = rows.first { $0.key.hasSuffix("method=\"*\",endpoint=\"other\"}") }
        #expect(other?.value == 19_900)
        let counts = figures.filter {
            $0.key.hasPrefix("swarmkeeper_endpoint_response_time_seconds_count")
        }
        #expect(counts.values.reduce(0, +) == 10_000)
        #expect(figures.count < 1_200)
    }

    @Test func `a store that hangs leaves the rest to be seen`() async throws {
        let runs = RunFigures(
            HangingSource(), time: service.time, logger: service.services.logger)
        let isFresh = Mutex<Bool?>(nil)
        Task {
            let snapshot = await runs.current(endpointsPerRun: 1)
            isFresh.withLock { $0 = snapshot.isFresh }
        }
        #expect(await eventually(moving: service.time) { isFresh.withLock { $0 } != nil })
        #expect(isFresh.withLock { $0 } == false)
    }

    @Test func `ten thousand series take milliseconds`() {
        let labels = [("tenant", "tenant-1"), ("run", "0d1f2c3b-aaaa-bbbb-cccc-0123456789ab")]
        let histogram = MetricHistogram(
            bounds: RunMeter.boundsMicroseconds.map { Double($0) / 1e6 },
            counts: (0..<15).map { UInt64($0 * 1_000) }, sum: 12_345.678)
        let family = MetricFamily(
            "swarmkeeper_endpoint_response_time_seconds", .histogram, unit: "seconds", help: "T.",
            (0..<590).map { MetricPoint(histogram, labels + [("endpoint", "/item/\($0)")]) })
        let clock = ContinuousClock()
        var bytes = 0
        let time = clock.measure { bytes = TextFormat.openMetrics.text(of: [family]).count }
        #expect(family.seriesCount >= 10_000)
        Figures.tell("\(family.seriesCount) series, \(bytes) bytes, written in \(time)")
        #expect(bytes < 2_000_000)
    }
}

/// Reads the text format as far as these tests need it.
enum Figures {
    static func read(_ text: String) throws -> [String: Double] {
        var figures: [String: Double] = [:]
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            let space = try #require(line.lastIndex(of: " "), "\(line)")
            let name = String(line[..<space])
            #expect(figures[name] == nil, "twice: \(name)")
            let value = line[line.index(after: space)...].replacing("Inf", with: "inf")
            guard let number = Double(value) else {
                Issue.record("no number: \(line)")
                continue
            }
            figures[name] = number
        }
        return figures
    }

    /// Shows what was measured, which no machine is held to.
    static func tell(_ text: String) { print("measured: \(text)") }
}

/// A store that never answers.
private struct HangingSource: MeasurementSource {
    func measuredRuns(endedAfter time: Date, limit: Int) async throws(ControlPlaneError)
        -> [FollowedRun]
    {
        // Longer than the test; it ends with its process.
        try? await Task.sleep(for: .seconds(3_600))
        return []
    }

    func liveCounts() async throws(ControlPlaneError) -> [LiveCount] { [] }

    func measurements(of run: RunID, after mark: Int, endpointsMax: Int)
        async throws(ControlPlaneError) -> MeasurementPiece
    {
        MeasurementPiece(rows: [], mark: mark, endpointCount: 0, isLast: true)
    }
}
