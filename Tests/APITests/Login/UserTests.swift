import ControlPlane
import JSON
import TestSupport
import Testing

@testable import API

/// Users over REST: who may make whom.
struct UserTests {
    let service: TestService

    init() throws { service = try TestService() }

    private func create(_ changes: [String: JSONValue?], as caller: Caller = .admin) async throws
        -> Answer
    {
        try await service.ask("POST", "/v1/users", .user("anna", changes), as: caller)
    }

    @Test func `a user comes back as it was made, without the password`() async throws {
        let made = try await create(["description": "on call", "envIds": ["dev"]])
        #expect(made.status == 201)
        let id = try made.id()
        #expect(made.header("Location") == "/v1/users/\(id)")
        let found = try await service.ask("GET", "/v1/users/\(id)", as: .admin)
        #expect(found.json == made.json)
        #expect(found["/description"] == "on call" && found["/envIds"] == ["dev"])
        #expect(found["/createdBy"] == "admin-1" && found["/state"] == "active")
        #expect(!found.text.contains("scrypt") && !found.text.contains("horse"))
        #expect(try await service.ask("GET", "/v1/users", as: .admin).ids == [id])
        let body = JSONValue(dictionaryLiteral: ("role", "editor"), ("envIds", ["staging"]))
        let changed = try await service.ask("PUT", "/v1/users/\(id)", body, as: .administrator)
        #expect(changed["/role"] == "editor" && changed["/envIds"] == ["staging"])
        #expect(changed["/description"] == "" && changed["/updatedBy"] == "administrator")
        #expect(try await service.ask("GET", "/v1/users/\(id)", as: .admin).json == changed.json)
    }

    @Test func `a name is taken in its tenant, and in no other place`() async throws {
        #expect(try await create([:]).status == 201)
        let second = try await create([:])
        #expect(second.status == 409 && second.code == "userNameTaken")
        let other = try await create(["tenantId": "tenant-2"], as: .administrator)
        #expect(other.status == 201)
        let service = try await create(
            ["tenantId": nil, "role": "administrator"], as: .administrator)
        #expect(service.status == 201)
        let id = try other.id()
        try await self.service.ask("DELETE", "/v1/users/\(id)", as: .administrator)
        #expect(try await create(["tenantId": "tenant-2"], as: .administrator).status == 201)
    }

    @Test(
        arguments: [
            (["name": "Anna"], ["/name"]), (["name": "a/b"], ["/name"]),
            (["name": "a:b"], ["/name"]),
            (["name": ""], ["/name"]),
            (["name": .string(String(repeating: "a", count: 65))], ["/name"]),
            (["password": "eleven char"], ["/password"]), (["password": nil], ["/password"]),
            (["password": .string(String(repeating: "a", count: 201))], ["/password"]),
            (["password": "my name is Anna"], ["/password"]), (["role": "callback"], ["/role"]),
            (["role": "administrator"], ["/role"]), (["tenantId": "tenant-2"], ["/tenantId"]),
            (["tenantId": nil], ["/tenantId"]), (["envIds": ["prod"]], ["/envIds/0"]),
            (["envIds": []], ["/envIds"]), (["colour": "red"], ["/colour"]),
        ] as [([String: JSONValue?], [String])])
    func `what cannot be is told`(changes: [String: JSONValue?], pointers: [String]) async throws {
        let answer = try await create(changes)
        #expect(answer.status == 422)
        #expect(answer.pointers == pointers)
        #expect(try await service.ask("GET", "/v1/users", as: .admin).ids.isEmpty)
    }

