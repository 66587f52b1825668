import Foundation
import Synchronization
import TestSupport
import Testing

@testable import ControlPlane

struct ClusterMonitorTests {
    private func status(_ rig: Rig, _ id: String) async -> ClusterStatus? {
        await rig.orchestrator.clusters(in: .everything).first { $0.cluster.id == id }
    }

    @Test func `every cluster is looked at all the time, and a slow one delays no other`()
        async throws
    {
        let rig = Rig(clusters: ["slow", "well"], isFleet: true)
        rig.fleet["slow"].behave { $0.healthHangs = true }
        try await rig.running {
            let isLookedAt = await eventually(moving: rig.time, by: .seconds(1)) {
                rig.fleet["well"].healthLooks.count >= 5
            }
            #expect(isLookedAt)
            #expect(rig.fleet["slow"].healthLooks.count == 1)
            let looks = rig.fleet["well"].healthLooks
            for (before, next) in zip(looks.dropFirst(), looks.dropFirst(2)) {
                // How much later depends on how far the clock was moved before the look's turn.
                #expect(next - before >= .seconds(10))
            }
            rig.fleet["slow"].behave { $0.healthHangs = false }
        }
    }

    @Test func `a list waits for the first looks, and not for ever`() async throws {
        let rig = Rig(clusters: ["slow", "well"], isFleet: true)
        rig.fleet["slow"].behave { $0.healthHangs = true }
        try await rig.running {
            let list = Mutex<[ClusterStatus]?>(nil)
            async let asking: Void = {
                let found = await rig.orchestrator.clusters(in: .everything)
                list.withLock { $0 = found }
            }()
            #expect(await eventually(moving: rig.time) { list.withLock { $0 != nil } })
            await asking
            let found = list.withLock { $0 ?? [] }
            #expect(found.map(\.isReachable) == [nil, true])
            rig.fleet["slow"].behave { $0.healthHangs = false }
        }
    }

    @Test func `a list does not wait for a turn among looks that hang`() async throws {
        var settings = SupervisionSettings()
        settings.clusterLooksMax = 1
        let rig = Rig(settings: settings, clusters: ["slow", "well"], isFleet: true)
        rig.fleet["slow"].behave { $0.healthHangs = true }
        try await rig.running {
            #expect(await eventually(moving: rig.time) { rig.fleet["slow"].healthLooks.count == 1 })
            let isListed = Mutex(false)
            async let asking: Void = {
                _ = await rig.orchestrator.clusters(in: .everything, fresh: true)
                isListed.withLock { $0 = true }
            }()
            #expect(await eventually(moving: rig.time) { isListed.withLock { $0 } })
            rig.fleet["slow"].behave { $0.healthHangs = false }
            await asking
        }
    }

    @Test func `what does not answer is asked less often, and what answers again is told`()
        async throws
    {
        let rig = Rig(clusters: ["c"], isFleet: true)
        rig.fleet["c"].behave { $0.lookError = DriverError("connection refused") }
        try await rig.running {
            let isAsked = await eventually(moving: rig.time, by: .seconds(1)) {
                rig.fleet["c"].healthLooks.count >= 7
            }
            #expect(isAsked)
            let looks = rig.fleet["c"].healthLooks
            let pauses = zip(looks, looks.dropFirst()).map { $1 - $0 }
            #expect(pauses.suffix(3).allSatisfy { $0 >= .seconds(30) })
            let down = try #require(await status(rig, "c"))
            #expect(down.isReachable == false)
            #expect(down.lastError?.message == "connection refused")
            #expect(down.lastSeenAt == nil)

            rig.fleet["c"].behave { $0.lookError = nil }
            let isBack = await eventually(moving: rig.time, by: .seconds(1)) {
                await status(rig, "c")?.isReachable == true
            }
            #expect(isBack)
            let up = try #require(await status(rig, "c"))
            #expect(up.problem == nil && up.lastError?.message == "connection refused")
            #expect(try #require(up.changedAt) > (try #require(down.changedAt)))
            #expect(up.lastSeenAt == up.changedAt)
        }
        for text in ["cluster unreachable", "cluster reachable"] {
            #expect(rig.log.lines.count { $0.contains("\"\(text)\"") } == 1)
        }
    }

    @Test func `a reload adds clusters, forgets others, and knows the rest`() async throws {
        let rig = Rig(clusters: ["gone", "stays"], isFleet: true)
        try await rig.running {
            #expect(await eventually { rig.fleet["stays"].healthLooks.count == 1 })
            #expect(await eventually { rig.fleet["gone"].healthLooks.count == 1 })
            await rig.orchestrator.replaceCatalog(.sample(clusters: ["stays", "new"]))
            #expect(await eventually { rig.fleet["new"].healthLooks.count == 1 })
            let list = await rig.orchestrator.clusters(in: .everything)
            #expect(list.map(\.cluster.id) == ["stays", "new"])
            let goesOn = await eventually(moving: rig.time, by: .seconds(1)) {
                rig.fleet["new"].healthLooks.count >= 4
                    && rig.fleet["stays"].healthLooks.count >= 4
            }
            #expect(goesOn)
            #expect(rig.fleet["gone"].healthLooks.count == 1)
        }
    }

    @Test func `polls of a run tell of its cluster, which is then asked less often`() async throws {
        let rig = Rig()
        rig.cluster.behave {
            $0.health = ClusterHealth(version: "2.47.0", state: "stopped", workers: 2, users: 0)
            $0.glimpse = ClusterGlimpse(
                state: "running", users: 10, workers: 3, workersMissing: 1)
        }
        try await rig.running {
            _ = try await rig.startRunning(duration: 600)
            let before = rig.cluster.healthLooks.count
            await rig.pass(.seconds(60), by: .seconds(1))
            #expect(rig.cluster.healthLooks.count - before <= 3)
            let seen = try #require(await status(rig, "c1"))
            let health = try #require(seen.health)
            #expect(health.state == "running" && health.users == 10 && health.workers == 3)
            #expect(health.workersMissing == 1 && health.version == "2.47.0")
            rig.cluster.behave { $0.lookError = DriverError("connection refused") }
            let isDown = await eventually(moving: rig.time) {
                await status(rig, "c1")?.isReachable == false
            }
            #expect(isDown)
        }
    }

    @Test func `no more looks are under way at once than there are slots`() async throws {
        var settings = SupervisionSettings()
        settings.clusterLooksMax = 2
        let ids = (1...6).map { "c\($0)" }
        let rig = Rig(settings: settings, clusters: ids, isFleet: true)
        for id in ids { rig.fleet[id].behave { $0.healthHangs = true } }
        try await rig.running {
            func underWay() -> Int { ids.reduce(0) { $0 + rig.fleet[$1].healthLooksUnderWay } }
            #expect(await eventually { underWay() == 2 })
            await rig.rest()
            #expect(underWay() == 2)
            for id in ids { rig.fleet[id].behave { $0.healthHangs = false } }
            let allSeen = await eventually {
                ids.allSatisfy { rig.fleet[$0].healthLooks.count == 1 }
            }
            #expect(allSeen)
        }
    }
}
