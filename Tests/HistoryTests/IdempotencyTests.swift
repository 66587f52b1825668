import Foundation
import Testing

@testable import ControlPlane
@testable import History

struct IdempotencyTests {
    private let home: StoreFolder
    private var store: HistoryStore { home.store }
    private let key = IdempotencyKey(principal: "ci", key: "k")
    private let answer = StoredAnswer(
        status: 201, headers: ["Location": "/v1/runs/1"], body: [0, 255, 10])

    init() throws { home = try StoreFolder() }

    /// Another process on the same file, which knows nothing of who works on what.
    private func nextProcess() throws -> HistoryStore {
        try HistoryStore(path: home.path, logger: .quiet)
    }

    @Test func `a key is granted once and then gives the first answer`() async throws {
        #expect(try await store.claim(key, "d", id: "a") == .granted(objectID: "a"))
        #expect(try await store.claim(key, "d", id: "b") == .inProgress)
        #expect(try await store.claim(key, "other") == .mismatch)
        try await store.complete(key, with: answer)
        #expect(try await store.claim(key, "d") == .answered(answer))
        #expect(try await store.claim(key, "other") == .mismatch)
    }

    @Test func `an empty body is an answer, too`() async throws {
        let empty = StoredAnswer(status: 202, headers: [:], body: [])
        _ = try await store.claim(key, "d")
        try await store.complete(key, with: empty)
        #expect(try await store.claim(key, "d") == .answered(empty))
    }

    @Test func `different callers never meet in one key`() async throws {
        _ = try await store.claim(key, "d")
        try await store.complete(key, with: answer)
        let others = IdempotencyKey(principal: "other", key: "k")
        #expect(try await store.claim(others, "d", id: "b") == .granted(objectID: "b"))
        #expect(try await store.release(others))
        #expect(try await store.claim(key, "d") == .answered(answer))
    }

    @Test func `a released key can be claimed again, with another request`() async throws {
        _ = try await store.claim(key, "d")
        #expect(try await store.release(key))
        #expect(try await store.claim(key, "e", id: "b") == .granted(objectID: "b"))
    }

    @Test func `an answer is kept for its lifetime and not longer`() async throws {
        let lifetime = Double(IdempotencyKey.lifetime.components.seconds)
        _ = try await store.claim(key, "d")
        try await store.complete(key, with: answer)
        #expect(try await store.claim(key, "d", at: epoch + lifetime) == .answered(answer))
        let later = try await store.claim(key, "d", id: "b", at: epoch + lifetime + 1)
        #expect(later == .granted(objectID: "b"))
        try await store.complete(key, with: answer)
        try await store.forgetExpiredKeys(at: epoch + 2 * lifetime + 1)
        #expect(try await store.keyCount() == 1)
        try await store.forgetExpiredKeys(at: epoch + 2 * lifetime + 2)
        #expect(try await store.keyCount() == 0)
    }

    @Test func `the first repeat takes over what an earlier process left, with its object`()
        async throws
    {
        _ = try await store.claim(key, "d", id: "a")
        let next = try nextProcess()
        #expect(try await next.claim(key, "other") == .mismatch)
        #expect(try await next.claim(key, "d", id: "b") == .granted(objectID: "a"))
        #expect(try await next.claim(key, "d", id: "b") == .inProgress)
    }

    @Test(arguments: [true, false])
    func `an object is known from the moment that it is there, and also when it is gone`(
        isRun: Bool
    ) async throws {
        _ = try await store.claim(key, "d", id: "a")
        if isRun {
            try await store.insert(.sample("a"), liveRunsMax: nil)
        } else {
            try await store.insert(.sample("a"))
        }
        #expect(try await store.release(key) == false, "the key of an object is not given back")
        #expect(try await store.claim(key, "d", id: "b") == .created(objectID: "a"))
        let next = try nextProcess()
        #expect(try await next.claim(key, "d", id: "b") == .created(objectID: "a"))
        #expect(try await next.claim(key, "d", id: "b") == .inProgress)
        try await next.complete(key, with: answer)
        #expect(try await next.release(key) == false, "nor that of an answer")
        #expect(try await store.claim(key, "d") == .answered(answer))
    }

