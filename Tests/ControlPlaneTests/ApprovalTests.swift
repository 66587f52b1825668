import Foundation
import TestSupport
import Testing

@testable import ControlPlane

struct ApprovalTests {
    private static let editor = Principal(
        name: "bob", role: .editor, scope: .tenant("tenant-1"))

    /// The usual catalog, of which environment dev of tenant-1 is protected.
    private static func catalog(
        _ approval: ApprovalPolicy? = ApprovalPolicy(), freezes: [FreezeWindow] = []
    ) -> Catalog {
        let usual = Catalog.sample(clusters: ["c1"])
        var policy = StartPolicy()
        policy.approval = approval
        policy.freezes = freezes
        return Catalog(
            tenants: usual.tenants.map {
                Tenant(
                    id: $0.id, name: $0.name, environments: $0.environments, limits: $0.limits,
                    policy: $0.policy,
                    environmentPolicies: $0.id == "tenant-1" ? ["dev": policy] : [:])
            }, clusters: usual.clusters)
    }

    /// With a run that awaits approval, asked for by `ci`.
    private static func awaiting(_ body: (Rig, RunID) async throws -> Void) async throws {
        let rig = Rig()
        await rig.orchestrator.replaceCatalog(catalog())
        try await rig.running { try await body(rig, try await rig.start()) }
    }

