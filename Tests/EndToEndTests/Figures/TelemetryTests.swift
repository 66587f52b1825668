import Foundation
import Glibc
import JSON
import TestSupport
import Testing

/// Exports to a collector, which a real implementation of the protocol's messages reads.
@Suite(.enabled(if: Collector.isInstalled, "make test installs opentelemetry-proto"))
struct TelemetryTests {
    @Test func `a collector that is busy at first gets all figures by OTLP`() async throws {
        let collector = try await Collector()
        let service = try await ConfiguredService(
            "",
            """
            telemetry:
              otlp:
                endpoint: "http://127.0.0.1:\(collector.port)"
                intervalSeconds: 1
                headers: [{ name: api-key, value: key-of-the-collector }]
            """)
        let isTaken = try await eventually {
            // One that tells of the first that was taken.
            let exports = try collector.lines().last?["metrics"]?["swarmkeeper_telemetry_exports"]
            return exports?.number ?? 0 >= 1
        }
        let lines = try collector.lines()
        #expect(isTaken, "\(lines)\n\(service.program.output)")
        for line in lines {
            #expect(line["wrong"] == nil, "\(line["wrong"]?.text ?? "")")
            #expect(line["path"]?.text == "/v1/metrics")
            #expect(line["type"]?.text == "application/json")
            #expect(line["key"]?.text == "key-of-the-collector")
            #expect(line["service"]?.text == "swarmkeeper")
        }
        #expect(lines.prefix(2).allSatisfy { $0["status"]?.integer == 503 })
        let metrics = try #require(lines.last?["metrics"])
        #expect(metrics["swarmkeeper_process_resident_memory_bytes"]?.number ?? 0 > 1_000_000)
        #expect(metrics["stress_test_active_tests"]?.number == 0)
        #expect(metrics["swarmkeeper_store_duration_seconds"]?.number ?? 0 > 0)
        // It was said once that the collector did not take it, and never with what.
        let log = service.program.output
        let complaints = log.split(separator: "\n").filter { $0.contains("figures not exported") }
        #expect(complaints.count == 1, "\(complaints)")
        #expect(!log.contains("key-of-the-collector"))
    }

    @Test func `without a collector the service serves and ends as ever`() async throws {
        let service = try await ConfiguredService(
            "",
            "telemetry: { otlp: { endpoint: \"http://127.0.0.1:9\", intervalSeconds: 1 } }")
        let isTold = await eventually {
            service.program.output.contains("figures not exported")
        }
        #expect(isTold)
        #expect(try await service.client.get("/health").status == 200)
        service.program.end()
        #expect(service.program.output.contains("\"ended\""))
    }
}

/// A process of `collector.py`.
private final class Collector {
    private static let python =
        Repository.root.appending(path: ".venv-contract/bin/python").path
    static let isInstalled: Bool = {
        let words = [python, "-c", "import opentelemetry.proto.metrics.v1.metrics_pb2"]
        // Without Python it is not installed either.
        return (try? spawn(words)).map(awaitExit) == 0
    }()

    let port: Int
    private let folder: TemporaryFolder
    private let process: pid_t

    init() async throws {
        folder = try TemporaryFolder()
        let output = folder.path("output.txt")
        let script = Repository.root.appending(path: "Tests/Contract/collector.py").path
        // Ends by itself should the test not end it.
        process = try spawn(["timeout", "150", Self.python, script], output: output)
        var port: Int?
        _ = try await eventually {
            let text = try String(contentsOfFile: output, encoding: .utf8)
            port =
                text.split(separator: "\n").first.flatMap { JSONValue(String($0)) }?["port"]?
                .integer
            return port != nil
        }
        guard let port else { throw HarnessError("the collector does not listen") }
        self.port = port
    }

    deinit {
        kill(process, SIGTERM)
        _ = awaitExit(of: process)
    }

    /// What it told of each export.
    func lines() throws -> [JSONValue] {
        let text = try String(contentsOfFile: folder.path("output.txt"), encoding: .utf8)
        return text.split(separator: "\n").dropFirst().compactMap { JSONValue(String($0)) }
    }
}
