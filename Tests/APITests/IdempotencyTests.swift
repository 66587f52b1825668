import ControlPlane
import Foundation
import HTTP
import JSON
import Testing

@testable import API
@testable import TestSupport

struct IdempotencyTests {
    let service: TestService

    init() throws { service = try TestService() }

    private func create(
        _ key: String, _ body: JSONValue = .loadTest(), _ path: String = "/v1/load-tests",
        as caller: Caller = .editor
    ) async throws -> Answer {
        try await service.ask("POST", path, body, as: caller, headers: ["Idempotency-Key": key])
    }

    @Test(arguments: [
        ("/v1/load-tests", JSONValue.loadTest(), 201), ("/v1/tests", .test(), 202),
    ])
    func `a repeated request gets the same answer and does nothing`(
        path: String, body: JSONValue, status: Int
    ) async throws {
        let first = try await create("key-1", body, path)
        #expect(first.status == status)
        #expect(first.header("Idempotency-Replayed") == nil)
        service.time.advance(by: .seconds(3600))
        // A run that was started goes its way meanwhile; what counts is how many there are.
        let contents = try await service.contents().map { $0["items"]?.items?.count }
        let second = try await create("key-1", body, path)
        #expect(second.status == status)
        #expect(second.response.body == first.response.body)
        for name in ["Location", "ETag", "Content-Type"] {
            #expect(second.header(name) == first.header(name))
        }
        #expect(second.header("Idempotency-Replayed") == "true")
        #expect(second.header("X-Request-ID") != first.header("X-Request-ID"))
        let after = try await service.contents().map { $0["items"]?.items?.count }
        #expect(after == contents)
    }

    @Test func `a start is repeated without a body, too`() async throws {
        let path = "/v1/load-tests/\(try await service.define())/runs"
        let first = try await service.ask("POST", path, headers: ["Idempotency-Key": "k"])
        let second = try await service.ask("POST", path, headers: ["Idempotency-Key": "k"])
        #expect(first.status == 202)
        #expect(try first.id() == second.id())
        #expect(try await service.ask("GET", "/v1/runs").ids.count == 1)
    }

    @Test func `one key for another request is refused`() async throws {
        _ = try await create("key-1")
        let body = try await create("key-1", .loadTest(["name": "Other"]))
        #expect(body.status == 409)
        #expect(body.code == "idempotencyKeyReused")
        let path = try await create("key-1", .loadTest(), "/v1/tests")
        #expect(path.code == "idempotencyKeyReused")
        #expect(try await service.ask("GET", "/v1/load-tests").ids.count == 1)
        #expect(try await service.ask("GET", "/v1/runs").ids.count == 0)
    }

    @Test func `a request that failed gives its key back`() async throws {
        let run = try await service.startRun(.test(["locustClusterId": "first"]))
        let body: JSONValue = .test(["locustClusterId": "first"])
        #expect(try await create("key-1", body, "/v1/tests").status == 409)
        #expect(try await create("key-1", .test(["envId": "nowhere"]), "/v1/tests").status == 422)
        try await service.end(run)
        #expect(try await create("key-1", body, "/v1/tests").status == 202)
        #expect(try await create("key-1", body, "/v1/tests").status == 202)
        #expect(try await service.ask("GET", "/v1/runs").ids.count == 2)
    }

    @Test func `callers do not meet in one key`() async throws {
        let ids = [
            try await create("key-1", as: .editor).id(),
            try await create("key-1", as: .admin).id(),
            try await create("key-1", as: .administrator).id(),
            try await create("key-1", .loadTest(["tenantId": "tenant-2"]), as: .editorOfOther).id(),
        ]
        #expect(Set(ids).count == 4)
    }

