import TestSupport
import Testing

@testable import ControlPlane

/// What a start sees of the clusters that it may take.
struct StartLookTests {
    private func foreign() -> ClusterHealth {
        ClusterHealth(
            version: "2.47.0", state: "running", workers: 2, users: 4,
            loads: [ClusterLoad(claim: .nobodys, users: 4, state: "running")])
    }

    private func isSeen(_ rig: Rig, _ ids: [String]) async -> Bool {
        await eventually { ids.allSatisfy { !rig.fleet[$0].healthLooks.isEmpty } }
    }

    @Test func `foreign load that began after the last look refuses a start at once`()
        async throws
    {
        let rig = Rig(clusters: ["a"], isFleet: true)
        try await rig.running {
            #expect(await isSeen(rig, ["a"]))
            await rig.pass(.seconds(3))
            rig.fleet["a"].behave { $0.health = foreign() }
            let error = await #expect(throws: ControlPlaneError.self) { try await rig.start() }
            #expect(error?.description.contains("started by somebody else") == true)
            #expect(rig.fleet["a"].orders.isEmpty)
            // What is gone when the next one looks is not in its way.
            rig.fleet["a"].behave {
                $0.health = .init(
                    version: "2.47.0", state: "ready", workers: 2, users: 0)
            }
            _ = try await rig.start("run-2")
        }
    }

    @Test func `another cluster is chosen where the first has foreign load by now`() async throws {
        let rig = Rig(clusters: ["a", "b"], isFleet: true)
        try await rig.running {
            #expect(await isSeen(rig, ["a", "b"]))
            await rig.pass(.seconds(3))
            rig.fleet["a"].behave { $0.health = foreign() }
            let run = try await rig.start()
            #expect(rig.stored(run)?.clusterID == "b")
        }
    }

    @Test func `a look of just now is not repeated`() async throws {
        let rig = Rig(clusters: ["a"], isFleet: true)
        try await rig.running {
            #expect(await isSeen(rig, ["a"]))
            _ = await rig.orchestrator.clusters(in: .everything, fresh: true)
            let looks = rig.fleet["a"].healthLooks.count
            _ = try await rig.start()
            #expect(rig.fleet["a"].healthLooks.count == looks)
        }
    }

    @Test func `a cluster that takes long is given the run after a bounded wait`() async throws {
        let rig = Rig(clusters: ["a"], isFleet: true)
        try await rig.running {
            #expect(await isSeen(rig, ["a"]))
            await rig.pass(.seconds(3))
            rig.fleet["a"].behave { $0.healthHangs = true }
            let began = rig.time.uptime
            async let starting = rig.start()
            #expect(await eventually(moving: rig.time) { rig.store.record(RunID("run-1")) != nil })
            #expect(rig.time.uptime - began < .seconds(8))
            _ = try await starting
            rig.fleet["a"].behave { $0.healthHangs = false }
        }
    }

    @Test func `what is known not to answer is tried last, and not waited for`() async throws {
        let rig = Rig(clusters: ["a", "b"], isFleet: true)
        rig.fleet["a"].behave { $0.lookError = DriverError("connection refused") }
        try await rig.running {
            #expect(await isSeen(rig, ["a", "b"]))
            let isKnown = await eventually {
                let found = await rig.orchestrator.clusters(in: .everything)
                return found.map(\.isReachable) == [false, true]
            }
            #expect(isKnown)
            rig.fleet["a"].behave { $0.healthHangs = true }
            let first = try await rig.start()
            #expect(rig.stored(first)?.clusterID == "b")
            rig.fleet["a"].behave { $0.healthHangs = false }
            let second = try await rig.start("run-2")
            #expect(rig.stored(second)?.clusterID == "a")
        }
    }
}
