import Foundation
import SQLite
import Testing

@testable import ControlPlane
@testable import History

struct RetentionTests {
    private let home: StoreFolder
    private var store: HistoryStore { home.store }

    init() throws { home = try StoreFolder() }

    /// Ended runs `r0`, `r1`, ... each an hour older than the one before, and live ones.
    private func fill(_ count: Int) async throws {
        for number in 0..<count {
            let ended = epoch - Double(number) * 3600
            try await store.insert(
                .sample(
                    "r\(number)", number.isMultiple(of: 2) ? .finished : .failed, tags: ["t"],
                    created: ended - 60, started: ended - 50, ended: ended), liveRunsMax: nil)
        }
        for (number, state) in RunState.live.enumerated() {
            try await store.insert(
                .sample("live\(number)", state, created: epoch - 9_000_000), liveRunsMax: nil)
        }
    }

    private func left() async throws -> Set<String> {
        let page = try await store.runs(.init(scope: .everything, page: .init(limit: 1000)))
        return Set(page.items.map(\.run.id.text))
    }

    private let live: Set<String> = ["live0", "live1", "live2", "live3", "live4"]

    @Test func `nothing is deleted without a limit`() async throws {
        try await fill(5)
        #expect(try await store.enforce(.init(), at: epoch) == 0)
        #expect(try await left().count == 10)
    }

    @Test func `runs older than the age are deleted, live ones never`() async throws {
        try await fill(60)
        let deleted = try await store.enforce(.init(maxAge: .seconds(7200)), at: epoch)
        #expect(deleted == 57)
        #expect(try await left() == live.union(["r0", "r1", "r2"]))
    }

    @Test(arguments: [0, 1, 19, 20, 21, 40, 60])
    func `only the newest runs are kept, live ones uncounted`(count: Int) async throws {
        try await fill(40)
        let deleted = try await store.enforce(.init(maxRuns: count), at: epoch)
        #expect(deleted == max(0, 40 - count))
        #expect(try await left() == live.union((0..<min(40, count)).map { "r\($0)" }))
    }

    @Test func `what one of both limits does not cover is deleted`() async throws {
        try await fill(10)
        _ = try await store.enforce(.init(maxAge: .seconds(3 * 3600), maxRuns: 6), at: epoch)
        #expect(try await left() == live.union(["r0", "r1", "r2", "r3"]))
        _ = try await store.enforce(.init(maxAge: .seconds(90 * 3600), maxRuns: 2), at: epoch)
        #expect(try await left() == live.union(["r0", "r1"]))
    }

    @Test func `all that belongs to a run goes with it, and nothing else`() async throws {
        try await fill(2)
        let error = ErrorSample(
            endpoint: .init(method: "GET", name: "/"), message: "m", occurrences: 1,
            firstSeen: nil, lastSeen: nil)
        for id in ["r0", "r1"] {
            try await store.append(
                .sample(
                    1, requests: 1,
                    endpoints: [.init(endpoint: error.endpoint, sample: .sample(requests: 1))],
                    errors: [error]), to: RunID(id), numbers: nil)
        }
        let connection = try Connection(path: home.path)
        let tables = ["observations", "endpoints", "samples", "run_errors", "run_tags"]
        func counts() throws -> [Int] {
            try tables.map { table in
                try connection.first("SELECT count(*) FROM \(table)") { try $0.int(0) } ?? -1
            }
        }
        #expect(try counts() == [2, 4, 4, 2, 2])
        _ = try await store.enforce(.init(maxRuns: 1), at: epoch)
        #expect(try counts() == [1, 2, 2, 1, 1])
        #expect(try await store.totals(of: RunID("r0")).count == 1)
        #expect(try connection.integrityCheck().isEmpty)
    }
}
