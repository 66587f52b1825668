import Foundation
import JSON
import TestSupport
import Testing

/// Requests with keys, repeated to a service that is killed again and again.
@Suite(.timeLimit(.minutes(10)))
struct IdempotencyTests {
    private static let loadTestCount = 20
    private static let runCount = 10

    @Test(arguments: [UInt64(1), 2, 3])
    func `whenever the service is killed, each key has one object in the end`(seed: UInt64)
        async throws
    {
        var random = SeededGenerator(seed: seed)
        try await withNativeScene(runs: 30) { scene in
            var known: [String: String] = [:]
            for _ in 0..<4 {
                // Within the time that all of the requests take.
                let delay = Duration.milliseconds(Int.random(in: 0...150, using: &random))
                async let answers = askAll(scene)
                try await Task.sleep(for: delay)
                scene.service.crash()
                known.merge(await answers) { first, again in
                    #expect(first == again)
                    return first
                }
                try await scene.service.restart()
            }
            var final: [String: String] = [:]
            let hasAll = await eventually(within: .seconds(120)) {
                final = await askAll(scene)
                return final.count == Self.loadTestCount + Self.runCount
            }
            #expect(hasAll, "seed \(seed): \(scene.service.log)")
            for (key, id) in known { #expect(final[key] == id, "seed \(seed), \(key)") }
            let client = scene.service.client()
            for (list, prefix) in [("/v1/load-tests", "test-"), ("/v1/runs", "run-")] {
                let items = try await client.get("\(list)?limit=100")["items"]?.items ?? []
                let expected = final.filter { $0.key.hasPrefix(prefix) }
                #expect(items.count == expected.count, "seed \(seed)")
                for item in items {
                    let name = item["name"]?.text ?? ""
                    #expect(expected[name] == item["id"]?.text, "seed \(seed), \(name)")
                }
            }
        }
    }

    /// Sends all requests at once. Returns the ids in those answers that came, by key.
    private func askAll(_ scene: NativeScene) async -> [String: String] {
        let client = scene.service.client()
        let target = scene.target.url
        return await withTaskGroup(of: (String, String)?.self) { group in
            for number in 0..<(Self.loadTestCount + Self.runCount) {
                let isRun = number >= Self.loadTestCount
                let key = isRun ? "run-\(number)" : "test-\(number)"
                group.addTask {
                    // Without an answer it is not known what has become of it.
                    let answer = try? await client.post(
                        isRun ? "/v1/tests" : "/v1/load-tests",
                        json: .object([
                            "name": .string(key), "tenantId": .string("red"),
                            "envId": .string("dev"), "targetUrl": .string(target),
                            (isRun ? "durationSeconds" : "defaultDurationSeconds"): .int(1),
                        ]), key: key)
                    guard let answer, answer.status == (isRun ? 202 : 201) else { return nil }
                    return answer["id"]?.text.map { (key, $0) }
                }
            }
            var ids: [String: String] = [:]
            for await case (let key, let id)? in group { ids[key] = id }
            return ids
        }
    }
}
