import ControlPlane
import Foundation
import HTTP
import JSON
import Testing

@testable import API
@testable import TestSupport

/// A request that is cut off by the death of its process is repeated to the next one.
struct IdempotencyCrashTests {
    /// Where the process dies.
    enum Step: CaseIterable {
        case beforeClaim, afterClaim, afterCreation, afterCompletion

        var hasCreated: Bool { self == .afterCreation || self == .afterCompletion }
    }

    private static let requests: [(path: String, body: JSONValue, list: String)] = [
        ("/v1/load-tests", .loadTest(["metadata": ["a": 1.5]]), "/v1/load-tests"),
        ("/v1/tests", .test(["metadata": ["b": [1, nil]]]), "/v1/runs"),
    ]

    /// A process that has died at this step in this request, and what it would have answered.
    private func died(
        at step: Step, _ path: String, _ body: JSONValue, key: String = "key"
    ) async throws -> (service: TestService, answer: Answer) {
        let service = try TestService()
        let services = service.services.with(
            idempotency: DyingKeys(store: service.store, step: step))
        let answer = try await service.send(
            "POST", path, body.encodedBytes, headers: ["Idempotency-Key": key], with: services)
        service.die()
        return (service, answer)
    }

    @Test(arguments: Step.allCases, 0..<requests.count)
    func `a repeat after the crash finds what was created, or creates it, once`(
        step: Step, request: Int
    ) async throws {
        let (path, body, list) = Self.requests[request]
        let (dead, lost) = try await died(at: step, path, body)
        let next = try TestService(after: dead)
        try await next.orchestrator.adopt()
        next.time.advance(by: .seconds(5))
        var answers: [Answer] = []
        for _ in 0..<3 {
            answers.append(
                try await next.ask("POST", path, body, headers: ["Idempotency-Key": "key"]))
        }
        let first = answers[0]
        #expect(first.status == (request == 0 ? 201 : 202))
        #expect(first.header("Idempotency-Replayed") == (step.hasCreated ? "true" : nil))
        if step.hasCreated {
            #expect(first.response.body == lost.response.body)
            for name in ["Location", "ETag", "Content-Type"] {
                #expect(first.header(name) == lost.header(name))
            }
        }
        for again in answers.dropFirst() {
            #expect(again.status == first.status)
            #expect(again.response.body == first.response.body)
            #expect(again.header("Idempotency-Replayed") == "true")
        }
        #expect(try await next.ask("GET", list).ids == [try first.id()])
        let other = try await next.ask(
            "POST", path, .loadTest(["name": "Other"]), headers: ["Idempotency-Key": "key"])
        #expect(other.code == "idempotencyKeyReused")
    }

    @Test func `repeats at the same time after the crash share one object`() async throws {
        for step in [Step.afterClaim, .afterCreation] {
            let (dead, _) = try await died(at: step, "/v1/tests", .test())
            let next = try TestService(after: dead)
            try await next.orchestrator.adopt()
            let answers = try await withThrowingTaskGroup(of: Answer.self) { group in
                for _ in 0..<16 {
                    group.addTask {
                        try await next.ask(
                            "POST", "/v1/tests", .test(), headers: ["Idempotency-Key": "key"])
                    }
                }
                return try await group.reduce(into: [Answer]()) { $0.append($1) }
            }
            let taken = answers.filter { $0.status == 202 }
            #expect(Set(taken.map(\.response.body)).count == 1)
            #expect(answers.allSatisfy { $0.status == 202 || $0.code == "idempotencyKeyInUse" })
            #expect(try await next.ask("GET", "/v1/runs").ids.count == 1)
        }
    }

    @Test func `what was changed meanwhile is answered as it was created`() async throws {
        let (dead, lost) = try await died(at: .afterCreation, "/v1/load-tests", .loadTest())
        let next = try TestService(after: dead)
        try await next.ask(
            "PUT", "/v1/load-tests/\(lost.id())", .loadTest(["name": "New name"]), as: .admin)
        let again = try await next.ask(
            "POST", "/v1/load-tests", .loadTest(), headers: ["Idempotency-Key": "key"])
        #expect(again.status == 201)
        #expect(again.response.body == lost.response.body)
        #expect(again.header("ETag") == "\"1\"")
    }

    @Test func `what was deleted meanwhile is not created again`() async throws {
        let (dead, lost) = try await died(at: .afterCreation, "/v1/load-tests", .loadTest())
        let next = try TestService(after: dead)
        try await next.ask("DELETE", "/v1/load-tests/\(lost.id())")
        for _ in 0..<2 {
            let again = try await next.ask(
                "POST", "/v1/load-tests", .loadTest(), headers: ["Idempotency-Key": "key"])
            #expect(again.status == 410)
            #expect(again.code == "idempotencyObjectGone")
        }
        #expect(try await next.ask("GET", "/v1/load-tests").ids.isEmpty)
    }

    @Test func `nobody else gets at what a lost request has created`() async throws {
        let (dead, lost) = try await died(at: .afterCreation, "/v1/load-tests", .loadTest())
        let next = try TestService(after: dead)
        for caller in [Caller.admin, .administrator] {
            let answer = try await next.ask(
                "POST", "/v1/load-tests", .loadTest(), as: caller,
                headers: ["Idempotency-Key": "key"])
            #expect(answer.status == 201)
            #expect(answer.header("Idempotency-Replayed") == nil)
            #expect(try answer.id() != lost.id())
        }
    }
}

/// The keys of a process that dies at one step of its first request: nothing is stored from then
/// on.
private struct DyingKeys: IdempotencyStore {
    let store: any IdempotencyStore
    let step: IdempotencyCrashTests.Step

    func claim(_ key: IdempotencyKey, digest: String, newID: String, at now: Date)
        async throws(ControlPlaneError) -> IdempotencyClaim
    {
        if step == .beforeClaim { throw .store("the process is dead") }
        let claim = try await store.claim(key, digest: digest, newID: newID, at: now)
        if step == .afterClaim { throw .store("the process is dead") }
        return claim
    }

    func complete(_ key: IdempotencyKey, with answer: StoredAnswer)
        async throws(ControlPlaneError)
    {
        if step == .afterCompletion { try await store.complete(key, with: answer) }
        throw .store("the process is dead")
    }

    func release(_ key: IdempotencyKey) async throws(ControlPlaneError) -> Bool {
        throw .store("the process is dead")
    }
}