    @Test func `of requests at the same time with one key one takes effect`() async throws {
        let service = service
        let answers = try await withThrowingTaskGroup(of: Answer.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    try await service.ask(
                        "POST", "/v1/tests", .test(), headers: ["Idempotency-Key": "key-1"])
                }
            }
            return try await group.reduce(into: [Answer]()) { $0.append($1) }
        }
        let taken = answers.filter { $0.status == 202 }
        #expect(Set(taken.compactMap { $0["/id"]?.text }).count == 1)
        for answer in answers where answer.status != 202 {
            #expect(answer.status == 409)
            #expect(answer.code == "idempotencyKeyInUse")
            #expect(answer.header("Retry-After") == "1")
        }
        #expect(try await service.ask("GET", "/v1/runs").ids.count == 1)
    }

    @Test func `a key is forgotten after a day`() async throws {
        let first = try await create("key-1").id()
        service.time.advance(by: .seconds(24 * 3600))
        #expect(try await create("key-1").id() == first)
        service.time.advance(by: .seconds(1))
        #expect(try await create("key-1").id() != first)
    }

    @Test func `a key has 1 to 255 characters and is given once`() async throws {
        for key in ["", String(repeating: "k", count: 256)] {
            let answer = try await create(key)
            #expect(answer.status == 400)
            #expect(answer.code == "invalidIdempotencyKey")
        }
        #expect(try await create(String(repeating: "k", count: 255)).status == 201)
        let twice = try await service.ask(
            "POST", "/v1/load-tests", .loadTest(),
            headers: [("Idempotency-Key", "a"), ("Idempotency-Key", "b")])
        #expect(twice.status == 400)
        #expect(twice.code == "invalidIdempotencyKey")
    }

    @Test func `what has taken effect is answered, also when the answer cannot be kept`()
        async throws
    {
        let keys = ForgetfulKeys(store: service.store)
        let services = service.services.with(idempotency: keys)
        var request = try Request(
            method: "POST", target: "/v1/tests",
            headers: [
                "Authorization": "Bearer \(Caller.editor.token)", "Idempotency-Key": "key-1",
                "Content-Type": "application/json",
            ], body: JSONValue.test().encodedBytes)
        let route = try #require(APIRoute.matching(&request))
        let first = Answer(await API.answer(request, route, services))
        #expect(first.status == 202)
        // Repeating it must not start a second run: the key stays taken.
        let second = Answer(await API.answer(request, route, services))
        #expect(second.code == "idempotencyKeyInUse")
        #expect(try await service.ask("GET", "/v1/runs").ids == [try first.id()])
    }

    @Test func `a refusal is told as it is, also when the key cannot be given back`() async throws {
        let services = service.services.with(idempotency: ForgetfulKeys(store: service.store))
        var request = try Request(
            method: "POST", target: "/v1/tests",
            headers: [
                "Authorization": "Bearer \(Caller.editor.token)", "Idempotency-Key": "key-1",
                "Content-Type": "application/json",
            ], body: JSONValue.test(["envId": "nowhere"]).encodedBytes)
        let route = try #require(APIRoute.matching(&request))
        let answer = Answer(await API.answer(request, route, services))
        #expect(answer.status == 422)
    }
}

/// A store that can claim keys and then fails.
private struct ForgetfulKeys: IdempotencyStore {
    let store: any IdempotencyStore

    func claim(_ key: IdempotencyKey, digest: String, at now: Date)
        async throws(ControlPlaneError) -> IdempotencyClaim
    {
        try await store.claim(key, digest: digest, at: now)
    }

    func complete(_ key: IdempotencyKey, with answer: StoredAnswer)
        async throws(ControlPlaneError)
    {
        throw .store("the disk is full")
    }

    func release(_ key: IdempotencyKey) async throws(ControlPlaneError) {
        throw .store("the disk is full")
    }
}

extension Services {
    fileprivate func with(idempotency: any IdempotencyStore) -> Services {
        Services(
            orchestrator: orchestrator, loadTests: loadTests, history: history,
            idempotency: idempotency, authenticator: authenticator, time: time, logger: logger)
    }
}
