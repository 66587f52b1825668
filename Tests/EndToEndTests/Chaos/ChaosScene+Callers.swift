import Foundation
import JSON
import TestSupport

/// The callers of the service, who have nothing to go by but its answers, and keep asking.
extension ChaosScene {
    /// Longer than all troubles that can meet one run, and what the service waits for after them.
    private static let patience = Duration.seconds(150)
    private static let pause = Duration.milliseconds(250)

    /// Begins the runs of all clusters, as many of each at a time as it takes; those that the
    /// faults have held up come behind them, within as much time again. Returns when all that were
    /// begun are over.
    func call(_ plan: ChaosPlan, for seconds: Double) async {
        let end = ledger.beginning.addingTimeInterval(seconds * 2)
        await withTaskGroup(of: Void.self) { group in
            for cluster in ChaosCluster.all {
                let runs = plan.runs[cluster] ?? []
                for caller in 0..<cluster.runsAtOnce {
                    group.addTask {
                        for run in runs.enumerated()
                            .filter({ $0.offset % cluster.runsAtOnce == caller }).map(\.element)
                        where Date() < end {
                            await self.play(run, on: cluster)
                        }
                    }
                }
            }
        }
    }

    func play(_ run: ChaosPlan.Run, on cluster: ChaosCluster) async {
        ledger.open(.init(plan: run, cluster: cluster))
        guard let id = await start(run, on: cluster) else {
            return ledger.violate("\(run.name) on \(cluster) was never answered")
        }
        if run.isRepeated, await start(run, on: cluster) != id {
            ledger.violate("\(run.name): the same key, another run")
        }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.change(run, id) }
            group.addTask { await self.stop(run, id) }
            group.addTask { await self.watch(run, id) }
        }
    }

    /// - Returns: the id, which the ledger knows, too.
    private func start(_ run: ChaosPlan.Run, on cluster: ChaosCluster) async -> String? {
        let body: JSONValue = .object([
            "name": .string(run.name), "tenantId": .string("red"), "envId": .string("dev"),
            "locustClusterId": .string(cluster.id),
            "targetUrl": .string(target.url + "/" + run.name),
            "targetUsers": .int(Int64(run.users)), "spawnRate": .int(10),
            "durationSeconds": .double(run.seconds),
        ])
        let answer = await untilAnswered { client in
            try await client.post("/v1/tests", json: body, key: "key of \(run.name)")
        } until: { answer in
            if [400, 401, 403, 404, 410, 422].contains(answer.status) {
                ledger.violate("\(run.name) was refused: \(answer.status) \(answer.body)")
            }
            return answer.status == 202
        }
        guard let id = answer?["id"]?.text else { return nil }
        ledger.update(run) { $0.id = id }
        return id
    }

    private func stop(_ run: ChaosPlan.Run, _ id: String) async {
        guard let after = run.stopAfter else { return }
        // Cut short, the test is over.
        try? await Task.sleep(for: .seconds(after))
        let answer = await untilAnswered { client in
            try await client.post("/v1/runs/\(id)/stop")
        } until: {
            [200, 202].contains($0.status)
        }
        guard let answer else { return ledger.violate("no stop of \(run.name) was answered") }
        if answer.status == 202 { ledger.update(run) { $0.stopAnsweredAt = Date() } }
    }

    /// Asked for once: whether it can be had depends on the cluster.
    private func change(_ run: ChaosPlan.Run, _ id: String) async {
        guard let change = run.change else { return }
        try? await Task.sleep(for: .seconds(change.after))
        let body: JSONValue = .object([
            "targetUsers": .int(Int64(change.users)), "spawnRate": .int(10),
        ])
        // Nobody answers while the service is down.
        _ = try? await client.post("/v1/runs/\(id)/users", json: body)
    }

    /// Until it is over.
    private func watch(_ run: ChaosPlan.Run, _ id: String) async {
        let answer = await untilAnswered { client in
            try await client.get("/v1/runs/\(id)")
        } until: { answer in
            if answer.status == 404 { ledger.violate("\(run.name) is not there any more") }
            guard answer.status == 200 else { return false }
            ledger.see(answer.body, of: run)
            return ["Finished", "Failed"].contains(answer["state"]?.text)
        }
        if answer == nil { ledger.violate("\(run.name) does not end") }
    }

    /// Asks again and again, whatever the answers are, and whether there are any.
    private func untilAnswered(
        _ ask: (Client) async throws -> Client.Answer, until isAnswer: (Client.Answer) -> Bool
    ) async -> Client.Answer? {
        let end = ContinuousClock.now + Self.patience
        while ContinuousClock.now < end, !Task.isCancelled {
            if let answer = try? await ask(client), isAnswer(answer) { return answer }
            // Cut short, the test is over.
            try? await Task.sleep(for: Self.pause)
        }
        return nil
    }
}
