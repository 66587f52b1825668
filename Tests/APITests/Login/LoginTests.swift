import ControlPlane
import Foundation
import JSON
import TestSupport
import Testing

@testable import API

/// From a password to tokens, and what ends them.
struct LoginTests {
    let service: TestService

    init() throws { service = try TestService() }

    private func refresh(_ login: Login) async throws -> Answer {
        try await service.ask("POST", "/auth/refresh", login.refreshInput, as: nil)
    }

    private func status(of login: Login) async throws -> Int {
        try await service.ask("GET", "/v1/runs", as: login.caller).status
    }

    @Test func `whoever logs in may do what the role may, under the user's name`() async throws {
        _ = try await service.addUser("anna", ["role": "operator"])
        let login = try await service.login("anna")
        let run = try await service.startRun(as: login.caller)
        let shown = try await service.ask("GET", "/v1/runs/\(run)", as: .viewer)
        #expect(shown["/createdBy"] == "user:tenant-1/anna")
        let test = try await service.ask("POST", "/v1/load-tests", .loadTest(), as: login.caller)
        #expect(test.status == 403)
        let foreign = JSONValue.test(["tenantId": "tenant-2"])
        let other = try await service.ask("POST", "/v1/tests", foreign, as: login.caller)
        #expect(other.status == 422)
    }

    @Test func `a user of all tenants logs in without a tenant`() async throws {
        let id = try await service.addUser("root", ["tenantId": nil, "role": "administrator"])
        let login = try await service.login("root", ["tenantId": nil])
        let tenants = try await service.ask("GET", "/v1/tenants", as: login.caller)
        #expect(tenants.ids == ["tenant-1", "tenant-2"])
        let other = try await service.ask(
            "POST", "/v1/users", .user("berta", ["tenantId": "tenant-2"]), as: login.caller)
        #expect(other["/createdBy"] == "user:root")
        let user = try await service.ask("GET", "/v1/users/\(id)", as: login.caller)
        #expect(user["/lastLoginAt"]?.text != nil && user["/tenantId"] == .null)
    }

    @Test func `an unknown name, a wrong password and a disabled user are answered alike`()
        async throws
    {
        _ = try await service.addUser("anna")
        let id = try await service.addUser("berta")
        try await service.ask("POST", "/v1/users/\(id)/disable", as: .admin)
        let wrong: [JSONValue] = [
            .login("nobody"), .login("anna", ["password": "wrong password"]), .login("berta"),
            .login("anna", ["tenantId": "tenant-2"]), .login("anna", ["tenantId": nil]),
            .login("anna", ["tenantId": "tenant-9"]), .login("ANNA"),
            .login("anna", ["password": "correct horse battery "]),
        ]
        var answers: Set<String> = []
        for (index, body) in wrong.enumerated() {
            let answer = try await service.ask(
                "POST", "/auth/login", body, as: nil, from: "10.0.0.\(index)")
            #expect(answer.status == 401 && answer.code == "loginRefused")
            answers.insert(answer.problem())
        }
        #expect(answers.count == 1)
        let log = service.log.lines.joined()
        #expect(!log.contains("nobody") && !log.contains("correct horse"))
        #expect(log.contains("\"user\":\"user:tenant-1/anna\""))
    }

    @Test func `tokens end by themselves, and a refresh token makes new ones`() async throws {
        _ = try await service.addUser("anna")
        let first = try await service.login("anna")
        service.time.advance(by: .seconds(599))
        #expect(try await status(of: first) == 200)
        service.time.advance(by: .seconds(1))
        #expect(try await status(of: first) == 401)
        let second = try Login(try await refresh(first))
        #expect(try await status(of: second) == 200)
        #expect(second.refreshToken != first.refreshToken)
        service.time.advance(by: Session.idleMax)
        let late = try await refresh(second)
        #expect(late.status == 401 && late.code == "refreshRefused")
    }

    @Test func `a session ends after thirty days, however busy it is`() async throws {
        _ = try await service.addUser("anna")
        var login = try await service.login("anna")
        for _ in 0..<5 {
            service.time.advance(by: .seconds(6 * 86_400 - 1))
            login = try Login(try await refresh(login))
        }
        service.time.advance(by: .seconds(10))
        #expect(try await refresh(login).status == 401)
    }