    @Test func `the roles of one tenant and of all are kept apart`() async throws {
        let admin = try await create(["tenantId": nil, "role": "admin"], as: .administrator)
        #expect(admin.pointers == ["/role"])
        let environments = try await create(
            ["tenantId": nil, "envIds": ["dev"]], as: .administrator)
        #expect(environments.pointers == ["/envIds"])
        let auditor = try await create(["tenantId": nil, "role": "viewer"], as: .administrator)
        #expect(auditor.status == 201)
        let login = try await service.login("anna", ["tenantId": nil])
        #expect(try await service.ask("GET", "/v1/tenants", as: login.caller).ids.count == 2)
        #expect(try await service.ask("GET", "/v1/users", as: login.caller).status == 403)
    }

    @Test func `an admin of environments makes and sees users of these alone`() async throws {
        let (_, narrow) = try await service.issue(
            .token("narrow", ["role": "admin", "envIds": ["dev"]]))
        let wide = try await service.addUser("wide")
        let own = try await create(["envIds": ["dev"]], as: narrow)
        #expect(own.status == 201)
        #expect(try await create(["name": "berta"], as: narrow).pointers == ["/envIds"])
        let staging = try await create(["name": "berta", "envIds": ["staging"]], as: narrow)
        #expect(staging.status == 422)
        #expect(try await service.ask("GET", "/v1/users", as: narrow).ids == [try own.id()])
        let password: JSONValue = ["password": "another password"]
        for (method, path, body) in [
            ("GET", "", nil), ("PUT", "", ["role": "viewer", "envIds": ["dev"]]),
            ("DELETE", "", nil), ("POST", "/disable", nil), ("POST", "/enable", nil),
            ("POST", "/password", password),
        ] as [(String, String, JSONValue?)] {
            let answer = try await service.ask(
                method, "/v1/users/\(wide)\(path)", body, as: narrow)
            #expect(answer.status == 404, "\(method) \(path)")
        }
        let widened = try await service.ask(
            "PUT", "/v1/users/\(own.id())", ["role": "viewer"], as: narrow)
        #expect(widened.pointers == ["/envIds"])
        _ = try await service.login("wide")
    }

    @Test func `the users of all tenants are nobody's but the administrator's`() async throws {
        let root = try await service.addUser("root", ["tenantId": nil, "role": "administrator"])
        #expect(try await service.ask("GET", "/v1/users", as: .admin).ids.isEmpty)
        for (method, path) in [("GET", ""), ("DELETE", ""), ("POST", "/disable")] {
            let answer = try await service.ask(method, "/v1/users/\(root)\(path)", as: .admin)
            #expect(answer.status == 404)
        }
        let body: JSONValue = ["password": "another password"]
        let stolen = try await service.ask("POST", "/v1/users/\(root)/password", body, as: .admin)
        #expect(stolen.status == 404)
        _ = try await service.login("root", ["tenantId": nil])
    }

    @Test func `a user of a tenant may hold its office as a token may`() async throws {
        _ = try await service.addUser("anna", ["role": "admin"])
        let admin = try await service.login("anna")
        let (_, token) = try await service.issue(.token("ci"), as: admin.caller)
        #expect(try await service.ask("GET", "/v1/runs", as: token).status == 200)
        let colon = try await service.ask(
            "POST", "/v1/tokens", .token("user:tenant-1/anna"), as: .admin)
        #expect(colon.pointers == ["/name"])
    }

    @Test func `a user's keys are its own, also when another has its name`() async throws {
        let first = try await service.addUser("anna", ["role": "editor"])
        let headers: [JSONValue] = [.loadTest(), .loadTest(["name": "other"])]
        var login = try await service.login("anna")
        let made = try await service.ask(
            "POST", "/v1/load-tests", headers[0], as: login.caller,
            headers: ["Idempotency-Key": "k"])
        #expect(made.status == 201)
        try await service.ask("DELETE", "/v1/users/\(first)", as: .admin)
        _ = try await service.addUser("anna", ["role": "editor"])
        login = try await service.login("anna")
        let other = try await service.ask(
            "POST", "/v1/load-tests", headers[1], as: login.caller,
            headers: ["Idempotency-Key": "k"])
        #expect(other.status == 201)
    }
}
