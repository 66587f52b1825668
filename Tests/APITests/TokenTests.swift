import ControlPlane
import Foundation
import History
import JSON
import TestSupport
import Testing

@testable import API

struct TokenTests {
    let service: TestService

    init() throws { service = try TestService() }

    @Test func `a token is shown once, and nothing that stays tells its secret`() async throws {
        let answer = try await service.ask(
            "POST", "/v1/tokens",
            .token("ci", ["description": "nightly", "role": "operator"]), as: .admin)
        #expect(answer.status == 201)
        let (id, text) = (try answer.id(), try #require(answer["/token"]?.text))
        #expect(answer.header("Location") == "/v1/tokens/\(id)")
        let caller = Caller(token: text)
        let run = try await service.startRun(as: caller)
        let shown = try await service.ask("GET", "/v1/runs/\(run)", as: .viewer)
        #expect(shown["/createdBy"] == "ci")
        let found = try await service.ask("GET", "/v1/tokens/\(id)", as: .admin)
        #expect(found["/description"] == "nightly")
        #expect(found["/createdBy"] == "admin-1")
        #expect(found["/state"] == "active")
        let list = try await service.ask("GET", "/v1/tokens", as: .admin)
        #expect(list.ids == [id])
        let secret = String(text.dropFirst(37))
        let kept = [found.text, list.text, service.log.lines.joined()]
        #expect(!kept.contains { $0.contains(secret) })
        await service.store.close()
        for name in try service.folder.names() {
            let bytes = try Data(contentsOf: URL(filePath: service.folder.path(name)))
            #expect(bytes.range(of: Data(secret.utf8)) == nil, "\(name)")
        }
    }

    @Test(arguments: [
        ("viewer", [200, 403, 403, 403]), ("operator", [200, 202, 403, 403]),
        ("editor", [200, 202, 201, 403]), ("admin", [200, 202, 201, 200]),
    ])
    func `a token may do what its role may`(role: String, expected: [Int]) async throws {
        let (_, caller) = try await service.issue(.token("t", ["role": .string(role)]))
        let statuses = [
            try await service.ask("GET", "/v1/runs", as: caller).status,
            try await service.ask("POST", "/v1/tests", .test(), as: caller).status,
            try await service.ask("POST", "/v1/load-tests", .loadTest(), as: caller).status,
            try await service.ask("GET", "/v1/tokens", as: caller).status,
        ]
        #expect(statuses == expected)
        let foreign = JSONValue.loadTest(["tenantId": "tenant-2"])
        let other = try await service.ask("POST", "/v1/load-tests", foreign, as: caller)
        #expect(other.status == (expected[2] == 201 ? 422 : 403))
    }

    @Test func `a token ends when it was to`() async throws {
        let end = Timestamp.format(service.time.now.addingTimeInterval(60))
        let bodies: [JSONValue] = [
            .token("in", ["expiresIn": "1m"]), .token("at", ["expiresAt": .string(end)]),
        ]
        for body in bodies {
            let (id, caller) = try await service.issue(body)
            #expect(
                try await service.ask("GET", "/v1/tokens/\(id)", as: .admin)["/expiresAt"]?.text
                    == end)
            #expect(try await service.ask("GET", "/v1/runs", as: caller).status == 200)
        }
        service.time.advance(by: .milliseconds(59_999))
        let (_, early) = try await service.issue(.token("late", ["expiresIn": 60]))
        service.time.advance(by: .milliseconds(1))
        let items = try await service.ask("GET", "/v1/tokens", as: .admin)["/items"]?.items ?? []
        let states = Dictionary(
            uniqueKeysWithValues: items.map { ($0["name"]?.text ?? "", $0["state"]?.text) })
        #expect(states == ["in": "expired", "at": "expired", "late": "active"])
        #expect(try await service.ask("GET", "/v1/runs", as: early).status == 200)
        // Its name is free.
        _ = try await service.issue(.token("in"))
    }

    @Test func `an expired token is refused as an unknown one is`() async throws {
        let (_, caller) = try await service.issue(.token("t", ["expiresIn": 1]))
        service.time.advance(by: .seconds(1))
        let answer = try await service.ask("GET", "/v1/runs", as: caller)
        let unknown = try await service.ask("GET", "/v1/runs", as: Caller(token: "unknown"))
        #expect(answer.status == 401)
        #expect(answer.problem() == unknown.problem())
    }

