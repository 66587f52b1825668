import Addresses
import Foundation
import TestSupport
import Testing

@testable import ControlPlane

struct EmergencyStopTests {
    private func order(
        _ reach: EmergencyStop.Reach = .all, tenant: String? = nil, host: String? = nil,
        id: String = "stop-1", isServiceWide: Bool = true
    ) throws -> EmergencyStop {
        EmergencyStop(
            id: id, reach: reach, tenantID: tenant, host: try host.map { try TargetPattern($0) },
            reason: "the shop is down", isServiceWide: isServiceWide, createdAt: Date(),
            createdBy: "anna")
    }

    @Test func `everything stops, and nothing starts until it is lifted`() async throws {
        let rig = Rig(clusters: ["c1", "c2"])
        try await rig.running {
            let first = try await rig.startRunning("first")
            let second = try await rig.start("second", tenant: "tenant-2")
            let (stop, runs) = try await rig.orchestrator.impose(order())
            #expect(Set(runs) == [first, second])
            // Both are stored when the order is answered.
            for run in runs { #expect(rig.stored(run)?.endReason == .emergencyStop) }
            #expect(rig.stored(first)?.endDetail == "emergency stop by anna: the shop is down")
            #expect(try await rig.store.emergencyStops() == [stop])
            await #expect(throws: ControlPlaneError.emergencyStop(stop)) { try await rig.start() }
            #expect(await rig.reaches(.failed, first))
            #expect(await rig.reaches(.failed, second))
            #expect(rig.has(.stop(first)))

            try await rig.orchestrator.lift(stop.id, in: .everything, by: "anna")
            #expect(try await rig.store.emergencyStops().isEmpty)
            _ = try await rig.start("third")
        }
    }

    @Test func `one tenant's stop leaves the others alone`() async throws {
        let rig = Rig(clusters: ["c1", "c2"])
        try await rig.running {
            let first = try await rig.start("first")
            let second = try await rig.start("second", tenant: "tenant-2")
            let (_, runs) = try await rig.orchestrator.impose(order(.tenant, tenant: "tenant-2"))
            #expect(runs == [second])
            #expect(rig.stored(first)?.endReason == nil)
            #expect(await rig.reaches(.failed, second))
            await #expect(throws: ControlPlaneError.self) {
                try await rig.start("third", tenant: "tenant-2")
            }
        }
    }

    @Test(arguments: [
        ("127.0.0.0/8", true), ("127.0.0.1:9", true), ("127.0.0.1:10", false),
        ("10.0.0.0/8", false), ("*.example", false),
    ])
    func `a host's stop is about the servers that a run names`(host: String, isStopped: Bool)
        async throws
    {
        let rig = Rig()
        try await rig.running {
            let run = try await rig.start()
            let (_, runs) = try await rig.orchestrator.impose(order(.host, host: host))
            #expect(runs == (isStopped ? [run] : []))
        }
    }

    @Test func `a host's stop also knows the addresses that names had`() async throws {
        let server = try TargetServer(url: "http://shop.example")
        let address = try #require(IPAddress("203.0.113.7"))
        let stop = try order(.host, host: "203.0.113.0/24")
        #expect(!stop.concerns(tenant: "t", [CheckedServer(server)]))
        #expect(stop.concerns(tenant: "t", [CheckedServer(server, addresses: [address])]))
        let ofOne = try order(.host, tenant: "other", host: "shop.example")
        #expect(!ofOne.concerns(tenant: "t", [CheckedServer(server)]))
        #expect(ofOne.concerns(tenant: "other", [CheckedServer(server)]))
    }