    @Test func `a refresh token that is used twice ends the session for both`() async throws {
        _ = try await service.addUser("anna")
        let other = try await service.login("anna")
        var logins = [try await service.login("anna")]
        for _ in 0..<3 { logins.append(try Login(try await refresh(logins[logins.count - 1]))) }
        let stolen = try await refresh(logins[0])
        #expect(stolen.status == 401 && stolen.code == "refreshRefused")
        #expect(try await refresh(logins[3]).status == 401)
        for login in logins { #expect(try await status(of: login) == 401) }
        #expect(try await status(of: other) == 200, "another login is another session")
        #expect(service.log.lines.contains { $0.contains("refresh token used again") })
    }

    @Test func `of two who use a refresh token at once at most one has a session`() async throws {
        _ = try await service.addUser("anna")
        let login = try await service.login("anna")
        async let first = refresh(login)
        async let second = refresh(login)
        let answers = [try await first, try await second]
        #expect(answers.contains { $0.status == 401 })
        for answer in answers where answer.status == 200 {
            #expect(try await refresh(try Login(answer)).status == 401)
        }
    }

    @Test(arguments: ["access", "refresh", "both"])
    func `a logout ends all tokens of its session at once`(with token: String) async throws {
        _ = try await service.addUser("anna")
        let (login, other) = (try await service.login("anna"), try await service.login("anna"))
        let answer = try await service.ask(
            "POST", "/auth/logout", token == "access" ? [:] : login.refreshInput,
            as: token == "refresh" ? nil : login.caller)
        #expect(answer.status == 204)
        #expect(try await status(of: login) == 401)
        #expect(try await refresh(login).status == 401)
        #expect(try await status(of: other) == 200)
        let again = try await service.ask("POST", "/auth/logout", login.refreshInput, as: nil)
        #expect(again.status == 204)
    }

    @Test func `a logout with nothing, or with nonsense, ends nothing`() async throws {
        let id = try await service.addUser("anna")
        let login = try await service.login("anna")
        let unknown = SessionID("0af76519-16cd-43dd-8448-eb211c80319c")
        let text = try #require(TokenText(newFor: unknown)?.text)
        for token in ["x", .null, .string(text)] as [JSONValue] {
            let answer = try await service.ask(
                "POST", "/auth/logout", ["refreshToken": token], as: nil)
            #expect(answer.status == 204)
        }
        #expect(try await service.ask("POST", "/auth/logout", [:], as: .viewer).status == 204)
        #expect(try await status(of: login) == 200)
        let claims = SessionClaims(user: UserID(id), session: unknown, version: 1)
        let people = service.services.authenticator.people
        #expect(people.principal(of: claims) != nil, "what is made up must not be remembered")
    }

    @Test func `what an admin changes acts on tokens that are out already`() async throws {
        let id = try await service.addUser("anna", ["role": "operator"])
        let login = try await service.login("anna")
        let change = JSONValue(dictionaryLiteral: ("role", "viewer"))
        #expect(
            try await service.ask("PUT", "/v1/users/\(id)", change, as: .admin).status == 200)
        #expect(try await status(of: login) == 401)
        let second = try Login(try await refresh(login))
        #expect(
            try await service.ask("POST", "/v1/tests", .test(), as: second.caller).status == 403)
        #expect(try await status(of: second) == 200)

        try await service.ask("POST", "/v1/users/\(id)/disable", as: .admin)
        #expect(try await status(of: second) == 401)
        #expect(try await refresh(second).status == 401)
        try await service.ask("POST", "/v1/users/\(id)/enable", as: .admin)
        #expect(try await status(of: second) == 401)
        #expect(try await refresh(second).status == 401, "an ended session stays ended")
        let third = try await service.login("anna")

        let body: JSONValue = ["password": "another password"]
        try await service.ask("POST", "/v1/users/\(id)/password", body, as: .admin)
        #expect(try await status(of: third) == 401)
        #expect(try await refresh(third).status == 401)
        let fourth = try await service.login("anna", ["password": "another password"])