    @Test func `a revocation holds at once, for requests that come all the time as well`()
        async throws
    {
        let (id, caller) = try await service.issue(.token("t"))
        let statuses = try await withThrowingTaskGroup(of: [Int].self) { group in
            for _ in 0..<4 {
                group.addTask {
                    var statuses: [Int] = []
                    repeat {
                        statuses.append(
                            try await service.ask("GET", "/v1/tenants", as: caller).status)
                    } while statuses.last == 200 && !Task.isCancelled
                    return statuses
                }
            }
            let answer = try await service.ask("DELETE", "/v1/tokens/\(id)", as: .admin)
            #expect(answer.status == 204)
            #expect(try await service.ask("GET", "/v1/tenants", as: caller).status == 401)
            return try await group.reduce(into: []) { $0.append($1) }
        }
        for series in statuses { #expect(series.last == 401) }
        let found = try await service.ask("GET", "/v1/tokens/\(id)", as: .admin)
        #expect(found["/state"] == "revoked")
        #expect(found["/revokedBy"] == "admin-1")
        service.time.advance(by: .seconds(9))
        #expect(try await service.ask("DELETE", "/v1/tokens/\(id)", as: .admin).status == 204)
        let again = try await service.ask("GET", "/v1/tokens/\(id)", as: .admin)
        #expect(again["/revokedAt"] == found["/revokedAt"])
    }

    @Test func `what was made and revoked holds for the next process`() async throws {
        let (_, kept) = try await service.issue(.token("kept"))
        let (id, revoked) = try await service.issue(.token("revoked"))
        try await service.ask("DELETE", "/v1/tokens/\(id)", as: .admin)
        service.die()
        let next = try TestService(after: service)
        #expect(try await next.ask("GET", "/v1/runs", as: kept).status == 401)
        next.services.authenticator.issued.replace(
            try await next.store.unendedTokens(at: next.time.now))
        #expect(try await next.ask("GET", "/v1/runs", as: kept).status == 200)
        #expect(try await next.ask("GET", "/v1/runs", as: revoked).status == 401)
    }

    @Test func `a token of a tenant that is gone is not valid`() async throws {
        let (_, caller) = try await service.issue(.token("t"))
        let tokens = [(Caller.admin.token, Caller.admin.principal)]
        service.services.authenticator.replace(tokens, tenants: ["tenant-2"])
        #expect(try await service.ask("GET", "/v1/runs", as: caller).status == 401)
        service.services.authenticator.replace(tokens, tenants: ["tenant-1"])
        #expect(try await service.ask("GET", "/v1/runs", as: caller).status == 200)
    }

    @Test(arguments: ["viewer-1", "administrator", "hook"])
    func `a name that the configuration gave is taken`(name: String) async throws {
        let answer = try await service.ask("POST", "/v1/tokens", .token(name), as: .admin)
        #expect(answer.status == 409)
        #expect(answer.code == "tokenNameTaken")
        // That of another tenant's token is not.
        _ = try await service.issue(.token("editor-2"))
    }

    @Test func `of two that want a name at once, one gets it`() async throws {
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    try await service.ask("POST", "/v1/tokens", .token("ci"), as: .admin).status
                }
            }
            return try await group.reduce(into: [Int]()) { $0.append($1) }
        }
        #expect(statuses.sorted() == [201] + Array(repeating: 409, count: 7))
    }

    @Test(
        arguments: [
            (["tenantId": "tenant-3"], "/tenantId"), (["tenantId": "tenant-2"], "/tenantId"),
            (["envIds": []], "/envIds"), (["envIds": ["dev", "prod"]], "/envIds/1"),
            (["role": "administrator"], "/role"), (["role": "callback"], "/role"),
            (["role": nil], "/role"), (["name": ""], "/name"), (["name": "a\nb"], "/name"),
            (["expiresIn": 0], "/expiresIn"), (["expiresIn": "soon"], "/expiresIn"),
            (["expiresAt": "2001-01-01T00:00:00Z"], "/expiresAt"),
            (["expiresAt": "2099-01-01T00:00:00Z", "expiresIn": 5], "/expiresIn"),
            (["token": "swk_mine"], "/token"), (["id": "x"], "/id"),
        ] as [([String: JSONValue?], String)])
    func `a token that cannot be is refused by field`(
        changes: [String: JSONValue?], pointer: String
    ) async throws {
        let before = try await service.contents()
        let answer = try await service.ask(
            "POST", "/v1/tokens", .token("t", changes), as: .admin)
        #expect(answer.status == 422)
        #expect(answer.pointers == [pointer])
        #expect(try await service.contents() == before)
    }

    @Test func `a repeated request makes no second token, and its secret is not kept`()
        async throws
    {
        func make(_ key: String) async throws -> Answer {
            try await service.ask(
                "POST", "/v1/tokens", .token("ci"), as: .admin,
                headers: ["Idempotency-Key": .init(key)])
        }
        let first = try await make("k")
        let text = try #require(first["/token"]?.text)
        let second = try await make("k")
        #expect(second.status == 201)
        #expect(second.header("Idempotency-Replayed") == "true")
        #expect(second["/token"] == .null)
        #expect(try second.id() == first.id())
        #expect(try await service.ask("GET", "/v1/tokens", as: .admin).ids.count == 1)
        #expect(try await service.ask("GET", "/v1/runs", as: Caller(token: text)).status == 200)
        await service.store.close()
        for name in try service.folder.names() {
            let bytes = try Data(contentsOf: URL(filePath: service.folder.path(name)))
            #expect(bytes.range(of: Data(text.dropFirst(37).utf8)) == nil)
        }
    }

    @Test func `a new token of an old name gets no answer that the old one got`() async throws {
        let body = JSONValue.token("ci", ["role": "editor"])
        let (id, old) = try await service.issue(body)
        func define(as caller: Caller) async throws -> Answer {
            try await service.ask(
                "POST", "/v1/load-tests", .loadTest(), as: caller,
                headers: ["Idempotency-Key": "k"])
        }
        let first = try await define(as: old).id()
        try await service.ask("DELETE", "/v1/tokens/\(id)", as: .admin)
        let (_, new) = try await service.issue(body)
        #expect(try await define(as: new).id() != first)
    }

    @Test func `the last use is known to the minute and stored without a write per request`()
        async throws
    {
        let (id, caller) = try await service.issue(.token("t"))
        let recorder = TokenUseRecorder(service.services)
        func stored() async throws -> Date? {
            try await service.store.token(TokenID(id), in: .everything)?.lastUsedAt
        }
        func shown() async throws -> String? {
            try await service.ask("GET", "/v1/tokens/\(id)", as: .admin)["/lastUsedAt"]?.text
        }
        #expect(try await shown() == nil)
        let first = service.time.now
        try await service.ask("GET", "/v1/runs", as: caller)
        #expect(try await shown() == Timestamp.format(first))
        #expect(try await stored() == nil)
        await recorder.record()
        #expect(try await stored() == first)
        service.time.advance(by: .seconds(59))
        try await service.ask("GET", "/v1/runs", as: caller)
        #expect(service.services.authenticator.issued.takeUses().isEmpty)
        service.time.advance(by: .seconds(1))
        try await service.ask("GET", "/v1/runs", as: caller)
        await recorder.record()
        #expect(try await stored() == first.addingTimeInterval(60))
    }

    @Test func `a thousand malformed tokens are all refused`() async throws {
        let (_, caller) = try await service.issue(.token("t"))
        var random = SeededGenerator(seed: 11)
        for _ in 0..<1000 {
            var bytes = Array(caller.token.utf8)
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                // Printable, as a header's value must be to get this far.
                bytes[place] = UInt8.random(in: 0x21...0x7E, using: &random)
            }
            if random.chance(20) { bytes.removeLast(Int.random(in: 1...80, using: &random)) }
            let text = String(decoding: bytes, as: UTF8.self)
            guard text != caller.token else { continue }
            let answer = try await service.ask("GET", "/v1/runs", as: Caller(token: text))
            #expect(answer.status == 401, "\(text)")
        }
        #expect(try await service.ask("GET", "/v1/runs", as: caller).status == 200)
    }
}
