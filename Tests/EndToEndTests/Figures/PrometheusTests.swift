import Foundation
import JSON
import TestSupport
import Testing

/// What a real Prometheus makes of a real service under load.
@Suite(.enabled(if: Prometheus.isInstalled, "Prometheus is not installed"))
struct PrometheusTests {
    private static let scenario = """
        { "requests": [
            { "name": "front", "path": "/" },
            { "name": "a \\"quoted\\\\ name\\"", "path": "/page" } ] }
        """

    private func promtool(_ words: String..., input: String? = nil) async throws -> String {
        let redirect = input.map { ["sh", "-c", "promtool \"$@\" < '\($0)'", "promtool"] }
        let outcome = try await Curl.shell((redirect ?? ["promtool"]) + words)
        #expect(outcome.code == 0, "\(words): \(outcome.text)")
        return outcome.text
    }

    @Test func `configuration, rules and their cases pass promtool`() async throws {
        let folder = Prometheus.folder.path
        // The scrape configuration names a file that only a real installation has.
        _ = try await promtool("check", "config", "--syntax-only", "\(folder)/prometheus.yml")
        _ = try await promtool("check", "rules", "\(folder)/alerts.yml", "\(folder)/recording.yml")
        _ = try await promtool("test", "rules", "\(folder)/alerts.test.yml")
    }

    @Test func `every alert has a case`() throws {
        let alerts = try String(
            contentsOfFile: Prometheus.folder.path + "/alerts.yml", encoding: .utf8)
        let cases = try String(
            contentsOfFile: Prometheus.folder.path + "/alerts.test.yml", encoding: .utf8)
        let names = alerts.split(separator: "\n").compactMap { line in
            line.split(separator: "- alert: ", maxSplits: 1).last.flatMap { name in
                line.contains("- alert: ") ? String(name) : nil
            }
        }
        #expect(names.count >= 9)
        for name in names {
            #expect(cases.contains("alertname: \(name)\n"), "\(name) is expected by no case")
        }
    }

    @Test func `it reads all of a native run, and every panel shows something`() async throws {
        try await withNativeScene { scene in
            let service = scene.service
            let prometheus = try await Prometheus(
                scraping: String(service.baseURL.dropFirst(7)), token: Service.administrator)
            let id = try await scene.start(users: 5, seconds: 120, scenario: Self.scenario)
            _ = try await scene.running(id, beyond: 50)
            // Rates need two scrapes, and what has failed or was late some time of its own.
            let isSeen = try await eventually {
                let rate = "rate(swarmkeeper_endpoint_requests_total{run=\"\(id)\"}[10s]) > 0"
                return try await prometheus.query(rate).count == 2
            }
            // One scrape may have taken too long for a second, all do not.
            var problem: String?
            let isRead = try await eventually {
                problem = try await prometheus.scrapeProblem()
                return problem == nil
            }
            try #require(isSeen && isRead, "\(problem ?? "")\n\(service.log)")
            try await checkPanels(prometheus, run: id)
            try await checkMetrics(service)
            _ = try await service.client().post("/v1/runs/\(id)/stop")
            _ = try await scene.over(id)
            try await checkNumbers(prometheus, service, run: id)
        }
    }

    /// Every expression of every panel, with its variables filled in.
    private func checkPanels(_ prometheus: Prometheus, run: String) async throws {
        let folder = Repository.root.appending(path: "config/grafana/dashboards")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(files.count >= 2)
        for file in files {
            let text = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
            let board = try #require(JSONValue(text), "\(file) is not JSON")
            var expressions: [(String, String)] = []
            for variable in board["templating"]?["list"]?.items ?? [] {
                guard let definition = variable["definition"]?.text else { continue }
                let selector = definition.dropFirst("label_values(".count).split(
                    separator: ", "
                ).dropLast().joined(separator: ", ")
                expressions.append(("variable \(definition)", selector))
            }
            for panel in board["panels"]?.items ?? [] {
                for target in panel["targets"]?.items ?? [] {
                    let title = panel["title"]?.text ?? ""
                    expressions.append((title, try #require(target["expr"]?.text)))
                }
            }
            for (title, expression) in expressions {
                let filled = expression.replacing("$__rate_interval", with: "1m")
                    .replacing("$job", with: "swarmkeeper").replacing("$tenant", with: "red")
                    .replacing("$run", with: run)
                #expect(!filled.contains("$"), "\(file), \(title): \(filled)")
                let hasData = try await eventually {
                    try await !prometheus.query(filled).isEmpty
                }
                #expect(hasData, "\(file), \(title) shows nothing: \(filled)")
            }
        }
    }

    private func checkMetrics(_ service: Service) async throws {
        let folder = try TemporaryFolder()
        let answer = try await Curl.run(
            "--header", "Authorization: Bearer \(Service.administrator)",
            "\(service.baseURL)/metrics")
        let file = folder.path("metrics.txt")
        try answer.text.write(toFile: file, atomically: true, encoding: .utf8)
        let complaints = try await promtool("check", "metrics", input: file)
        #expect(complaints.isEmpty, "\(complaints)")
    }

    /// The same totals and percentiles as the summary has.
    private func checkNumbers(
        _ prometheus: Prometheus, _ service: Service, run: String
    ) async throws {
        let summary = try await service.client().get("/v1/runs/\(run)/summary").body
        let totals = try #require(summary["totals"])
        let requests = try #require(totals["requests"]?.number)
        let own = "{run=\"\(run)\"}"
        let isFinal = try await eventually {
            let told = try await prometheus.value("swarmkeeper_run_requests_total\(own)")
            let users = try await prometheus.value("swarmkeeper_run_users\(own)")
            return told == requests && users == 0
        }
        #expect(isFinal, "\(requests)")
        #expect(
            try await prometheus.value("swarmkeeper_run_failures_total\(own)")
                == totals["failures"]?.number)
        #expect(
            try await prometheus.value("swarmkeeper_run_response_time_seconds_count\(own)")
                == requests)
        for endpoint in summary["endpoints"]?.items ?? [] {
            let name = (endpoint["name"]?.text ?? "").replacing("\\", with: "\\\\")
                .replacing("\"", with: "\\\"")
            let labels = "{run=\"\(run)\", endpoint=\"\(name)\"}"
            #expect(
                try await prometheus.value("swarmkeeper_endpoint_requests_total\(labels)")
                    == endpoint["requests"]?.number, "\(name)")
        }
        let buckets = "swarmkeeper_run_response_time_seconds_bucket\(own)"
        for (percent, name) in [(50, "p50ResponseMs"), (95, "p95ResponseMs")] {
            let exact = try #require(totals[name]?.number) / 1000
            let labels = "{run=\"\(run)\", percentile=\"\(percent)\"}"
            let told = try await prometheus.value(
                "swarmkeeper_run_response_percentile_seconds\(labels)")
            #expect(told == exact)
            // From the histogram it is known to lie in one bucket with the exact one.
            let bounds = try await prometheus.query(buckets).compactMap {
                $0.labels["le"].flatMap { Double($0.replacing("Inf", with: "inf")) }
            }
            let estimate = try #require(
                try await prometheus.value(
                    "histogram_quantile(\(Double(percent) / 100), \(buckets))"))
            let upper = try #require(bounds.sorted().first { exact <= $0 * 1.001 })
            let lower = bounds.filter { $0 < upper }.max() ?? 0
            #expect((lower...upper).contains(estimate), "\(percent): \(estimate) for \(exact)")
        }
    }
}
