import Foundation
import Glibc
import JSON
import TestSupport

/// A real Prometheus that scrapes one service each second, with the repository's rules.
final class Prometheus {
    static let isInstalled = ["prometheus", "promtool"].allSatisfy { name in
        ["/usr/bin/", "/usr/local/bin/"].contains {
            FileManager.default.isExecutableFile(atPath: $0 + name)
        }
    }

    static let folder = Repository.root.appending(path: "config/prometheus")

    private let baseURL: String
    private let folder: TemporaryFolder
    private let process: pid_t

    /// - Parameter address: `host:port` of the service.
    init(scraping address: String, token: String) async throws {
        folder = try TemporaryFolder()
        // The repository's own file, but for where and how often.
        var text = try String(
            contentsOf: Self.folder.appending(path: "prometheus.yml"), encoding: .utf8)
        for (from, to) in [
            ("interval: 15s", "interval: 1s"), ("127.0.0.1:8080", address),
            ("swarmkeeper-token", folder.path("token")),
        ] {
            guard text.contains(from) else { throw HarnessError("no \(from) in prometheus.yml") }
            text = text.replacing(from, with: to)
        }
        try text.write(toFile: folder.path("prometheus.yml"), atomically: true, encoding: .utf8)
        try token.write(toFile: folder.path("token"), atomically: true, encoding: .utf8)
        for name in ["alerts.yml", "recording.yml"] {
            try FileManager.default.copyItem(
                atPath: Self.folder.appending(path: name).path, toPath: folder.path(name))
        }
        let output = folder.path("output.txt")
        // Ends by itself should the test not end it.
        process = try spawn(
            [
                "timeout", "240", "prometheus", "--config.file=\(folder.path("prometheus.yml"))",
                "--storage.tsdb.path=\(folder.path("data"))",
                "--web.listen-address=127.0.0.1:0", "--log.level=info",
            ], output: output)
        var address: String?
        _ = try await eventually {
            let lines = try String(contentsOfFile: output, encoding: .utf8).split(separator: "\n")
            let line = lines.first { $0.contains("\"Listening on\"") }
            address = line?.split(separator: "address=").last.map(String.init)
            return address != nil
        }
        guard let address else {
            let text = try String(contentsOfFile: output, encoding: .utf8)
            throw HarnessError("Prometheus does not listen:\n\(text)")
        }
        baseURL = "http://\(address)"
    }

    deinit {
        kill(process, SIGTERM)
        _ = awaitExit(of: process)
    }

    /// What a query gives now: the labels of each series with its value.
    func query(_ expression: String) async throws -> [(labels: [String: String], value: Double)] {
        let data = try await ask("query", expression)
        return (data["result"]?.items ?? []).compactMap { item in
            guard let text = item["value"]?.items?.last?.text, let value = Double(text) else {
                return nil
            }
            let labels = item["metric"]?.members?.compactMapValues(\.text) ?? [:]
            return (labels, value)
        }
    }

    /// The one value of a query.
    func value(_ expression: String) async throws -> Double? {
        try await query(expression).first?.value
    }

    /// Whether scrapes succeed, in its own words.
    func scrapeProblem() async throws -> String? {
        let answer = try await Client(baseURL, token: "").get("/api/v1/targets")
        let target = answer["data"]?["activeTargets"]?.items?.first
        return target?["health"]?.text == "up" ? nil : target?["lastError"]?.text ?? "no target"
    }

    func labelValues(_ label: String, of selector: String) async throws -> [String] {
        Set(try await query(selector).compactMap { $0.labels[label] }).sorted()
    }

    private func ask(_ path: String, _ expression: String) async throws -> JSONValue {
        let unreserved = CharacterSet.alphanumerics.union(CharacterSet(charactersIn: "-_."))
        let encoded = expression.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
        let answer = try await Client(baseURL, token: "").get("/api/v1/\(path)?query=\(encoded)")
        guard answer["status"]?.text == "success", let data = answer["data"] else {
            throw HarnessError("\(expression): \(answer.body)")
        }
        return data
    }
}
