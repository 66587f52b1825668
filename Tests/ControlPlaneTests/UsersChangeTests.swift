import Foundation
import TestSupport
import Testing

@testable import ControlPlane

/// More or fewer users while load is on.
struct UsersChangeTests {
    private func change(
        _ rig: Rig, _ run: RunID, to users: Int, spawnRate: Double? = nil,
        in scope: Scope = .everything
    ) async throws -> Run {
        try await rig.orchestrator.changeUsers(
            of: run, to: users, spawnRate: spawnRate, in: scope, by: "bert")
    }

    @Test func `a change is stored before the cluster is told`() async throws {
        let rig = Rig()
        try await rig.running {
            let run = try await rig.startRunning()
            rig.cluster.behave { $0.usersHang = true }
            async let changed = change(rig, run, to: 25, spawnRate: 5)
            #expect(await eventually { rig.has(.setUsers(run, 25, 5)) })
            #expect(rig.stored(run)?.targetUsers == 25)
            #expect(rig.stored(run)?.plan.targetUsers == 10)
            rig.cluster.behave { $0.usersHang = false }
            let answered = try await changed
            #expect(answered == rig.stored(run))
            #expect(answered.audit.updatedBy == "bert")
            _ = try await change(rig, run, to: 30)
            #expect(rig.has(.setUsers(run, 30, 5)), "the rate as it was changed last")
        }
    }

