import Foundation
import TestSupport
import Testing

@testable import ControlPlane
@testable import History

struct LoadTestStoreTests {
    private let home: StoreFolder
    private var store: HistoryStore { home.store }

    init() throws { home = try StoreFolder() }

    @Test func `a load test comes back as it was stored, to its own tenant`() async throws {
        let test = LoadTest.sample("t", tags: ["x", "y", "x"])
        try await store.insert(test)
        #expect(try await store.loadTest(test.id, in: .everything) == test)
        #expect(try await store.loadTest(test.id, in: .tenant("tenant-1")) == test)
        #expect(try await store.loadTest(test.id, in: .tenant("tenant-2")) == nil)
        await #expect(throws: ControlPlaneError.self) { try await store.insert(test) }
    }

    @Test func `an update replaces everything, tags included`() async throws {
        var test = LoadTest.sample("t", tags: ["old"])
        try await store.insert(test)
        test.spec.name = "renamed"
        test.spec.tags = ["new"]
        test.version = 2
        test.audit.updatedAt = epoch + 9
        try await store.update(test)
        #expect(try await store.loadTest(test.id, in: .everything) == test)
        for (tag, count) in [("old", 0), ("new", 1)] {
            var query = LoadTestQuery(scope: .everything)
            query.tags = [tag]
            #expect(try await store.loadTests(query).items.count == count)
        }
        var query = LoadTestQuery(scope: .everything)
        query.text = "RENAMED"
        #expect(try await store.loadTests(query).items == [test])
    }

    @Test func `of two changes of one version the second is refused`() async throws {
        var test = LoadTest.sample("t")
        try await store.insert(test)
        test.version = 2
        try await store.update(test)
        await #expect(throws: ControlPlaneError.versionConflict(current: 2)) {
            try await store.update(test)
        }
        await #expect(throws: ControlPlaneError.unknownLoadTest(LoadTestID("x"))) {
            try await store.update(.sample("x", version: 2))
        }
    }

    @Test func `a load test is deleted by its version and in its scope`() async throws {
        let test = LoadTest.sample("t", tags: ["x"])
        try await store.insert(test)
        await #expect(throws: ControlPlaneError.unknownLoadTest(test.id)) {
            try await store.delete(test.id, version: nil, in: .tenant("tenant-2"))
        }
        await #expect(throws: ControlPlaneError.versionConflict(current: 1)) {
            try await store.delete(test.id, version: 7, in: .everything)
        }
        try await store.delete(test.id, version: 1, in: .tenant("tenant-1"))
        #expect(try await store.loadTest(test.id, in: .everything) == nil)
        await #expect(throws: ControlPlaneError.unknownLoadTest(test.id)) {
            try await store.delete(test.id, version: nil, in: .everything)
        }
    }

    @Test func `a load test is kept while runs of it live, and its runs after it`() async throws {
        let test = LoadTest.sample("t")
        try await store.insert(test)
        var run = Run.sample("r", .running, loadTest: "t", started: epoch)
        try await store.insert(run, liveRunsMax: nil)
        await #expect(throws: ControlPlaneError.loadTestInUse([run.id])) {
            try await store.delete(test.id, version: nil, in: .everything)
        }
        // Another tenant is told of neither.
        await #expect(throws: ControlPlaneError.unknownLoadTest(test.id)) {
            try await store.delete(test.id, version: nil, in: .tenant("tenant-2"))
        }
        _ = try run.apply(.stopRequested(by: "anna"), at: epoch)
        _ = try run.apply(.numbersFinal, at: epoch)
        try await store.save(run)
        try await store.delete(test.id, version: nil, in: .everything)
        #expect(try await store.run(run.id, in: .everything)?.run.loadTestID == test.id)
    }
}
