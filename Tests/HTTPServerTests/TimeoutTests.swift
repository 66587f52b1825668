import HTTP
import HTTPServer
import Testing

struct TimeoutTests {
    private static let get = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"
    private static let short: Duration = .milliseconds(40)

    @Test func `a silent connection is closed without a word`() async throws {
        let server = try TestServer { $0.idleTimeMax = Self.short }
        let (silent, used) = (try server.client(), try server.client())
        #expect(try await used.ask(Self.get).status == 200)
        #expect(try await silent.end() == "")
        #expect(try await used.end() == "")
        await server.shutdown()
    }

    @Test(arguments: ["G", "GET /hello HTTP/1.1\r\nHost: a\r\n", "\r\n"])
    func `a head that does not come to its end is answered 408`(text: String) async throws {
        let server = try TestServer { $0.headTimeMax = Self.short }
        let client = try server.client()
        #expect(try await client.ask(text).status == 408)
        #expect(try await client.end() == "")
        await server.shutdown()
    }

    @Test(arguments: [
        "Content-Length: 5\r\n\r\n", "Content-Length: 5\r\n\r\nabcd",
        "Transfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n",
    ])
    func `a body that does not come to its end is answered 408`(rest: String) async throws {
        let server = try TestServer { $0.bodyTimeMax = Self.short }
        let client = try server.client()
        let answer = try await client.ask("POST /echo HTTP/1.1\r\nHost: a\r\n\(rest)")
        #expect(answer.status == 408)
        #expect(try await client.end() == "")
        await server.shutdown()
    }

    @Test func `sending now and then gains no time`() async throws {
        let server = try TestServer { $0.headTimeMax = Self.short }
        let client = try server.client()
        try await client.send("GET /hello HTTP/1.1\r\nHost: a\r\n")
        var sent = 0
        while sent < 5_000, try await !client.hasAnswer() {
            // Fails once the server has closed, which is what is waited for.
            _ = try? client.sendWithoutWaiting(Array("X".utf8))
            sent += 1
        }
        #expect(sent < 5_000)
        #expect(try await client.answer().status == 408)
        await server.shutdown()
    }

    @Test(arguments: ["Content-Length: 1000000", "Transfer-Encoding: chunked"])
    func `a body that comes a byte at a time gains no time either`(framing: String) async throws {
        let server = try TestServer { $0.bodyTimeMax = Self.short }
        let client = try server.client()
        try await client.send("POST /echo HTTP/1.1\r\nHost: a\r\n\(framing)\r\n\r\n")
        let piece = Array((framing.hasPrefix("C") ? "x" : "1\r\nx\r\n").utf8)
        var sent = 0
        while sent < 5_000, try await !client.hasAnswer() {
            // Fails once the server has closed, which is what is waited for.
            _ = try? client.sendWithoutWaiting(piece)
            sent += 1
        }
        #expect(sent < 5_000)
        #expect(try await client.answer().status == 408)
        await server.shutdown()
    }

    @Test func `slow clients keep no place from a prompt one`() async throws {
        let server = try TestServer {
            ($0.connectionsMax, $0.connectionsReservedMax) = (8, 2)
            $0.silenceKept = .zero
        }
        let slow = try (0..<8).map { _ in try server.client() }
        for client in slow { try await client.send("GET /hello HT") }
        try await server.waitForConnections(8)
        #expect(try await server.client().ask(Self.get).status == 200)
        await server.shutdown()
    }

    @Test func `a client that does not read is dropped`() async throws {
        let server = try TestServer { $0.writeTimeMax = Self.short }
        let client = try TestClient(port: server.port, receiveBytes: 4_096)
        try await client.send("GET /huge HTTP/1.1\r\nHost: a\r\n\r\n")
        // The first bytes wait in the client's kernel. The rest is never fetched, so the end comes
        // from the server; only then are they read.
        try await server.waitForConnections(0)
        #expect(try await client.end().utf8.count < 32 << 20)
        await server.shutdown()
    }

    @Test func `a running handler is not cut short by any of them`() async throws {
        let server = try TestServer {
            ($0.idleTimeMax, $0.headTimeMax, $0.bodyTimeMax) = (Self.short, Self.short, Self.short)
        }
        let client = try server.client()
        try await client.send("GET /gate HTTP/1.1\r\nHost: a\r\n\r\n")
        await server.gate.arrivals(1)
        // A second connection that is closed for its silence shows that the time has passed.
        #expect(try await server.client().end() == "")
        await server.gate.open()
        #expect(try await client.answer().body == "passed")
        await server.shutdown()
    }

    @Test func `a refused client that goes on sending is closed in the end`() async throws {
        let server = try TestServer { $0.lingerTimeMax = Self.short }
        let client = try server.client()
        #expect(try await client.ask("BAD\r\n").status == 400)
        try await server.waitForConnections(0)
        await server.shutdown()
    }
}