    @Test func `a run of a protected environment waits, and starts when somebody agrees`()
        async throws
    {
        try await Self.awaiting { rig, run in
            let stored = try #require(rig.stored(run))
            #expect(stored.state == .awaitingApproval)
            #expect(stored.clusterID == "")
            #expect(stored.approval?.expiresAt == rig.time.now.addingTimeInterval(3600))
            await rig.pass(.seconds(30))
            #expect(rig.cluster.orders.isEmpty)
            // It takes nobody's room meanwhile.
            let other = try await rig.start("other", tenant: "tenant-2")
            #expect(await rig.reaches(.running, other))
            _ = try await rig.stop(other)
            #expect(await rig.reaches(.finished, other))

            let approved = try await rig.orchestrator.approve(run, by: Self.editor)
            #expect(approved.state == .pending)
            #expect(approved.clusterID == "c1")
            #expect(approved.approval?.decidedBy == "bob")
            #expect(await rig.reaches(.running, run))
            await #expect(throws: ControlPlaneError.self) {
                try await rig.orchestrator.approve(run, by: Self.editor)
            }
            // More than was agreed to needs another run.
            for (users, rate) in [(11, 1.0), (5, 3)] {
                await #expect(throws: ControlPlaneError.beyondApproval(approved.plan)) {
                    try await rig.orchestrator.changeUsers(
                        of: run, to: users, spawnRate: rate, in: .everything, by: "ci")
                }
            }
            _ = try await rig.orchestrator.changeUsers(
                of: run, to: 5, spawnRate: nil, in: .everything, by: "ci")
            _ = try await rig.stop(run)
        }
    }

    @Test func `neither who has asked nor who may not do enough can agree`() async throws {
        try await Self.awaiting { rig, run in
            for principal in [
                Principal(name: "ci", role: .admin, scope: .tenant("tenant-1")),
                Principal(name: "ci", role: .administrator, scope: .everything),
                Principal(name: "eve", role: .operator, scope: .tenant("tenant-1")),
            ] {
                await #expect(throws: ControlPlaneError.self) {
                    try await rig.orchestrator.approve(run, by: principal)
                }
                await #expect(throws: ControlPlaneError.self) {
                    try await rig.orchestrator.reject(run, by: principal, because: "")
                }
            }
            let stranger = Principal(name: "mal", role: .admin, scope: .tenant("tenant-2"))
            await #expect(throws: ControlPlaneError.unknownRun(run)) {
                try await rig.orchestrator.approve(run, by: stranger)
            }
            #expect(rig.stored(run)?.state == .awaitingApproval)
        }
    }

    @Test func `who has asked for it is known by more than a name`() async throws {
        let rig = Rig()
        await rig.orchestrator.replaceCatalog(Self.catalog())
        let anna = Principal(
            name: "anna", role: .admin, scope: .tenant("tenant-1"), person: "user:1")
        let run = try await rig.orchestrator.start(
            RunRequest(
                id: RunID("run-1"), loadTestID: nil, spec: .sample(),
                plan: RunPlan(targetUsers: 1, spawnRate: 1, durationSeconds: 60),
                requester: anna.identity), by: anna.name)
        let renamed = Principal(
            name: "anne", role: .admin, scope: .tenant("tenant-1"), person: "user:1")
        await #expect(throws: ControlPlaneError.self) {
            try await rig.orchestrator.approve(run.id, by: renamed)
        }
        // Another environment's administrator does not know of the run.
        let elsewhere = Principal(
            name: "carl", role: .admin,
            scope: Scope(tenant: "tenant-1", environments: ["staging"]))
        await #expect(throws: ControlPlaneError.self) {
            try await rig.orchestrator.approve(run.id, by: elsewhere)
        }
        _ = try await rig.orchestrator.approve(run.id, by: Self.editor)
    }

    @Test func `a no ends the run, with its reason`() async throws {
        try await Self.awaiting { rig, run in
            let rejected = try await rig.orchestrator.reject(
                run, by: Self.editor, because: "not today")
            #expect(rejected.state == .failed)
            #expect(rejected.endReason == .rejected)
            #expect(rejected.endDetail == "rejected by bob: not today")
            #expect(rig.stored(run) == rejected)
            await #expect(throws: ControlPlaneError.notAwaiting(run, .failed)) {
                try await rig.orchestrator.approve(run, by: Self.editor)
            }
        }
    }

    @Test func `without an answer in time there is none`() async throws {
        try await Self.awaiting { rig, run in
            rig.time.advance(by: .seconds(3599))
            await rig.rest()
            #expect(rig.stored(run)?.state == .awaitingApproval)
            rig.time.advance(by: .seconds(1))
            // Its time is over also before anybody has noticed.
            await #expect(throws: ControlPlaneError.self) {
                try await rig.orchestrator.approve(run, by: Self.editor)
            }
            #expect(await rig.reaches(.failed, run))
            #expect(rig.stored(run)?.endReason == .approvalExpired)
        }
    }

    @Test func `it waits over a restart, and can then be approved`() async throws {
        let first = Rig()
        await first.orchestrator.replaceCatalog(Self.catalog())
        let run = try await first.start()
        let second = Rig(after: first, awaitsAdoption: true)
        await second.orchestrator.replaceCatalog(Self.catalog())
        try await second.running {
            try await second.orchestrator.adopt()
            #expect(second.cluster.orders.isEmpty)
            _ = try await second.orchestrator.approve(run, by: Self.editor)
            #expect(await second.reaches(.running, run))
            _ = try await second.stop(run)
        }
    }

    @Test func `an approved run that a crash cuts off is started by the next process`() async throws
    {
        let first = Rig()
        await first.orchestrator.replaceCatalog(Self.catalog())
        let run = try await first.start()
        first.time.advance(by: .seconds(1800))
        _ = try await first.orchestrator.approve(run, by: Self.editor)
        // Nobody supervises it here: the process is gone.
        #expect(first.stored(run)?.state == .pending)
        let second = Rig(after: first, awaitsAdoption: true)
        try await second.running {
            try await second.orchestrator.adopt()
            #expect(await second.reaches(.running, run))
            _ = try await second.stop(run)
        }
    }

    @Test func `a yes passes what a start must pass, and the run goes on to wait`() async throws {
        try await Self.awaiting { rig, run in
            let window = FreezeWindow(
                name: "release",
                times: .once(from: rig.time.now, to: rig.time.now.addingTimeInterval(60)))
            await rig.orchestrator.replaceCatalog(Self.catalog(freezes: [window]))
            await #expect(throws: ControlPlaneError.self) {
                try await rig.orchestrator.approve(run, by: Self.editor)
            }
            let busy = try await rig.start("busy", duration: 600, tenant: "tenant-2")
            #expect(await rig.reaches(.running, busy))
            rig.time.advance(by: .seconds(60))
            await #expect(throws: ControlPlaneError.self) {
                try await rig.orchestrator.approve(run, by: Self.editor)
            }
            #expect(rig.stored(run)?.state == .awaitingApproval)
            _ = try await rig.stop(busy)
            #expect(await rig.reaches(.finished, busy))
            _ = try await rig.orchestrator.approve(run, by: Self.editor)
            _ = try await rig.stop(run)
        }
    }

    @Test func `a stop and an emergency stop end what waits`() async throws {
        try await Self.awaiting { rig, run in
            let stopped = try await rig.stop(run)
            #expect(stopped.state == .finished)
            #expect(stopped.endReason == .stoppedByUser)
            let second = try await rig.start("second")
            let (_, runs) = try await rig.orchestrator.impose(
                EmergencyStop(
                    id: "s", reach: .all, reason: "r", isServiceWide: true, createdAt: Date(),
                    createdBy: "anna"))
            #expect(runs == [second])
            #expect(rig.stored(second)?.endReason == .emergencyStop)
        }
    }

    @Test func `as many wait as somebody can look at, and one more is refused`() async throws {
        try await Self.awaiting { rig, _ in
            for index in 1..<Orchestrator.awaitingMax { _ = try await rig.start("run-\(index)x") }
            await #expect(throws: ControlPlaneError.self) { try await rig.start("one-more") }
        }
    }

    @Test func `a store that fails leaves the run as it is stored`() async throws {
        try await Self.awaiting { rig, run in
            rig.store.behave { $0.savesToFail = 1 }
            await #expect(throws: ControlPlaneError.self) {
                try await rig.orchestrator.reject(run, by: Self.editor, because: "")
            }
            #expect(rig.stored(run)?.state == .awaitingApproval)
            _ = try await rig.orchestrator.reject(run, by: Self.editor, because: "")
        }
    }
}
