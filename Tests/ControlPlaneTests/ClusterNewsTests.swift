import TestSupport
import Testing

@testable import ControlPlane

/// What polls, hooks and the end of a run tell of a cluster between two looks.
struct ClusterNewsTests {
    private func health(_ rig: Rig) async -> ClusterHealth? {
        await rig.orchestrator.clusters(in: .everything).first?.health
    }

    private func glimpse(_ state: String, users: Int, workers: Int = 2) -> ClusterGlimpse {
        ClusterGlimpse(state: state, users: users, workers: workers, workersMissing: 0)
    }

    @Test func `a poll tells the state as well, and the end of the run outdates it`() async throws {
        let rig = Rig()
        rig.cluster.behave {
            $0.health = ClusterHealth(version: "2.47.0", state: "stopped", workers: 2, users: 0)
            $0.glimpse = glimpse("running", users: 10)
        }
        try await rig.running {
            let run = try await rig.startRunning(duration: 600)
            #expect(
                await eventually(moving: rig.time) { await health(rig)?.state == "running" })
            #expect(await health(rig)?.users == 10)
            rig.cluster.behave { $0.glimpse = glimpse("stopped", users: 0) }
            _ = try await rig.stop(run)
            #expect(await rig.reaches(.finished, run))
            #expect(await eventually { await health(rig)?.state == "stopped" })
            #expect(await health(rig)?.users == 0)
        }
    }

    @Test func `a cluster that answers polls again has a state before the next look`()
        async throws
    {
        let rig = Rig()
        rig.cluster.behave { $0.glimpse = glimpse("running", users: 10) }
        try await rig.running {
            _ = try await rig.startRunning(duration: 600)
            rig.cluster.behave { $0.lookError = DriverError("connection refused") }
            #expect(await eventually(moving: rig.time) { await health(rig) == nil })
            rig.cluster.behave { ($0.lookError, $0.healthHangs) = (nil, true) }
            #expect(
                await eventually(moving: rig.time) { await health(rig)?.state == "running" })
            rig.cluster.behave { $0.healthHangs = false }
        }
    }

    @Test func `a hook's message tells of users and workers`() async throws {
        let rig = Rig()
        rig.cluster.behave { $0.glimpse = glimpse("running", users: 10) }
        try await rig.running {
            let run = try await rig.startRunning(duration: 600)
            let start = try #require(rig.stored(run)?.startRequestedAt)
            await rig.pass(.seconds(2))
            _ = try await rig.orchestrator.receive(
                .sample(
                    of: run, sequence: 1, elapsed: rig.time.now.timeIntervalSince(start),
                    workers: 1))
            #expect(await health(rig)?.workers == 1)
        }
    }
}
