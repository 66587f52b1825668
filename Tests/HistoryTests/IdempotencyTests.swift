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

    @Test func `a key is granted once and then gives the first answer`() async throws {
        #expect(try await store.claim(key, digest: "d", at: epoch) == .granted)
        #expect(try await store.claim(key, digest: "d", at: epoch) == .inProgress)
        try await store.complete(key, with: answer)
        #expect(try await store.claim(key, digest: "d", at: epoch) == .answered(answer))
        #expect(try await store.claim(key, digest: "other", at: epoch) == .mismatch)
    }

    @Test func `an empty body is an answer, too`() async throws {
        let empty = StoredAnswer(status: 202, headers: [:], body: [])
        #expect(try await store.claim(key, digest: "d", at: epoch) == .granted)
        try await store.complete(key, with: empty)
        #expect(try await store.claim(key, digest: "d", at: epoch) == .answered(empty))
    }

    @Test func `different callers never meet in one key`() async throws {
        #expect(try await store.claim(key, digest: "d", at: epoch) == .granted)
        try await store.complete(key, with: answer)
        let others = IdempotencyKey(principal: "other", key: "k")
        #expect(try await store.claim(others, digest: "d", at: epoch) == .granted)
        try await store.release(others)
        #expect(try await store.claim(key, digest: "d", at: epoch) == .answered(answer))
    }

    @Test func `a released key can be claimed again, with another request`() async throws {
        #expect(try await store.claim(key, digest: "d", at: epoch) == .granted)
        try await store.release(key)
        #expect(try await store.claim(key, digest: "e", at: epoch) == .granted)
    }

    @Test func `an answer is kept for its lifetime and not longer`() async throws {
        let lifetime = Double(IdempotencyKey.lifetime.components.seconds)
        #expect(try await store.claim(key, digest: "d", at: epoch) == .granted)
        try await store.complete(key, with: answer)
        #expect(
            try await store.claim(key, digest: "d", at: epoch + lifetime) == .answered(answer))
        #expect(try await store.claim(key, digest: "d", at: epoch + lifetime + 1) == .granted)
    }

    @Test func `what an earlier process left unanswered is given back`() async throws {
        let answered = IdempotencyKey(principal: "ci", key: "answered")
        for key in [key, answered] {
            #expect(try await store.claim(key, digest: "d", at: epoch) == .granted)
        }
        try await store.complete(answered, with: answer)
        try await store.releaseUnfinishedClaims()
        #expect(try await store.claim(key, digest: "d", at: epoch) == .granted)
        #expect(try await store.claim(answered, digest: "d", at: epoch) == .answered(answer))
    }

    @Test func `of many claims at once one is granted`() async throws {
        let store = store
        let key = key
        let granted = try await withThrowingTaskGroup(of: IdempotencyClaim.self) { group in
            for _ in 0..<30 { group.addTask { try await store.claim(key, digest: "d", at: epoch) } }
            return try await group.reduce(into: 0) { $0 += $1 == .granted ? 1 : 0 }
        }
        #expect(granted == 1)
    }
}
