import HTTP
import HTTPServer
import JSON
import Testing

@testable import swarmkeeper

struct TokenCommandTests {
    private func order(_ words: String...) throws(ArgumentError) -> TokenOrder {
        try TokenOrder(Arguments(words, flags: TokenCommand.flags, environment: [:]))
    }

    private func run(_ words: [String], token: String? = "token-1") async -> Int32 {
        var environment: [String: String] = [:]
        environment["SWARMKEEPER_TOKEN"] = token
        return await Program.run(["token"] + words, environment: environment)
    }

    @Test func `a command line becomes the body of a request`() throws {
        let least = try order("create", "--name", "ci", "--tenant", "t", "--role", "viewer")
        #expect(
            least
                == .create(
                    .object([
                        "name": .string("ci"), "tenantId": .string("t"), "role": .string("viewer"),
                    ])))
        let most = try order(
            "create", "--name=ci", "--tenant=t", "--role=admin", "--env=a", "--env=b",
            "--description=d", "--expires-in=1h", "--expires-at=x")
        #expect(
            most
                == .create(
                    .object([
                        "name": .string("ci"), "tenantId": .string("t"), "role": .string("admin"),
                        "envIds": .array([.string("a"), .string("b")]),
                        "description": .string("d"), "expiresIn": .string("1h"),
                        "expiresAt": .string("x"),
                    ])))
        #expect(try order("list", "--tenant", "t") == .list(tenant: "t"))
        #expect(try order("revoke", "id") == .revoke("id"))
    }

    @Test(arguments: [
        [], ["make"], ["create"], ["create", "--name", "x", "--tenant", "t"], ["list", "x"],
        ["revoke"], ["revoke", ""], ["revoke", "a", "b"], ["list", "--url", "ftp://x"],
        ["list", "--url", "http://u:p@x"], ["list", "--url", "x"], ["list", "--colour"],
        ["list", "--token", "a b"], ["list", "--token", "a\r\nX: y"],
    ])
    func `a wrong command line ends with 2`(words: [String]) async {
        #expect(await run(words) == 2)
    }

    @Test func `without a token nobody is asked`() async {
        #expect(await run(["list"], token: nil) == 2)
    }

    @Test func `what cannot be done ends with 1`() async throws {
        let answers: [String: Response] = [
            "GET": Response(
                status: 403, headers: ["Content-Type": "application/problem+json"],
                body: Array("{\"detail\": \"no \\u001b[31m\"}".utf8)),
            "POST": Response(status: 201, headers: [:], body: Array("no JSON".utf8)),
            "DELETE": Response(status: 302, headers: ["Location": "http://127.0.0.1:1/"]),
        ]
        let router = Router(
            [],
            notFound: { request in answers[request.method] ?? Response(status: 500) },
            errorResponse: { _ in Response(status: 500) })
        let server = HTTPServer(
            configuration: ServerConfiguration(host: "127.0.0.1", port: 0), router: router)
        let url = "http://127.0.0.1:\(try server.start())"
        #expect(await run(["list", "--url", url]) == 1)
        #expect(await run(["revoke", "x", "--url", url]) == 1)
        let create = ["create", "--name=n", "--tenant=t", "--role=viewer", "--url", url]
        #expect(await run(create) == 1)
        await server.shutdown(within: .zero)
        #expect(await run(["list", "--url", url]) == 1)
    }

    @Test func `text of somebody else is shown without control characters`() {
        #expect(PlainText.of("a\u{1b}[31mb\u{9b}c\td\ne") == "a?[31mb?c?d\ne")
        #expect(ServiceClient.encoded("../a b/é?&") == "%2E%2E%2Fa%20b%2F%C3%A9%3F%26")
    }
}
