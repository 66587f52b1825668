import HTTP
import HTTPServer
import Testing

struct ServerTests {
    private static let get = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"

    @Test func `a request is answered with length and date and no server's name`() async throws {
        let server = try TestServer()
        let answer = try await server.client().ask(Self.get)
        #expect(answer.status == 200)
        #expect(answer.body == "hello")
        #expect(answer.fields["content-length"] == "5")
        #expect(answer.fields["date"]?.hasSuffix("GMT") == true)
        #expect(answer.fields["server"] == nil)
        #expect(answer.fields["connection"] == nil)
        await server.shutdown()
    }

    @Test func `many connections on several loops are served`() async throws {
        let server = try TestServer(threads: 3)
        let clients = try (0..<30).map { _ in try server.client() }
        for _ in 0..<3 {
            for client in clients { try await client.send(Self.get) }
            for client in clients { #expect(try await client.answer().body == "hello") }
        }
        await server.shutdown()
    }

    @Test func `parameters are decoded, and an encoded slash stays inside its segment`()
        async throws
    {
        let server = try TestServer()
        let client = try server.client()
        #expect(
            try await client.ask("GET /items/a%2Fb%20c HTTP/1.1\r\nHost: a\r\n\r\n").body == "a/b c"
        )
        #expect(try await client.ask("GET /client HTTP/1.1\r\nHost: a\r\n\r\n").body == "127.0.0.1")
        await server.shutdown()
    }

    @Test(arguments: [
        ("GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "close"),
        ("GET /hello HTTP/1.0\r\n\r\n", "close"),
    ])
    func `a connection that is not to stay is closed`(text: String, field: String) async throws {
        let server = try TestServer()
        let client = try server.client()
        let answer = try await client.ask(text)
        #expect(answer.body == "hello")
        #expect(answer.fields["connection"] == field)
        #expect(try await client.end() == "")
        await server.shutdown()
    }

    @Test func `a client of HTTP 1 0 can ask to stay`() async throws {
        let server = try TestServer()
        let client = try server.client()
        for _ in 0..<2 {
            let answer = try await client.ask(
                "GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            #expect(answer.fields["connection"] == "keep-alive")
        }
        await server.shutdown()
    }

    @Test func `a HEAD is answered like a GET without its body`() async throws {
        let server = try TestServer()
        let client = try server.client()
        try await client.send("HEAD /hello HTTP/1.1\r\nHost: a\r\n\r\n\(Self.get)")
        let answer = try await client.answer(toHead: true)
        #expect(answer.fields["content-length"] == "5")
        #expect(try await client.answer().body == "hello")
        await server.shutdown()
    }

    @Test(arguments: [
        ("OPTIONS /items/1", 204, "DELETE, GET, HEAD, OPTIONS"),
        ("OPTIONS /echo", 204, "OPTIONS, POST"),
        ("OPTIONS *", 204, "DELETE, GET, HEAD, OPTIONS, POST"),
        ("PUT /items/1", 405, "DELETE, GET, HEAD, OPTIONS"),
        ("get /hello", 405, "GET, HEAD, OPTIONS"),
        ("HEAD /echo", 405, "OPTIONS, POST"),
        ("GET *", 405, "OPTIONS"),
    ])
    func `a path says which methods it allows`(
        line: String, status: Int, allow: String
    ) async throws {
        let server = try TestServer()
        let client = try server.client()
        try await client.send("\(line) HTTP/1.1\r\nHost: a\r\n\r\n")
        let answer = try await client.answer(toHead: line.hasPrefix("HEAD"))
        #expect(answer.status == status)
        #expect(answer.fields["allow"] == allow)
        // Nothing was wrong with the message, so the connection goes on.
        if status == 204 { #expect(try await client.ask(Self.get).body == "hello") }
        await server.shutdown()
    }

    @Test(arguments: ["/", "/hello/", "/items", "/items/", "/items//", "/hellO", "/items/1/2"])
    func `a path without a route is not found`(path: String) async throws {
        let server = try TestServer()
        let client = try server.client()
        #expect(try await client.ask("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n").status == 404)
        #expect(try await client.ask(Self.get).body == "hello")
        await server.shutdown()
    }

    @Test func `what is not found can have a handler of its own`() async throws {
        let server = try TestServer(notFound: { request in
            Response(status: 404, body: Array("no \(request.rawPath)".utf8))
        })
        let answer = try await server.client().ask("GET /x?y HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(answer.body == "no /x")
        await server.shutdown()
    }

    @Test func `the server's own answers have the body they were given`() async throws {
        let server = try TestServer(errorResponse: { error in
            Response(status: error.status, body: Array("<\(error.code)>".utf8))
        })
        let client = try server.client()
        #expect(
            try await client.ask("PUT /hello HTTP/1.1\r\nHost: a\r\n\r\n").body
                == "<methodNotAllowed>")
        #expect(try await client.ask("GET /hello HTTP/1.1\r\n\r\n").body == "<missingHost>")
        await server.shutdown()
    }

    @Test(arguments: ["/bad-field", "/bad-status"])
    func `a response that is no HTTP becomes a 500`(path: String) async throws {
        let server = try TestServer()
        let client = try server.client()
        let answer = try await client.ask("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(answer.status == 500)
        #expect(answer.fields["set-cookie"] == nil)
        #expect(server.diagnostics.events.contains("invalidResponse"))
        #expect(try await client.ask(Self.get).body == "hello")
        await server.shutdown()
    }

    @Test func `a client that ends its side is still answered`() async throws {
        let server = try TestServer()
        let client = try server.client()
        try await client.send("GET /gate HTTP/1.1\r\nHost: a\r\n\r\n\(Self.get)")
        client.endSending()
        await server.gate.open()
        #expect(try await client.answer().body == "passed")
        #expect(try await client.answer().body == "hello")
        #expect(try await client.end() == "")
        await server.shutdown()
    }

    @Test(arguments: [false, true])
    func `a handler whose client has left finishes, and nobody gets its answer`(
        withReset: Bool
    ) async throws {
        let server = try TestServer()
        var client: TestClient? = try server.client()
        try await client?.send("GET /gate HTTP/1.1\r\nHost: a\r\n\r\n")
        await server.gate.arrivals(1)
        if withReset { client?.endWithReset() }
        client = nil
        await server.gate.open()
        #expect(try await server.client().ask(Self.get).body == "hello")
        await server.shutdown()
    }

    @Test func `a response larger than any buffer arrives whole`() async throws {
        let server = try TestServer()
        let client = try server.client()
        try await client.send("GET /huge HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        let text = try await client.end()
        #expect(text.utf8.count > 32 << 20)
        #expect(text.hasSuffix("aaaa"))
        await server.shutdown()
    }
}
