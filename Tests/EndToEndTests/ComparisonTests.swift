import Foundation
import JSON
import TestSupport
import Testing

/// Runs that are compared, by the whole program. `make test` runs them apart: beside others each of
/// them is measured on another machine, so to speak.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct ComparisonTests {
    private static let seconds = 26.0

    private func define(_ scene: NativeScene) async throws -> String {
        let body: JSONValue = .object([
            "name": .string("Compared"), "tenantId": .string("red"), "envId": .string("dev"),
            "targetUrl": .string(scene.target.url), "defaultUsers": .int(4),
            "defaultSpawnRate": .int(50), "defaultDurationSeconds": .double(Self.seconds),
            "thresholds": .array([.string("p50 regression < 50%"), .string("rps regression < 30%")]
            ),
            "baseline": .object([
                "kind": .string("lastPassed"),
                "labels": .object(["branch": .string("main")]),
                "passesIfMissing": .bool(true),
            ]),
        ])
        let answer = try await scene.service.client().post("/v1/load-tests", json: body)
        return try #require(answer["id"]?.text, "\(answer.body)")
    }

    private func run(_ test: String, _ branch: String, _ scene: NativeScene) async throws
        -> JSONValue
    {
        let body: JSONValue = .object(["labels": .object(["branch": .string(branch)])])
        let answer = try await scene.service.client().post(
            "/v1/load-tests/\(test)/runs", json: body)
        return try await scene.over(try #require(answer["id"]?.text, "\(answer.body)"))
    }

    /// A machine that is too busy to make load says so instead: then it proves nothing here.
    private func isClean(_ run: JSONValue) -> Bool {
        guard run["measurement"]?["clean"] == .bool(false) else { return true }
        #expect(run["measurement"]?["evidence"]?.items?.isEmpty == false, "\(run)")
        return false
    }

    private func figure(_ measure: String, of comparison: JSONValue) -> JSONValue? {
        comparison["totals"]?["figures"]?.items?.first { $0["measure"]?.text == measure }
    }

    @Test func `the same target is the same, and a slower one is found`() async throws {
        try await withNativeScene(target: ["--latency-ms", "20"]) { scene in
            let test = try await define(scene)
            var main: [JSONValue] = []
            // Three of them tell how much runs differ among themselves.
            for number in 0..<3 {
                let run = try await run(test, "main", scene)
                guard isClean(run) else { return }
                #expect(run["verdict"]?.text == "passed", "\(run)")
                #expect(run["baseline"]?["runIds"]?.items?.count == min(number, 1))
                #expect(run["baseline"]?["historyRunIds"]?.items?.count == max(0, number - 1))
                main.append(run)
            }
            #expect(main[0]["baseline"]?["missing"]?.text?.contains("branch main") == true)
            let id = try #require(main[2]["id"]?.text)

            // So much that three runs of a busy machine show it, which differ by tens of percents.
            try await withTarget(["--latency-ms", "200"]) { slow in
                let changed = try await scene.service.client().put(
                    "/v1/load-tests/\(test)", json: .object(slowed(main[2], slow.url)))
                #expect(changed.status == 200, "\(changed.body)")
                let last = try await run(test, "feature", scene)
                guard isClean(last) else { return }
                #expect(last["verdict"]?.text == "failed", "\(last)")
                let reason = last["verdictReason"]?.text ?? ""
                #expect(reason.contains("worse than the baseline's"), "\(reason)")
                try await expectWorse(last, than: id, scene)
            }
        }
    }

    private func slowed(_ run: JSONValue, _ url: String) -> [String: JSONValue] {
        guard case .object(var members) = run["definition"] ?? .null else { return [:] }
        members["targetUrl"] = .string(url)
        return members
    }

    private func expectWorse(_ run: JSONValue, than id: String, _ scene: NativeScene)
        async throws
    {
        let client = scene.service.client()
        let path = "/v1/runs/\(run["id"]?.text ?? "")"
        let comparison = try await client.get(path + "/comparison")
        #expect(comparison["comparable"] == .bool(true), "\(comparison.body)")
        #expect(comparison["baseline"]?["runIds"] == .array([.string(id)]))
        let differences = comparison["differences"]?.items?.compactMap { $0["field"]?.text }
        #expect(differences == ["targetUrl"])
        for measure in ["p50", "mean", "rps"] {
            let found = figure(measure, of: comparison.body)
            #expect(found?["finding"]?.text == "worse", "\(measure): \(found ?? .null)")
        }
        #expect((400...1100).contains(figure("p50", of: comparison.body)?["percent"]?.number ?? 0))
        let report = try await client.get(path + "/report?format=json")
        #expect(report["comparison"]?["totals"] == comparison["totals"])
    }
}