    @Test func `a change during a start follows it`() async throws {
        let rig = Rig()
        rig.cluster.behave { $0.hangs = true }
        try await rig.running {
            let run = try await rig.start()
            #expect(await eventually { rig.has(.start(run)) })
            async let changed = change(rig, run, to: 25)
            await rig.rest()
            #expect(!rig.has(.setUsers(run, 25, 2)))
            rig.cluster.behave { $0.hangs = false }
            _ = try await changed
            #expect(
                rig.cluster.orders == [.prepare(run), .start(run), .setUsers(run, 25, 2)])
        }
    }

    @Test func `a stop comes after the change that is under way, and nothing after the stop`()
        async throws
    {
        let rig = Rig()
        try await rig.running {
            let run = try await rig.startRunning()
            rig.cluster.behave { $0.usersHang = true }
            async let first = change(rig, run, to: 25)
            #expect(await eventually { rig.has(.setUsers(run, 25, 2)) })
            async let second = outcome { try await change(rig, run, to: 40) }
            await rig.rest()
            #expect(try await rig.stop(run).state == .stopping)
            await rig.pass(rig.settings.stopWaitsForUsersChange / 2)
            #expect(!rig.has(.stop(run)))
            rig.cluster.behave { $0.usersHang = false }
            _ = try await first
            #expect(await second == .usersNotChangeable(run, .stopping))
            #expect(
                await outcome { try await change(rig, run, to: 50) }
                    == .usersNotChangeable(run, .stopping))
            #expect(await rig.reaches(.finished, run))
            #expect(
                rig.cluster.orders == [
                    .prepare(run), .start(run), .setUsers(run, 25, 2), .stop(run),
                ])
            #expect(
                await outcome { try await change(rig, run, to: 50) }
                    == .runIsOver(run, .finished))
        }
    }

    @Test func `a stop does not wait long for a change that a slow master takes`() async throws {
        let rig = Rig()
        try await rig.running {
            let run = try await rig.startRunning()
            rig.cluster.behave { $0.usersHang = true }
            async let changed = outcome { try await change(rig, run, to: 25) }
            #expect(await eventually { rig.has(.setUsers(run, 25, 2)) })
            _ = try await rig.stop(run)
            #expect(
                await eventually(moving: rig.time, by: .milliseconds(250)) { rig.has(.stop(run)) })
            guard case .clusterUncertain = await changed else {
                Issue.record("nobody knows whether the master took it")
                return
            }
            #expect(await rig.reaches(.finished, run))
        }
    }

    @Test func `a run that is not loaded yet, unknown or another tenant's is not changed`()
        async throws
    {
        let rig = Rig()
        rig.cluster.behave { $0.prepareHangs = true }
        try await rig.running {
            let run = try await rig.start()
            #expect(
                await outcome { try await change(rig, run, to: 2) }
                    == .usersNotChangeable(run, .pending))
            #expect(
                await outcome { try await change(rig, run, to: 2, in: .tenant("tenant-2")) }
                    == .unknownRun(run))
            #expect(
                await outcome { try await change(rig, RunID("x"), to: 2) }
                    == .unknownRun(RunID("x")))
            rig.cluster.behave { $0.prepareHangs = false }
        }
    }

    @Test func `a change that the cluster refuses leaves the run as it was`() async throws {
        let rig = Rig(native: .init(maxUsers: 100))
        rig.cluster.behave { $0.usersError = DriverError("a shape decides") }
        try await rig.running {
            let run = try await rig.startRunning()
            #expect(
                await outcome { try await change(rig, run, to: 90) }
                    == .clusterRefused("a shape decides"))
            #expect(rig.stored(run)?.targetUsers == 10)
            #expect(rig.store.users(of: run) == 10)
        }
    }

    @Test func `a change whose outcome is unknown stays stored`() async throws {
        let rig = Rig()
        rig.cluster.behave { $0.usersError = DriverError("timed out", outcomeIsUnknown: true) }
        try await rig.running {
            let run = try await rig.startRunning()
            #expect(
                await outcome { try await change(rig, run, to: 90) }
                    == .clusterUncertain("timed out"))
            #expect(rig.stored(run)?.targetUsers == 90)
        }
    }

    @Test func `a change that cannot be stored does not reach the cluster`() async throws {
        let rig = Rig()
        try await rig.running {
            let run = try await rig.startRunning()
            rig.store.behave { $0.savesToFail = 1 }
            #expect(
                await outcome { try await change(rig, run, to: 90) } == .store("the disk is full"))
            #expect(await eventually { rig.stored(run)?.revision ?? 0 > 3 })
            #expect(rig.stored(run)?.targetUsers == 10)
            #expect(rig.cluster.orders == [.prepare(run), .start(run)])
        }
    }

    @Test func `a native cluster's users are limited over all of its runs`() async throws {
        let rig = Rig(native: .init(maxUsers: 100))
        try await rig.running {
            let run = try await rig.startRunning("run-1")
            let other = try await rig.start("run-2", users: 60)
            #expect(
                await outcome { try await change(rig, run, to: 101) } == .tooManyUsers(max: 100))
            #expect(
                await outcome { try await change(rig, run, to: 41) }
                    == .clusterBusy([FullCluster("c1", .users(max: 100, left: 40), [other])]))
            #expect(rig.stored(run)?.targetUsers == 10)
            #expect(try await change(rig, run, to: 40).targetUsers == 40)
            // Fewer users make room for others.
            _ = try await change(rig, run, to: 5)
            #expect(rig.store.users(of: run) == 5)
            _ = try await rig.start("run-3", users: 35)
        }
    }

    @Test func `changes that come at once are made one after the other`() async throws {
        let rig = Rig()
        try await rig.running {
            let run = try await rig.startRunning()
            await withTaskGroup(of: Void.self) { group in
                for users in 11...20 {
                    group.addTask {
                        _ = await self.outcome { try await change(rig, run, to: users) }
                    }
                }
            }
            let orders = rig.cluster.orders.dropFirst(2)
            #expect(orders.count == 10)
            guard case .setUsers(_, let last, _) = orders.last else { return }
            #expect(rig.stored(run)?.targetUsers == last)
        }
    }

    @Test(arguments: [false, true])
    func `a new process tells the driver of its run, and repeats a change whose end is unknown`(
        isKnown: Bool
    ) async throws {
        let first = Rig()
        let run = try await first.running {
            let run = try await first.startRunning(duration: 600)
            _ = try await change(first, run, to: 25, spawnRate: 5)
            return run
        }
        if !isKnown {
            first.store.behave { state in
                state.timelines[run]?.removeAll { $0.kind == .changeUsers }
            }
        }
        let second = Rig(after: first)
        try await second.orchestrator.adopt()
        try await second.running {
            #expect(await second.reaches(.finished, run, by: .seconds(5)))
            #expect(second.count(.setUsers(run, 25, 5)) == (isKnown ? 1 : 2))
            #expect(second.cluster.adopted == [run])
        }
    }

    @Test func `a repeated change that the cluster does not take yet is given again`() async throws
    {
        let first = Rig()
        let run = try await first.running {
            let run = try await first.startRunning(duration: 600)
            _ = try await change(first, run, to: 25, spawnRate: 5)
            return run
        }
        first.store.behave { state in
            state.timelines[run]?.removeAll { $0.kind == .changeUsers }
        }
        let second = Rig(after: first)
        second.cluster.behave { $0.usersError = DriverError("no load is shown yet") }
        try await second.orchestrator.adopt()
        try await second.running {
            #expect(
                await eventually(moving: second.time) { second.count(.setUsers(run, 25, 5)) > 3 })
            second.cluster.behave { $0.usersError = nil }
            let isDone = await eventually(moving: second.time) {
                let orders = second.store.timeline(of: run).filter { $0.kind == .changeUsers }
                return orders.count == 1 && orders.first?.outcome?.result == .done
            }
            #expect(isDone)
        }
    }

    @Test func `who waits for a lane that ends is told`() async throws {
        let rig = Rig()
        let run = RunID("run-1")
        let waiting = try await rig.running {
            _ = try await rig.startRunning()
            rig.cluster.behave { $0.usersHang = true }
            let first = Task { await outcome { try await change(rig, run, to: 11) } }
            #expect(await eventually { rig.has(.setUsers(run, 11, 2)) })
            let second = Task { await outcome { try await change(rig, run, to: 12) } }
            await rig.rest()
            return [first, second]
        }
        // The orchestrator is gone; the one on its way was let go, the other never came to be.
        for task in waiting { _ = await task.value }
        #expect(!rig.has(.setUsers(run, 12, 2)))
    }

    /// What `work` throws.
    private func outcome(_ work: () async throws -> Run) async -> ControlPlaneError? {
        do {
            _ = try await work()
            return nil
        } catch {
            return error as? ControlPlaneError
        }
    }
}
