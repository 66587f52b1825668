import Foundation
import TestSupport
import Testing

@testable import ControlPlane

/// Several runs on one native cluster.
struct NativeAdmissionTests {
    @Test func `of many starts at once as many win as there is room for`() async throws {
        let rig = Rig(native: .init(maxConcurrentRuns: 3, maxUsers: 1000))
        try await rig.running {
            let wins = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<30 {
                    group.addTask {
                        do {
                            _ = try await rig.start("run-\(number)")
                            return true
                        } catch { return false }
                    }
                }
                return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(wins == 3)
        }
    }

    @Test func `users are counted over all live runs and come free with their end`() async throws {
        let rig = Rig(native: .init(maxConcurrentRuns: 9, maxUsers: 100))
        try await rig.running {
            let first = try await rig.start("run-1", users: 60)
            _ = try await rig.start("run-2", users: 40)
            let refusal = await #expect(throws: ControlPlaneError.self) {
                try await rig.start("run-3", users: 1)
            }
            guard case .clusterBusy(let full) = refusal else {
                Issue.record("\(refusal as Any)")
                return
            }
            #expect(full.map(\.limit) == [.users(max: 100, left: 0)])
            #expect(Set(full.flatMap(\.runs)) == [first, RunID("run-2")])
            #expect(await rig.reaches(.running, first))
            _ = try await rig.stop(first)
            #expect(await rig.reaches(.finished, first))
            _ = try await rig.start("run-3", users: 60)
        }
    }

    @Test func `a run that no cluster could ever take is refused at once`() async throws {
        let rig = Rig(clusters: ["c1", "c2"], native: .init(maxUsers: 100))
        await #expect(throws: ControlPlaneError.tooManyUsers(max: 100)) {
            try await rig.start(users: 101)
        }
    }

    @Test func `the next native cluster is taken where the first has no room`() async throws {
        let rig = Rig(clusters: ["c1", "c2"], native: .init(maxConcurrentRuns: 1))
        try await rig.running {
            _ = try await rig.start("run-1")
            _ = try await rig.start("run-2")
            #expect(rig.stored(RunID("run-2"))?.clusterID == "c2")
            let refusal = await #expect(throws: ControlPlaneError.self) {
                try await rig.start("run-3")
            }
            #expect(refusal?.description.contains("maxConcurrentRuns of 1") == true)
        }
    }

    @Test func `a driver whose looks are cheap is looked at as often as it wants`() async throws {
        let rig = Rig(native: .init())
        rig.cluster.behave { $0.lookInterval = .seconds(1) }
        try await rig.running {
            _ = try await rig.startRunning(duration: 3600)
            let before = rig.cluster.looks
            await rig.pass(.seconds(20), by: .milliseconds(250))
            #expect(rig.cluster.looks - before >= 15)
        }
    }

    @Test func `every observation of a look counts`() async throws {
        let rig = Rig(native: .init())
        try await rig.running {
            let run = try await rig.startRunning(duration: 3600)
            let start = rig.stored(run)?.startRequestedAt ?? .distantPast
            rig.cluster.behave { behaviour in
                behaviour.observations = (1...5).map {
                    .sample(.engine, $0, requests: $0 * 100, at: start + Double($0))
                }
            }
            // All of them count before the first is stored.
            let isIn = try await eventually(moving: rig.time) {
                try await rig.store.totals(of: run).count == 5
            }
            #expect(isIn && rig.store.record(run)?.lastMetrics?.totalRequests == 500)
        }
    }
}
