import ControlPlane
import Foundation
import JSON
import SQLite
import TestSupport
import Testing

/// Runs that wait for room on real clusters, and outlive the service meanwhile.
@Suite(.timeLimit(.minutes(10)))
struct QueueTests {
    private func body(_ target: Target, seconds: Double = 2) -> JSONValue {
        .object([
            "name": .string("Queued"), "tenantId": .string("red"), "envId": .string("dev"),
            "targetUrl": .string(target.url), "targetUsers": .int(2), "spawnRate": .int(10),
            "durationSeconds": .double(seconds), "whenBusy": .string("queue"),
        ])
    }

    private func queue(_ service: Service, _ target: Target, seconds: Double = 2) async throws
        -> JSONValue
    {
        let answer = try await service.client().post(
            "/v1/tests", json: body(target, seconds: seconds))
        guard answer.status == 202 else { throw HarnessError("\(answer.body)\n\(service.log)") }
        return answer.body
    }

    private func states(_ runs: [String], _ service: Service) async -> [JSONValue] {
        var found: [JSONValue] = []
        for id in runs {
            // A service that is down for the moment is asked again.
            if let answer = try? await service.client().get("/v1/runs/\(id)") {
                found.append(answer.body)
            }
        }
        return found
    }

    private func allOver(_ runs: [String], _ service: Service) async throws -> [JSONValue] {
        var found: [JSONValue] = []
        let isOver = await eventually(within: .seconds(180)) {
            found = await states(runs, service)
            return found.count == runs.count
                && found.allSatisfy { ["Finished", "Failed"].contains($0["state"]?.text) }
        }
        guard isOver else { throw HarnessError("\(found)\n\(service.log)") }
        return found
    }

    /// By when load was asked for.
    private func order(_ runs: [JSONValue]) -> [String] {
        runs.sorted {
            ($0["startRequestedAt"]?.date ?? .distantPast)
                < ($1["startRequestedAt"]?.date ?? .distantPast)
        }.compactMap { $0["id"]?.text }
    }

    @Test func `runs on a Locust master follow each other in their order`() async throws {
        try await withScene { scene in
            var ids: [String] = []
            for _ in 0..<3 {
                let run = try await queue(scene.service, scene.target, seconds: 3)
                ids.append(run["id"]?.text ?? "")
                #expect(run["queue"]?["position"]?.integer == (ids.count > 1 ? ids.count - 1 : nil))
            }
            let stopped = try await queue(scene.service, scene.target)["id"]?.text ?? ""
            let stop = try await scene.service.client().post("/v1/runs/\(stopped)/stop")
            #expect(stop["state"]?.text == "Finished")
            let over = try await allOver(ids, scene.service)
            #expect(over.allSatisfy { $0["endReason"]?.text == "durationElapsed" }, "\(over)")
            #expect(order(over) == ids)
            #expect(over.allSatisfy { $0["lastMetrics"]?["totalRequests"]?.integer ?? 0 > 0 })
            for (before, after) in zip(over, over.dropFirst()) {
                let end = try #require(before["endedAt"]?.date)
                let begin = try #require(after["startRequestedAt"]?.date)
                #expect(begin >= end)
            }
            let total = over.compactMap { $0["lastMetrics"]?["totalRequests"]?.integer }
                .reduce(0, +)
            #expect(try await scene.target.requests() == total)
        }
    }

    @Test func `on a native cluster as many are on as there is room for`() async throws {
        try await withNativeScene(runs: 2) { scene in
            var ids: [String] = []
            for _ in 0..<5 {
                ids.append(try await queue(scene.service, scene.target)["id"]?.text ?? "")
            }
            let over = try await allOver(ids, scene.service)
            #expect(over.allSatisfy { $0["endReason"]?.text == "durationElapsed" }, "\(over)")
            #expect(try await scene.target.concurrentMax() <= 4)
        }
    }

    /// At the points between what the queue stores and what it does, and by chance.
    @Test(arguments: [CrashPoint.queued, .leftQueue])
    func `a killed service loses no queued run and doubles none`(point: CrashPoint) async throws {
        try await withNativeScene(runs: 1) { scene in
            let service = scene.service
            service.crash()
            try service.launch(dyingAt: "\(point.rawValue):2")
            try await service.waitUntilListening()
            // The first is on for long enough that the others find it on, however slow their posts.
            func post(_ number: Int) async throws -> Client.Answer {
                try await service.client().post(
                    "/v1/tests", json: body(scene.target, seconds: number == 0 ? 10 : 2),
                    key: "run-\(number)")
            }
            var ids: [String] = []
            for number in 0..<4 {
                let answer = try? await post(number)
                if let id = answer?["id"]?.text { ids.append(id) }
            }
            #expect(await eventually { !service.program.isRunning }, "\(service.log)")
            try await service.restart()
            // Whoever got no answer asks again, and whoever got one is told the same.
            var again: [String] = []
            for number in 0..<4 {
                let answer = try await post(number)
                again.append(answer["id"]?.text ?? "\(answer.body)")
            }
            #expect(Set(ids).isSubset(of: again))
            #expect(Set(again).count == 4)
            let over = try await allOver(again, service)
            // A native run that was on when the service died is lost with it.
            let reasons = over.compactMap { $0["endReason"]?.text }
            #expect(reasons.count { $0 == "durationElapsed" } >= 3, "\(reasons)")
            #expect(order(over) == again)
            let stored = try Connection(path: service.storePath, readOnly: true)
                .first("SELECT count(*) FROM runs") { try $0.int(0) }
            #expect(stored == 4)
            #expect(try await scene.target.concurrentMax() <= 2)
        }
    }
}