    @Test(arguments: [true, false], [true, false])
    func `a key stays taken for its lifetime by an object that was deleted`(
        isRun: Bool, isAnswered: Bool
    ) async throws {
        _ = try await store.claim(key, "d", id: "a")
        if isRun {
            try await store.insert(.sample("a", .finished, ended: epoch), liveRunsMax: nil)
        } else {
            try await store.insert(.sample("a"))
        }
        if isAnswered { try await store.complete(key, with: answer) }
        let next = try nextProcess()
        if isRun {
            #expect(try await next.enforce(Retention(maxRuns: 0), at: epoch) == 1)
        } else {
            try await next.delete(LoadTestID("a"), version: nil, in: .everything)
        }
        for _ in 0..<2 {
            #expect(try await next.claim(key, "d", id: "b") == .gone(objectID: "a"))
        }
        #expect(try await next.claim(key, "other") == .mismatch)
        let later = epoch + Double(IdempotencyKey.lifetime.components.seconds) + 1
        #expect(
            try await next.claim(key, "d", id: "b", at: later) == .granted(objectID: "b"))
    }

    @Test func `an object that could not be stored leaves its key free`() async throws {
        try await store.insert(.sample("first", .running, cluster: "c"), liveRunsMax: nil)
        _ = try await store.claim(key, "d", id: "a")
        await #expect(throws: ControlPlaneError.self) {
            try await store.insert(.sample("a", cluster: "c"), liveRunsMax: nil)
        }
        #expect(try await store.release(key))
    }

    @Test func `of two processes with one key one creates the object, and both find it`()
        async throws
    {
        let next = try nextProcess()
        #expect(try await store.claim(key, "d", id: "a") == .granted(objectID: "a"))
        #expect(try await next.claim(key, "d", id: "b") == .granted(objectID: "a"))
        try await store.insert(.sample("a", cluster: "c1"), liveRunsMax: nil)
        await #expect(throws: ControlPlaneError.self) {
            try await next.insert(.sample("a", cluster: "c2"), liveRunsMax: nil)
        }
        #expect(try await next.release(key) == false)
        #expect(try await next.claim(key, "d") == .created(objectID: "a"))
    }

    @Test func `of many claims at once one is granted`() async throws {
        let (store, key) = (store, key)
        let granted = try await withThrowingTaskGroup(of: IdempotencyClaim.self) { group in
            for _ in 0..<32 { group.addTask { try await store.claim(key, "d") } }
            return try await group.reduce(into: 0) { $0 += $1 == .inProgress ? 0 : 1 }
        }
        #expect(granted == 1)
    }

    @Test func `a caller has only so many keys, and hears when it may have more`() async throws {
        try await store.addKeys(IdempotencyKey.countMax, of: "ci", at: epoch)
        let wait = Duration.seconds(24 * 3600 - 60)
        #expect(try await store.claim(key, "d", at: epoch + 60) == .full(until: wait))
        #expect(try await store.claim(.init(principal: "ci", key: "7"), "d") != .full(until: wait))
        let others = IdempotencyKey(principal: "other", key: "k")
        #expect(try await store.claim(others, "d", id: "b") == .granted(objectID: "b"))
        let later = try await store.claim(key, "d", id: "c", at: epoch + 24 * 3600 + 1)
        #expect(later == .granted(objectID: "c"))
    }
}

extension HistoryStore {
    fileprivate func claim(
        _ key: IdempotencyKey, _ digest: String, id: String = "new", at now: Date = epoch
    ) throws -> IdempotencyClaim {
        try claim(key, digest: digest, newID: id, at: now)
    }

    fileprivate func keyCount() throws -> Int? {
        try perform { connection in
            try connection.first("SELECT count(*) FROM idempotency_keys") { try $0.int(0) }
        }
    }

    fileprivate func addKeys(_ count: Int, of principal: String, at date: Date) throws {
        _ = try perform { connection in
            try connection.run(
                """
                WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
                INSERT INTO idempotency_keys (principal, key, digest, claimed_at, object_id)
                SELECT ?, i, 'd', ?, 'object-' || i FROM n
                """, [.int(Int64(count)), .text(principal), Coding.milliseconds(date)])
        }
    }
}
