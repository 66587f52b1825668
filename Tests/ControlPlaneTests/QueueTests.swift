import Foundation
import TestSupport
import Testing

@testable import ControlPlane

/// Runs that wait: how they come into the queue, and how they leave it.
struct QueueTests {
    private func place(_ id: RunID, _ rig: Rig) async -> QueuePlace? {
        await rig.orchestrator.queuePlaces(of: [id])[id]
    }

    @Test func `a run without room waits, and begins when there is some, with its whole time`()
        async throws
    {
        let rig = Rig()
        try await rig.running {
            let first = try await rig.startRunning("run-1", duration: 600)
            let second = try await rig.queue("run-2", duration: 60)
            #expect(rig.stored(second)?.state == .queued)
            #expect(rig.stored(second)?.clusterID == "")
            let place = await place(second, rig)
            #expect(place?.position == 1)
            #expect(place?.waitsFor == "cluster c1 takes one run at a time and is busy: run run-1")
            await rig.pass(.seconds(30))
            #expect(rig.stored(second)?.deadline == nil)
            _ = try await rig.stop(first)
            #expect(await rig.reaches(.running, second))
            let run = try #require(rig.stored(second))
            #expect(run.clusterID == "c1")
            #expect(
                run.deadline?.timeIntervalSince(run.startRequestedAt ?? .distantPast) == 60)
            #expect(await self.place(second, rig) == nil)
            #expect(rig.count(.start(second)) == 1)
        }
    }

    @Test func `a start that finds room is no queued one`() async throws {
        let rig = Rig()
        try await rig.running {
            let run = try await rig.queue("run-1")
            #expect(rig.stored(run)?.ticket == nil)
            #expect(await rig.reaches(.running, run))
        }
    }

    @Test func `what can never fit is refused at once`() async throws {
        let rig = Rig(limits: [.maxUsers: 5])
        await #expect(throws: ControlPlaneError.self) { try await rig.queue("run-1", users: 6) }
        await #expect(
            throws: ControlPlaneError.noCluster(.init(tenantID: "nobody", envID: "dev"))
        ) { try await rig.queue("run-1", tenant: "nobody") }
    }

    @Test func `runs of a tenant begin in the order in which they came, tenants by turns`()
        async throws
    {
        let rig = Rig()
        try await rig.running {
            var live = try await rig.startRunning("run-0", duration: 6000)
            for id in ["a1", "a2", "a3"] { _ = try await rig.queue(id) }
            for id in ["b1", "b2"] { _ = try await rig.queue(id, tenant: "tenant-2") }
            #expect(await place(RunID("a3"), rig)?.position == 3)
            #expect(await place(RunID("b2"), rig)?.position == 2)
            for id in ["a1", "b1", "a2", "b2", "a3"] {
                _ = try await rig.stop(live)
                live = RunID(id)
                #expect(await rig.reaches(.running, live), "\(id)")
            }
            #expect(await rig.orchestrator.queuedRuns.isEmpty)
        }
    }

    @Test func `another tenant's runs are not told`() async throws {
        let rig = Rig()
        try await rig.running {
            _ = try await rig.startRunning("secret", duration: 6000)
            let run = try await rig.queue("run-2", tenant: "tenant-2")
            await rig.pass(.seconds(5))
            let text = await place(run, rig)?.waitsFor
            #expect(
                text == "cluster c1 takes one run at a time and is busy: runs that are not yours")
            #expect(rig.stored(run)?.ticket?.firstWaitsFor == text)
        }
    }

    @Test func `a start that would not wait takes nothing that its tenant waits for`()
        async throws
    {
        let rig = Rig(clusters: ["c1", "c2"])
        try await rig.running {
            let first = try await rig.startRunning("run-1", duration: 6000)
            let waiting = try await rig.queue("run-2", cluster: "c1")
            await #expect(
                throws: ControlPlaneError.clusterBusy([
                    FullCluster("c1", .queued, [waiting])
                ])
            ) { try await rig.start("run-3", cluster: "c1") }
            // What nobody waits for is free for all.
            _ = try await rig.start("run-4", cluster: "c2")
            _ = try await rig.stop(first)
            #expect(await rig.reaches(.running, waiting))
        }
    }

    @Test func `a small run takes nothing of a limit that a large one waits for`() async throws {
        let rig = Rig(limits: [.maxTotalUsers: 100], native: .init())
        try await rig.running {
            let first = try await rig.startRunning("run-1", duration: 6000)
            let large = try await rig.queue("run-2", users: 95)
            do {
                _ = try await rig.start("run-3", users: 5)
                Issue.record("it has started")
            } catch ControlPlaneError.limitReached(let breaches) {
                #expect(breaches.map(\.requested) == [5])
                #expect(breaches.map(\.name) == [.maxTotalUsers])
            }
            let small = try await rig.queue("run-4", users: 5)
            await rig.pass(.seconds(10))
            #expect(await place(small, rig)?.waitsFor == "run run-2 of the same tenant comes first")
            _ = try await rig.start("run-5", tenant: "tenant-2", users: 5)
            _ = try await rig.stop(first)
            #expect(await rig.reaches(.running, large))
            #expect(await rig.reaches(.running, small))
        }
    }

    @Test func `a later run passes one that waits for something else`() async throws {
        let rig = Rig(clusters: ["c1", "c2"])
        try await rig.running {
            _ = try await rig.startRunning("run-1", duration: 6000)
            let first = try await rig.queue("run-2", cluster: "c1")
            let second = try await rig.queue("run-3", cluster: "c2")
            #expect(await rig.reaches(.running, second))
            #expect(rig.stored(first)?.state == .queued)
        }
    }

    @Test func `a stop ends a queued run at once, and it never starts`() async throws {
        let rig = Rig()
        try await rig.running {
            let first = try await rig.startRunning("run-1", duration: 6000)
            let second = try await rig.queue("run-2")
            let stopped = try await rig.stop(second)
            #expect(stopped.state == .finished)
            #expect(rig.stored(second)?.state == .finished)
            #expect(rig.stored(second)?.endReason == .stoppedByUser)
            _ = try await rig.stop(first)
            #expect(await rig.reaches(.finished, first))
            await rig.pass(.seconds(10))
            #expect(!rig.has(.prepare(second)))
            #expect(try await rig.stop(second).state == .finished)
        }
    }

    @Test func `a run is given up when its time in the queue is over`() async throws {
        let rig = Rig()
        try await rig.running {
            _ = try await rig.startRunning("run-1", duration: 6000)
            let run = try await rig.queue("run-2", timeout: .seconds(20))
            await rig.pass(.seconds(17))
            #expect(rig.stored(run)?.state == .queued)
            #expect(await rig.reaches(.failed, run))
            #expect(rig.stored(run)?.endReason == .queueTimedOut)
            #expect(!rig.has(.prepare(run)))
        }
    }

    @Test func `a tenant's queue has as many places as its limit says`() async throws {
        let rig = Rig(limits: [.maxQueuedRuns: 2])
        try await rig.running {
            _ = try await rig.startRunning("run-0", duration: 6000)
            let outcomes = await withTaskGroup(of: Bool.self) { group in
                for number in 1...10 {
                    group.addTask { (try? await rig.queue("run-\(number)")) != nil }
                }
                return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(outcomes == 2)
            await #expect(throws: ControlPlaneError.self) { try await rig.queue("run-11") }
            _ = try await rig.queue("run-12", tenant: "tenant-2")
            #expect(rig.orchestrator.queueLags().first?.refused == 9)
            #expect(rig.orchestrator.queueLags().first?.depth == 3)
        }
    }

    @Test func `a queued run starts under the configuration of that moment`() async throws {
        let rig = Rig()
        try await rig.running {
            let first = try await rig.startRunning("run-1", duration: 6000)
            let large = try await rig.queue("run-2", users: 10)
            let small = try await rig.queue("run-3", users: 5)
            await rig.orchestrator.replaceCatalog(
                .sample(clusters: ["c1"], limits: [.maxUsers: 5]))
            #expect(await rig.reaches(.failed, large))
            #expect(rig.stored(large)?.endReason == .startFailed)
            #expect(rig.stored(large)?.endDetail?.contains("maxUsers is 5") == true)
            _ = try await rig.stop(first)
            #expect(await rig.reaches(.running, small))
        }
    }

    @Test func `a limit of the day lets runs wait until the next`() async throws {
        let rig = Rig(limits: [.maxRunsPerDay: 1])
        try await rig.running {
            let first = try await rig.startRunning("run-1")
            let run = try await rig.queue("run-2")
            _ = try await rig.stop(first)
            #expect(await rig.reaches(.finished, first))
            await rig.pass(.seconds(10))
            #expect(rig.stored(run)?.state == .queued)
            rig.time.jumpCalendar(by: 86_400)
            #expect(await rig.reaches(.running, run))
        }
    }

    @Test func `load of others and a silent cluster keep a run in the queue`() async throws {
        let rig = Rig()
        try await rig.running {
            let first = try await rig.startRunning("run-1", duration: 6000)
            let run = try await rig.queue("run-2")
            _ = try await rig.stop(first)
            rig.cluster.behave { $0.lookError = nil }
            #expect(await rig.reaches(.finished, first))
            #expect(await rig.reaches(.running, run))
            let third = try await rig.queue("run-3")
            rig.cluster.behave { $0.lookError = DriverError("connection refused") }
            #expect(await rig.reaches(.failed, run))
            await rig.pass(.seconds(40))
            #expect(rig.stored(third)?.state == .queued)
            #expect(await place(third, rig)?.waitsFor == "cluster c1 does not answer")
            rig.cluster.behave { $0.lookError = nil }
            #expect(await rig.reaches(.running, third))
        }
    }

    @Test func `users of a queued run are not changed, and hooks do not know it`() async throws {
        let rig = Rig()
        try await rig.running {
            _ = try await rig.startRunning("run-1", duration: 6000)
            let run = try await rig.queue("run-2")
            await #expect(throws: ControlPlaneError.usersNotChangeable(run, .queued)) {
                try await rig.orchestrator.changeUsers(
                    of: run, to: 5, spawnRate: nil, in: .everything, by: "anna")
            }
            await #expect(throws: ControlPlaneError.unknownRun(run)) {
                try await rig.orchestrator.receive(.sample(of: run, sequence: 1))
            }
        }
    }

    @Test func `many at once on a native cluster: none doubled, none lost, never too many`()
        async throws
    {
        let rig = Rig(native: .init(maxConcurrentRuns: 3, maxUsers: 1000))
        try await rig.running {
            await withDiscardingTaskGroup { group in
                for number in 0..<18 {
                    group.addTask {
                        _ = try? await rig.queue(
                            "run-\(number)", tenant: "tenant-\(1 + number % 2)", duration: 5)
                    }
                }
            }
            var most = 0
            let isOver = await eventually(moving: rig.time) {
                let runs = (0..<18).compactMap { rig.stored(RunID("run-\($0)")) }
                most = max(
                    most, runs.count { $0.state != .queued && !$0.state.isOver })
                return runs.count == 18 && runs.allSatisfy(\.state.isOver)
            }
            #expect(isOver)
            #expect(most <= 3)
            for number in 0..<18 {
                #expect(rig.count(.start(RunID("run-\(number)"))) == 1)
            }
        }
    }
}

extension Rig {
    /// Starts a run that waits where there is no room.
    @discardableResult
    func queue(
        _ id: String, tenant: String = "tenant-1", cluster: String? = nil, duration: Double = 60,
        users: Int = 10, timeout: Duration? = nil
    ) async throws -> RunID {
        var request = RunRequest(
            id: RunID(id), loadTestID: nil, spec: .sample(tenant: tenant, cluster: cluster),
            plan: RunPlan(targetUsers: users, spawnRate: 2, durationSeconds: duration))
        request.whenBusy = .queue
        request.queueTimeout = timeout
        return try await orchestrator.start(request, by: "ci").id
    }
}
