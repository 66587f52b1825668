import JSON
import TestSupport
import Testing

/// `swarmkeeper token` against a real service.
struct TokenTests {
    private func command(
        _ words: String..., on service: Service, as token: String = Service.token("red", "admin")
    ) async throws -> (code: Int32, program: Program) {
        let program = try Program(
            ["token"] + words,
            environment: ["SWARMKEEPER_URL": service.baseURL, "SWARMKEEPER_TOKEN": token])
        return (try await program.exitCode(), program)
    }

    private func secret(in program: Program) async throws -> String {
        let pattern = /swk_[0-9a-f]{32}_[0-9A-Za-z]{49}/
        // What is in the pipe may be read after the end of the process.
        _ = await eventually { program.output.firstMatch(of: pattern) != nil }
        let match = try #require(program.output.firstMatch(of: pattern), "\(program.output)")
        return String(match.output)
    }

    @Test func `a token is made, used, survives a restart, is listed, and revoked`() async throws {
        try await withService { service in
            let made = try await command(
                "create", "--name", "ci", "--tenant", "red", "--role", "operator", "--env", "dev",
                on: service)
            #expect(made.code == 0)
            let token = try await secret(in: made.program)
            #expect(made.program.output.contains("operator of red/dev, ends never"))
            #expect(try await service.client(token).get("/v1/runs").status == 200)

            service.crash()
            try await service.restart()
            #expect(try await service.client(token).get("/v1/runs").status == 200)

            let listed = try await command("list", "--json", on: service)
            #expect(listed.code == 0)
            _ = await eventually { listed.program.output.hasSuffix("\n") }
            let items = try #require(JSONValue(listed.program.output)?["items"]?.items)
            #expect(items.count == 1)
            #expect(items.first?["lastUsedAt"]?.text != nil)
            #expect(!listed.program.output.contains("swk_"))
            let id = try #require(items.first?["id"]?.text)
            let shown = try await command("list", on: service)
            let isShown = await eventually { shown.program.output.contains(id) }
            #expect(isShown && shown.program.output.contains("active"))

            #expect(try await command("revoke", id, on: service).code == 0)
            #expect(try await service.client(token).get("/v1/runs").status == 401)
            await service.end()
            try await service.restart()
            #expect(try await service.client(token).get("/v1/runs").status == 401)
            for program in service.programs { #expect(!program.output.contains(token)) }
        }
    }

    @Test func `what the service refuses is told, and ends with 1`() async throws {
        try await withService { service in
            let words = ["--name", "x", "--tenant", "blue", "--role", "viewer"]
            let foreign = try Program(
                ["token", "create"] + words,
                environment: [
                    "SWARMKEEPER_URL": service.baseURL,
                    "SWARMKEEPER_TOKEN": Service.token("red", "admin"),
                ])
            #expect(try await foreign.exitCode() == 1)
            #expect(await eventually { foreign.output.contains("/tenantId is no tenant") })
            let viewer = try await command("list", on: service, as: Service.token("red", "viewer"))
            #expect(viewer.code == 1)
            #expect(await eventually { viewer.program.output.contains("administer") })
            #expect(try await command("revoke", "none", on: service).code == 1)
            #expect(try await command("revoke", on: service).code == 2)
        }
    }
}
