import Foundation
import TestSupport
import Testing

@testable import ControlPlane

/// Many random courses of the queue as a value, held against what a reader of its rules expects.
struct QueueModelTests {
    private static let tenants = ["t1", "t2", "t3"]
    private static let clusters = ["c1", "c2", "c3"]

    /// A world of clusters with one run each, in which runs come, begin, end and are stopped.
    private struct World {
        var queue = RunQueue()
        var pass: QueuePass
        /// Waiting runs in the order in which they came, with the cluster that each wants.
        var waiting: [(id: RunID, tenant: String, cluster: String?)] = []
        var running: [(id: RunID, tenant: String, cluster: String)] = []
        var begun: [RunID] = []
        var number = 0
        let runsMax: Int

        init(runsMax: Int) {
            self.runsMax = runsMax
            let keys = QueueModelTests.tenants.map { EnvironmentKey(tenantID: $0, envID: "dev") }
            pass = QueuePass(
                catalog: Catalog(
                    tenants: QueueModelTests.tenants.map {
                        Tenant(
                            id: $0, name: $0, environments: ["dev"],
                            limits: [.maxConcurrentRuns: Double(runsMax)])
                    },
                    clusters: QueueModelTests.clusters.map {
                        Cluster(
                            id: $0, generator: .locust(LocustSettings(baseURL: "http://h")),
                            serves: keys)
                    }), usage: Usage(at: Run.sampleStart))
        }

        mutating func come(_ tenant: String, _ cluster: String?) {
            number += 1
            let id = RunID("r\(number)")
            queue.append(.sample(id.text, number: number, tenant: tenant, cluster: cluster))
            waiting.append((id, tenant, cluster))
        }

        mutating func end(_ index: Int) {
            let run = running.remove(at: index)
            pass.usage.live.removeAll { $0.run == run.id }
        }

        mutating func stop(_ index: Int) { queue.remove(waiting.remove(at: index).id) }

        /// Whether a run could begin now, by the rules as they are told to users: its tenant has
        /// runs left, its cluster is free, and nobody of its tenant waits for the same before it.
        func mayBegin(_ index: Int) -> Bool {
            let (_, tenant, wanted) = waiting[index]
            guard running.count(where: { $0.tenant == tenant }) < runsMax else { return false }
            var free = Set(wanted.map { [$0] } ?? QueueModelTests.clusters)
            free.subtract(running.map(\.cluster))
            // Whoever came before and waits although the tenant has runs left, waits for clusters.
            for earlier in waiting[..<index] where earlier.tenant == tenant {
                free.subtract(earlier.cluster.map { [$0] } ?? QueueModelTests.clusters)
            }
            return !free.isEmpty
        }

        /// Begins all that can, and tells who did.
        mutating func look() -> [(tenant: String, cluster: String, id: RunID)] {
            var started: [(tenant: String, cluster: String, id: RunID)] = []
            while let (id, verdict) = pass.next(in: &queue) {
                guard case .start(let cluster) = verdict,
                    let index = waiting.firstIndex(where: { $0.id == id })
                else {
                    Issue.record("\(id) \(verdict)")
                    return started
                }
                let tenant = waiting.remove(at: index).tenant
                queue.serve(id)
                running.append((id, tenant, cluster))
                pass.usage.live.append(
                    Usage.Share(
                        run: id, environment: EnvironmentKey(tenantID: tenant, envID: "dev"),
                        clusterID: cluster, users: 1))
                started.append((tenant, cluster, id))
            }
            return started
        }
    }

    @Test(arguments: [UInt64(1), 2, 3, 4, 5, 6], [1, 2, 3])
    func `every course keeps to the rules`(seed: UInt64, runsMax: Int) {
        var generator = SeededGenerator(seed: seed)
        var world = World(runsMax: runsMax)
        for _ in 0..<400 {
            switch Int.random(in: 0..<10, using: &generator) {
            case 0..<5:
                let wanted = Bool.random(using: &generator) ? generator.pick(Self.clusters) : nil
                world.come(generator.pick(Self.tenants), wanted)
            case 5..<8:
                guard !world.running.isEmpty else { continue }
                world.end(Int.random(in: world.running.indices, using: &generator))
            default:
                guard !world.waiting.isEmpty else { continue }
                world.stop(Int.random(in: world.waiting.indices, using: &generator))
            }
            let before = world.waiting
            let started = world.look()
            check(world, started, before)
        }
    }

    private func check(
        _ world: World, _ started: [(tenant: String, cluster: String, id: RunID)],
        _ before: [(id: RunID, tenant: String, cluster: String?)]
    ) {
        // Nothing is lost or doubled.
        #expect(Set(world.queue.waiters.map(\.run.id)) == Set(world.waiting.map(\.id)))
        #expect(world.queue.count == world.waiting.count)
        // No cluster has two, no tenant too many.
        #expect(Set(world.running.map(\.cluster)).count == world.running.count)
        for tenant in Self.tenants {
            #expect(world.running.count(where: { $0.tenant == tenant }) <= world.runsMax)
            let line = world.waiting.filter { $0.tenant == tenant }.map(\.id)
            #expect(world.queue.line(of: tenant).map(\.run.id) == line)
        }
        // Nobody waits who could begin.
        #expect(!world.waiting.indices.contains(where: world.mayBegin))
        // First come, first served among those of a tenant that want the same.
        for run in started {
            let mine = before.first { $0.id == run.id }?.cluster
            let passed = before.prefix { $0.id != run.id }.filter { other in
                other.tenant == run.tenant && other.cluster == mine
                    && world.waiting.contains { $0.id == other.id }
            }
            #expect(passed.isEmpty, "\(run.id) has passed \(passed.map(\.id))")
        }
    }

    @Test func `tenants take turns on what they share, however many runs each has there`() {
        var world = World(runsMax: 9)
        for _ in 0..<9 { world.come("t1", "c1") }
        for _ in 0..<3 { world.come("t2", "c1") }
        world.come("t3", "c1")
        var order: [String] = []
        while !world.waiting.isEmpty {
            order += world.look().map(\.tenant)
            world.end(0)
        }
        #expect(
            order == ["t1", "t2", "t3", "t1", "t2", "t1", "t2"] + Array(repeating: "t1", count: 6))
    }
}
