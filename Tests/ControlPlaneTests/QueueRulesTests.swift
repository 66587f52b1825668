import Addresses
import Foundation
import TestSupport
import Testing

@testable import ControlPlane

/// Runs that wait, and the rules that every start must pass: they are looked at again when a run
/// leaves the queue.
struct QueueRulesTests {
    /// The usual catalog with these rules for the first tenant.
    private static func catalog(_ policy: StartPolicy) -> Catalog {
        let usual = Catalog.sample(clusters: ["c1"])
        return Catalog(
            tenants: usual.tenants.map {
                Tenant(
                    id: $0.id, name: $0.name, environments: $0.environments, limits: $0.limits,
                    policy: $0.id == "tenant-1" ? policy : $0.policy)
            }, clusters: usual.clusters)
    }

    private func emergency(_ tenant: String? = nil) -> EmergencyStop {
        EmergencyStop(
            id: "stop-1", reach: tenant == nil ? .all : .tenant, tenantID: tenant,
            reason: "the shop is down", isServiceWide: true, createdAt: Date(), createdBy: "anna")
    }

    @Test func `an emergency stop ends runs that wait, of those that it is about`() async throws {
        let rig = Rig()
        try await rig.running {
            let live = try await rig.startRunning("run-1", duration: 600)
            let own = try await rig.queue("run-2")
            let other = try await rig.queue("run-3", tenant: "tenant-2")
            let (_, runs) = try await rig.orchestrator.impose(emergency("tenant-1"))
            #expect(Set(runs) == [live, own])
            #expect(await rig.reaches(.failed, own))
            #expect(rig.stored(own)?.endReason == .emergencyStop)
            #expect(rig.count(.start(own)) == 0)
            #expect(await rig.reaches(.running, other))
        }
    }

    @Test func `nothing is queued while an emergency stop holds`() async throws {
        let rig = Rig()
        try await rig.running {
            _ = try await rig.startRunning("run-1", duration: 600)
            _ = try await rig.orchestrator.impose(emergency("tenant-2"))
            await #expect(throws: ControlPlaneError.self) {
                try await rig.queue("run-2", tenant: "tenant-2")
            }
            #expect(rig.stored(RunID("run-2")) == nil)
        }
    }

    @Test func `a run whose target is forbidden meanwhile ends instead of starting`() async throws {
        let rig = Rig()
        try await rig.running {
            let first = try await rig.startRunning("run-1", duration: 600)
            let second = try await rig.queue("run-2")
            var policy = try #require(Catalog.sample(clusters: ["c1"]).tenants.first).policy
            policy.deny = [try TargetPattern("*")]
            await rig.orchestrator.replaceCatalog(Self.catalog(policy))
            _ = try await rig.stop(first)
            #expect(await rig.reaches(.failed, second))
            #expect(rig.stored(second)?.endReason == .startFailed)
            #expect(rig.stored(second)?.endDetail?.contains("can no longer be started") == true)
            #expect(rig.count(.start(second)) == 0)
        }
    }

    @Test func `a run waits for the end of a freeze window, too`() async throws {
        let rig = Rig()
        try await rig.running {
            let first = try await rig.startRunning("run-1", duration: 600)
            let second = try await rig.queue("run-2")
            var policy = try #require(Catalog.sample(clusters: ["c1"]).tenants.first).policy
            policy.freezes = [
                FreezeWindow(
                    name: "sale",
                    times: .once(from: rig.time.now, to: rig.time.now.addingTimeInterval(40)))
            ]
            await rig.orchestrator.replaceCatalog(Self.catalog(policy))
            _ = try await rig.stop(first)
            await rig.pass(.seconds(20), by: .seconds(2))
            #expect(rig.stored(second)?.state == .queued)
            let place = await rig.orchestrator.queuePlaces(of: [second])[second]
            #expect(place?.waitsFor.contains("sale") == true)
            #expect(await rig.reaches(.running, second))
        }
    }
}
