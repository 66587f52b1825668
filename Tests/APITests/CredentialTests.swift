import JSON
import Testing

@testable import API
@testable import ControlPlane

/// Credentials of clusters: set, used, and never shown.
struct CredentialTests {
    private static let path = "/v1/clusters/first/credentials"
    private let service: TestService

    init() throws { service = try TestService() }

    @Test func `credentials that are set are used at once, until they are deleted`() async throws {
        let before = try await service.ask("GET", Self.path, as: .admin)
        #expect(before.json == ["set": false, "usable": false, "setAt": nil, "setBy": nil])
        let set = try await service.ask(
            "PUT", Self.path, ["authToken": "secret-of-the-master"], as: .admin)
        #expect(set.status == 200)
        #expect(set["/set"] == true && set["/usable"] == true)
        #expect(set["/setBy"] == "admin-1" && set["/setAt"]?.text != nil)
        #expect(try await service.ask("GET", Self.path, as: .admin).json == set.json)
        #expect(service.cluster.credentials == ["first": .token("secret-of-the-master")])
        try await service.ask(
            "PUT", Self.path, ["user": "keeper", "password": "pass: wörd"], as: .administrator)
        #expect(
            service.cluster.credentials["first"]
                == .password(user: "keeper", password: "pass: wörd"))
        for _ in 0..<2 {
            #expect(try await service.ask("DELETE", Self.path, as: .admin).status == 204)
        }
        #expect(service.cluster.credentials == [:])
        #expect(try await service.ask("GET", Self.path, as: .admin)["/set"] == false)
    }

    @Test func `the next process uses what was set`() async throws {
        try await service.ask(
            "PUT", Self.path, ["authToken": "secret-of-the-master"], as: .admin)
        service.die()
        let next = try TestService(after: service)
        try await next.services.clusterSecrets.load()
        #expect(next.cluster.credentials == ["first": .token("secret-of-the-master")])
    }

    @Test func `a secret is shown nowhere`() async throws {
        for body: JSONValue in [
            ["authToken": "secret-of-the-master"],
            ["user": "user-of-the-master", "password": "secret-of-the-master"],
            ["authToken": "secret of the master secret-of-the-master"],
            ["authToken": "secret-of-the-master", "password": "secret-of-the-master"],
        ] {
            let answer = try await service.ask("PUT", Self.path, body, as: .admin)
            #expect(!answer.text.contains("secret-of"))
        }
        for path in ["/v1/audit", "/v1/audit/export", "/v1/clusters", Self.path] {
            let answer = try await service.ask("GET", path, as: .admin)
            #expect(answer.status == 200)
            #expect(!answer.text.contains("of-the-master"), "\(path)")
        }
        #expect(!service.log.lines.contains { $0.contains("secret-of") })
        let records = try await service.ask(
            "GET", "/v1/audit?action=cluster.setCredentials&sort=number", as: .admin)
        #expect(records["/items/0/objectId"] == "first")
        #expect(records["/items/0/after/kind"] == "token")
        #expect(records["/items/1/after/kind"] == "password")
        #expect(records["/items/1/before/setBy"] == "admin-1")
    }

    @Test func `without a key nothing is stored`() async throws {
        let service = try TestService(encrypts: false)
        let answer = try await service.ask(
            "PUT", Self.path, ["authToken": "secret-of-the-master"], as: .admin)
        #expect(answer.status == 409)
        #expect(answer.code == "noEncryptionKey")
        #expect(answer["/detail"]?.text?.contains("storage.encryptionKey") == true)
        #expect(service.cluster.credentials == [:])
    }

    @Test(
        arguments: [
            [:], ["authToken": ""], ["authToken": "a b"], ["authToken": "a\nb"], ["authToken": "ä"],
            ["user": "u"], ["password": "p"], ["user": "u:v", "password": "p"],
            ["user": "u", "password": "p\r\nX-Header: 1"], ["user": "", "password": "p"],
            ["authToken": "t", "user": "u", "password": "p"], ["authToken": 7], ["token": "t"],
        ] as [JSONValue])
    func `what is neither a token nor a name with a password is refused`(body: JSONValue)
        async throws
    {
        let answer = try await service.ask("PUT", Self.path, body, as: .admin)
        #expect(answer.status == 422, "\(answer.text)")
        #expect(service.cluster.credentials == [:])
    }

    @Test func `a shared cluster's are the service's administrator's alone`() async throws {
        let path = "/v1/clusters/shared/credentials"
        let body: JSONValue = ["authToken": "secret-of-the-master"]
        let refused = try await service.ask("PUT", path, body, as: .admin)
        #expect(refused.status == 403)
        #expect(refused["/detail"]?.text?.contains("shared") == true)
        #expect(try await service.ask("PUT", path, body, as: .administrator).status == 200)
    }

    @Test func `a native cluster has none`() async throws {
        let service = try TestService(
            catalog: Catalog(
                tenants: Catalog.usual.tenants,
                clusters: [.native("first", .init(), ("tenant-1", "dev"))]))
        let answer = try await service.ask("GET", Self.path, as: .admin)
        #expect(answer.status == 409)
        #expect(answer.code == "clusterIsNative")
    }
}
