import ControlPlane
import Foundation
import HTTP
import JSON
import Testing

@testable import API
@testable import History
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

    @Test func `what was deleted since is told as gone, and is not created again`() async throws {
        let id = try await create("key-1").id()
        #expect(try await service.ask("DELETE", "/v1/load-tests/\(id)", as: .admin).status == 204)
        for _ in 0..<3 {
            let again = try await create("key-1")
            #expect(again.status == 410)
            #expect(again.code == "idempotencyObjectGone")
        }
        #expect(try await service.ask("GET", "/v1/load-tests").ids.isEmpty)
        service.time.advance(by: .seconds(24 * 3600 + 1))
        #expect(try await create("key-1").status == 201)
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
        let answers = try await inParallel(32, .test(), headers: ["Idempotency-Key": "key-1"])
        let taken = answers.filter { $0.status == 202 }
        #expect(Set(taken.compactMap { $0["/id"]?.text }).count == 1)
        #expect(Set(taken.map(\.response.body)).count == 1)
        for answer in answers where answer.status != 202 {
            #expect(answer.status == 409)
            #expect(answer.code == "idempotencyKeyInUse")
            #expect(answer.header("Retry-After") == "1")
        }
        #expect(try await service.ask("GET", "/v1/runs").ids.count == 1)
    }

    @Test(arguments: [true, false])
    func `of starts at the same time on one cluster one wins and is named to the others`(
        hasKeys: Bool
    ) async throws {
        let answers = try await inParallel(
            32, .test(["locustClusterId": "first"]), headers: hasKeys ? nil : [])
        let winners = answers.filter { $0.status == 202 }
        #expect(winners.count == 1)
        let winner = try #require(winners.first).id()
        for answer in answers where answer.status != 202 {
            #expect(answer.status == 409)
            #expect(answer.code == "clusterBusy")
            #expect(answer["/runIds"] == [.string(winner)])
        }
        #expect(try await service.ask("GET", "/v1/runs").ids == [winner])
    }

    /// - Parameter headers: nil gives each request a key of its own.
    private func inParallel(
        _ count: Int, _ body: JSONValue, headers: HeaderFields?
    ) async throws -> [Answer] {
        let service = service
        return try await withThrowingTaskGroup(of: Answer.self) { group in
            for number in 0..<count {
                group.addTask {
                    try await service.ask(
                        "POST", "/v1/tests", body,
                        headers: headers ?? ["Idempotency-Key": "key-\(number)"])
                }
            }
            return try await group.reduce(into: [Answer]()) { $0.append($1) }
        }
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
        let body = JSONValue.test().encodedBytes
        let ask = { () async throws -> Answer in
            try await service.send(
                "POST", "/v1/tests", body, headers: ["Idempotency-Key": "key-1"], with: services)
        }
        let first = try await ask()
        #expect(first.status == 202)
        // Repeating it does not start a second run, and tells of the first.
        for _ in 0..<2 {
            let again = try await ask()
            #expect(again.status == 202)
            #expect(again.response.body == first.response.body)
            #expect(again.header("Idempotency-Replayed") == "true")
        }
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
    let store: HistoryStore

    func claim(_ key: IdempotencyKey, digest: String, newID: String, at now: Date)
        async throws(ControlPlaneError) -> IdempotencyClaim
    {
        try await store.claim(key, digest: digest, newID: newID, at: now)
    }

    func complete(_ key: IdempotencyKey, with answer: StoredAnswer)
        async throws(ControlPlaneError)
    {
        await store.leave(key)
        throw .store("the disk is full")
    }

    func release(_ key: IdempotencyKey) async throws(ControlPlaneError) -> Bool {
        await store.leave(key)
        throw .store("the disk is full")
    }
}

extension HistoryStore {
    /// What the end of the work on a key does when nothing can be stored.
    fileprivate func leave(_ key: IdempotencyKey) { keysAtWork.remove(key) }
}

extension Services {
    func with(idempotency: any IdempotencyStore) -> Services {
        Services(
            orchestrator: orchestrator, loadTests: loadTests, history: history,
            idempotency: idempotency, audit: audit, clusterSecrets: clusterSecrets,
            tokens: tokens, accounts: accounts, authenticator: authenticator, webhooks: webhooks,
            receiverHosts: receiverHosts, time: time, logger: logger)
    }
}
