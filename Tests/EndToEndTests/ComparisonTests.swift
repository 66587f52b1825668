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
            let first = try await run(test, "main", scene)
            guard isClean(first) else { return }
            #expect(first["verdict"]?.text == "passed", "\(first)")
            #expect(first["baseline"]?["missing"]?.text?.contains("branch main") == true)
            let id = try #require(first["id"]?.text)

            let second = try await run(test, "feature", scene)
            guard isClean(second) else { return }
            #expect(second["verdict"]?.text == "passed", "\(second)")
            #expect(second["baseline"]?["runIds"] == .array([.string(id)]))

            try await withTarget(["--latency-ms", "60"]) { slow in
                let changed = try await scene.service.client().put(
                    "/v1/load-tests/\(test)", json: .object(slowed(second, slow.url)))
                #expect(changed.status == 200, "\(changed.body)")
                let third = try await run(test, "feature", scene)
                guard isClean(third) else { return }
                #expect(third["verdict"]?.text == "failed", "\(third)")
                let reason = third["verdictReason"]?.text ?? ""
                #expect(reason.contains("worse than the baseline's"), "\(reason)")
                try await expectWorse(third, than: id, scene)
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
        #expect((150...400).contains(figure("p50", of: comparison.body)?["percent"]?.number ?? 0))
        let report = try await client.get(path + "/report?format=json")
        #expect(report["comparison"]?["totals"] == comparison["totals"])
    }
}