        try await service.ask("DELETE", "/v1/users/\(id)", as: .admin)
        #expect(try await status(of: fourth) == 401)
        #expect(try await refresh(fourth).status == 401)
        let body2 = JSONValue.login("anna", ["password": "another password"])
        #expect(try await service.ask("POST", "/auth/login", body2, as: nil).status == 401)
    }

    @Test func `people change their own password, with the old one`() async throws {
        _ = try await service.addUser("anna")
        let login = try await service.login("anna")
        let wrong = JSONValue.login(
            "anna", ["password": "wrong password", "newPassword": "another password"])
        let refused = try await service.ask("POST", "/auth/password", wrong, as: login.caller)
        #expect(refused.code == "loginRefused")
        #expect(try await status(of: login) == 200)
        let right = JSONValue.login("anna", ["newPassword": "another password"])
        #expect(try await service.ask("POST", "/auth/password", right, as: nil).status == 204)
        #expect(try await status(of: login) == 401)
        let old = try await service.ask("POST", "/auth/login", .login("anna"), as: nil)
        #expect(old.status == 401)
        _ = try await service.login("anna", ["password": "another password"])
    }

    @Test func `after too many failures the right password is not looked at either`() async throws {
        _ = try await service.addUser("anna")
        let wrong = JSONValue.login("anna", ["password": "wrong password"])
        for _ in 0..<5 {
            #expect(try await service.ask("POST", "/auth/login", wrong, as: nil).status == 401)
        }
        let refused = try await service.ask("POST", "/auth/login", .login("anna"), as: nil)
        #expect(refused.status == 429 && refused.code == "tooManyLoginAttempts")
        #expect(refused.header("Retry-After") == "30")
        let own = JSONValue.login("anna", ["newPassword": "another password"])
        #expect(try await service.ask("POST", "/auth/password", own, as: nil).status == 429)
        let elsewhere = try await service.ask(
            "POST", "/auth/login", .login("anna"), as: nil, from: "10.0.0.9")
        #expect(elsewhere.status == 200)
        for name in ["nobody", "berta"] {
            for index in 0..<6 {
                let answer = try await service.ask(
                    "POST", "/auth/login", .login(name), as: nil, from: "10.0.1.1")
                #expect(answer.status == (index < 5 ? 401 : 429), "\(name)")
            }
        }
        service.time.advance(by: .seconds(30))
        _ = try await service.login("anna")
    }

    @Test func `with another secret no token is valid, and with the same one all are`()
        async throws
    {
        _ = try await service.addUser("anna")
        let (login, ended) = (try await service.login("anna"), try await service.login("anna"))
        try await service.ask("POST", "/auth/logout", ended.refreshInput, as: nil)
        let other = LoginSettings(sessionKey: SessionKey(secret: String(repeating: "x", count: 32)))
        service.services.authenticator.replace(other)
        #expect(try await status(of: login) == 401)
        #expect(try await refresh(login).status == 401)
        _ = try await service.login("anna")

        service.die()
        let next = try TestService(after: service)
        try await next.services.authenticator.people.load(from: next.store, at: next.time.now)
        #expect(try await next.ask("GET", "/v1/runs", as: login.caller).status == 200)
        #expect(try await next.ask("GET", "/v1/runs", as: ended.caller).status == 401)
        let answer = try await next.ask("POST", "/auth/refresh", login.refreshInput, as: nil)
        #expect(answer.status == 200)
    }

    @Test func `without a secret nobody logs in`() async throws {
        _ = try await service.addUser("anna")
        let login = try await service.login("anna")
        service.services.authenticator.replace(LoginSettings())
        #expect(try await status(of: login) == 401)
        let answer = try await service.ask("POST", "/auth/login", .login("anna"), as: nil)
        #expect(answer.status == 404 && answer.code == "loginDisabled")
        #expect(try await refresh(login).code == "loginDisabled")
        #expect(try await service.ask("POST", "/auth/logout", as: login.caller).status == 204)
    }

    @Test func `a user goes with its tenant`() async throws {
        _ = try await service.addUser("anna")
        let login = try await service.login("anna")
        let callers = Caller.all.map { ($0.token, $0.principal) }
        service.services.authenticator.replace(callers, tenants: ["tenant-2"])
        #expect(try await status(of: login) == 401)
        #expect(try await refresh(login).status == 401)
        let answer = try await service.ask("POST", "/auth/login", .login("anna"), as: nil)
        #expect(answer.code == "loginRefused")
    }

    @Test func `nothing that stays tells a password or a token`() async throws {
        _ = try await service.addUser("anna")
        let login = try await service.login("anna")
        let secret = try #require(login.refreshToken.text?.dropFirst(37))
        let log = service.log.lines.joined()
        for text in ["correct horse", String(secret), login.caller.token] {
            #expect(!log.contains(text))
        }
        await service.store.close()
        for name in try service.folder.names() {
            let bytes = try Data(contentsOf: URL(filePath: service.folder.path(name)))
            for text in ["correct horse", String(secret), login.caller.token] {
                #expect(bytes.range(of: Data(text.utf8)) == nil, "\(name)")
            }
        }
    }
}
