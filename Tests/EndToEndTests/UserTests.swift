import Foundation
import JSON
import TestSupport
import Testing

/// People who log in at a real service, and `swarmkeeper user`.
struct UserTests {
    private static let password = "correct horse battery"
    private static let other = "another long password"

    private func command(
        _ words: String..., typing password: String? = nil, on service: Service,
        as token: String = Service.administrator
    ) async throws -> (code: Int32, output: String) {
        let program = try Program(
            ["user"] + words,
            environment: ["SWARMKEEPER_URL": service.baseURL, "SWARMKEEPER_TOKEN": token],
            input: password.map { $0 + "\n" })
        let code = try await program.exitCode()
        // What is in the pipe may be read after the end of the process.
        _ = await eventually { program.output.hasSuffix("\n") }
        return (code, program.output)
    }

    private func login(
        at service: Service, with password: String = password
    ) async throws -> Client.Answer {
        try await service.client("").post(
            "/auth/login", ["name": "root", "password": password])
    }

    private func status(_ token: JSONValue?, _ service: Service) async throws -> Int {
        try await service.client(token?.text ?? "").get("/v1/tenants").status
    }

    @Test func `the first administrator is made by command, logs in, and makes others`()
        async throws
    {
        try await withService(auth: .secret("a secret of thirty-two bytes or more")) { service in
            let made = try await command(
                "create", "root", "--role", "administrator", typing: Self.password, on: service)
            #expect(made.code == 0 && made.output.contains("administrator of all tenants: made"))
            let session = try await login(at: service)
            #expect(session.status == 200)
            let token = try #require(session["accessToken"]?.text)
            let anna = try await command(
                "create", "anna", "--tenant", "red", "--role", "viewer", typing: Self.password,
                on: service, as: token)
            #expect(anna.code == 0, "\(anna.output)")
            let listed = try await command("list", on: service, as: token)
            #expect(listed.code == 0)
            for word in ["root", "anna", "red", "all tenants", "never"] {
                #expect(listed.output.contains(word))
            }
            let weak = try await command(
                "create", "berta", "--role", "viewer", typing: "short", on: service)
            #expect(weak.code == 1 && weak.output.contains("/password"))
            let none = try await command("create", "berta", "--role", "viewer", on: service)
            #expect(none.code == 1 && none.output.contains("no password"))
            let missing = try await command("disable", "anna", on: service)
            #expect(missing.code == 1 && missing.output.contains("--tenant"))
            for program in service.programs { #expect(!program.output.contains(Self.password)) }
        }
    }

    @Test func `a session outlives a crash of the service, and a logout does too`() async throws {
        try await withService(auth: .secret("a secret of thirty-two bytes or more")) { service in
            let made = try await command(
                "create", "root", "--role", "administrator", typing: Self.password, on: service)
            #expect(made.code == 0)
            let (kept, ended) = (try await login(at: service), try await login(at: service))
            let refresh = ["refreshToken": try #require(ended["refreshToken"]?.text)]
            let logout = try await service.client("").post("/auth/logout", refresh)
            #expect(logout.status == 204)
            service.crash()
            try await service.restart()
            #expect(try await status(kept["accessToken"], service) == 200)
            #expect(try await status(ended["accessToken"], service) == 401)
            let renewed = try await service.client("").post(
                "/auth/refresh", ["refreshToken": try #require(kept["refreshToken"]?.text)])
            #expect(renewed.status == 200)

            let changed = try await command(
                "set-password", "root", typing: Self.other, on: service)
            #expect(changed.code == 0)
            #expect(try await status(renewed["accessToken"], service) == 401)
            #expect(try await login(at: service).status == 401)
            let again = try await login(at: service, with: Self.other)
            #expect(again.status == 200)
            #expect(try await command("disable", "root", on: service).code == 0)
            #expect(try await status(again["accessToken"], service) == 401)
            #expect(try await login(at: service, with: Self.other).status == 401)
        }
    }

    @Test func `another secret ends all sessions, and new keys are taken from their file`()
        async throws
    {
        let folder = try TemporaryFolder()
        let file = folder.path("keys.json")
        let (first, second) = (try ProviderKey("one", folder), try ProviderKey("two", folder))
        try first.write(to: file)
        let secret = "a secret of thirty-two bytes or more"
        try await withService(auth: .secret(secret, keys: file)) { service in
            _ = try await command(
                "create", "root", "--role", "administrator", typing: Self.password, on: service)
            let session = try await login(at: service)
            let foreign = JSONValue.string(try first.token())
            #expect(try await status(foreign, service) == 200)
            #expect(try await status(.string(try second.token()), service) == 401)

            try second.write(to: file)
            try service.reload(auth: .secret(secret, keys: file))
            let isReloaded = try await eventually {
                try await status(.string(try second.token()), service) == 200
            }
            #expect(isReloaded)
            #expect(try await status(foreign, service) == 401)
            #expect(try await status(session["accessToken"], service) == 200)

            try Data("{".utf8).write(to: URL(filePath: file))
            try service.reload(auth: .secret(secret + "!", keys: file))
            #expect(await eventually { service.log.contains("configuration not reloaded") })
            #expect(try await status(.string(try second.token()), service) == 200)

            try second.write(to: file)
            try service.reload(auth: .secret(secret + "!", keys: file))
            let isEnded = try await eventually {
                try await status(session["accessToken"], service) == 401
            }
            #expect(isEnded)
            #expect(!service.log.contains(secret))
        }
    }
}