    @Test func `a store that takes nothing stops no stop, and a repeat stores it`() async throws {
        let rig = Rig()
        try await rig.running {
            let run = try await rig.startRunning()
            rig.store.behave { ($0.stopInsertsToFail, $0.savesToFail) = (1, 1) }
            await #expect(throws: ControlPlaneError.emergencyNotStored("the disk is full")) {
                try await rig.orchestrator.impose(order())
            }
            #expect(await rig.reaches(.failed, run))
            await #expect(throws: ControlPlaneError.self) { try await rig.start("second") }
            let (stop, _) = try await rig.orchestrator.impose(order(id: "stop-2"))
            // The first one holds, and is the only one that is to be lifted.
            #expect(stop.id == "stop-1")
            #expect(try await rig.store.emergencyStops().map(\.id) == ["stop-1"])
        }
    }

    @Test func `a start that is being stored meanwhile does not get by`() async throws {
        let rig = Rig()
        try await rig.running {
            rig.store.behave { $0.holdsInsertAnswers = true }
            let start = Task { try await rig.start() }
            #expect(await eventually { rig.stored(RunID("run-1")) != nil })
            let (stop, _) = try await rig.orchestrator.impose(order())
            rig.store.behave { $0.holdsInsertAnswers = false }
            await #expect(throws: ControlPlaneError.emergencyStop(stop)) { try await start.value }
            #expect(await rig.reaches(.failed, RunID("run-1")))
            #expect(rig.stored(RunID("run-1"))?.endReason == .emergencyStop)
            #expect(!rig.has(.start(RunID("run-1"))))
        }
    }

    @Test func `it holds over a restart, also for runs that could not be told`() async throws {
        let first = Rig()
        try await first.running { _ = try await first.startRunning() }
        // The process dies when the order is stored, and its runs are not.
        try await first.store.insert(order())
        let second = Rig(after: first, awaitsAdoption: true)
        try await second.running {
            try await second.orchestrator.adopt()
            #expect(second.stored(RunID("run-1"))?.endReason == .emergencyStop)
            #expect(await second.reaches(.failed, RunID("run-1")))
            await #expect(throws: ControlPlaneError.self) { try await second.start("another") }
            try await second.orchestrator.lift("stop-1", in: .everything, by: "anna")
            _ = try await second.start("another")
        }
    }

    @Test func `a tenant lifts its own, and not the service's`() async throws {
        let rig = Rig()
        let own = try await rig.orchestrator.impose(
            order(.tenant, tenant: "tenant-1", isServiceWide: false)
        ).stop
        let wide = try await rig.orchestrator.impose(
            order(.tenant, tenant: "tenant-1", id: "stop-2")
        ).stop
        let scope = Scope.tenant("tenant-1")
        #expect(await rig.orchestrator.emergencyStops(in: scope).count == 2)
        #expect(await rig.orchestrator.emergencyStops(in: .tenant("tenant-2")).isEmpty)
        await #expect(throws: ControlPlaneError.unknownEmergencyStop(own.id)) {
            try await rig.orchestrator.lift(own.id, in: .tenant("tenant-2"), by: "bob")
        }
        await #expect(throws: ControlPlaneError.notYoursToLift(wide)) {
            try await rig.orchestrator.lift(wide.id, in: scope, by: "bob")
        }
        // Whoever has only a part of the tenant may know of it.
        let part = Scope(tenant: "tenant-1", environments: ["dev"])
        #expect(await rig.orchestrator.emergencyStops(in: part).count == 2)
        await #expect(throws: ControlPlaneError.notYoursToLift(own)) {
            try await rig.orchestrator.lift(own.id, in: part, by: "bob")
        }
        try await rig.orchestrator.lift(own.id, in: scope, by: "bob")
        #expect(await rig.orchestrator.emergencyStops(in: scope) == [wide])
    }

    @Test func `as many hold as are kept, and one more is refused`() async throws {
        let rig = Rig()
        for index in 0..<EmergencyStop.countMax {
            _ = try await rig.orchestrator.impose(
                order(.host, host: "h\(index).example", id: "\(index)"))
        }
        await #expect(throws: ControlPlaneError.tooManyEmergencyStops(max: 1000)) {
            try await rig.orchestrator.impose(order(.host, host: "more.example", id: "more"))
        }
    }
}
