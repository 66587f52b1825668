import HTTP
import HTTPServer
import Networking
import Testing

struct DrainTests {
    private static let get = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"
    private static let gate = "GET /gate HTTP/1.1\r\nHost: a\r\n\r\n"

    @Test func `draining closes what is idle at once and finishes what runs`() async throws {
        let server = try TestServer(threads: 2)
        let (idle, busy, reading) = (
            try server.client(), try server.client(), try server.client()
        )
        #expect(try await idle.ask(Self.get).status == 200)
        try await busy.send(Self.gate + Self.get)
        try await reading.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\na")
        await server.gate.arrivals(1)
        try await server.waitForConnections(3)

        async let drained: Void = server.server.shutdown(within: .seconds(30))
        #expect(try await idle.end() == "")
        #expect(throws: SystemError.self) { try server.client() }
        await server.gate.open()
        let answer = try await busy.answer()
        #expect(answer.body == "passed")
        #expect(answer.fields["connection"] == "close")
        // The request pipelined behind it is not answered: the client is told to ask elsewhere.
        #expect(try await busy.end() == "")
        try await reading.send("b")
        let last = try await reading.answer()
        #expect(last.body == "ab")
        #expect(last.fields["connection"] == "close")
        await drained
    }

    @Test func `draining gives up after its limit`() async throws {
        let server = try TestServer()
        let client = try server.client()
        try await client.send(Self.gate)
        await server.gate.arrivals(1)
        await server.server.shutdown(within: .milliseconds(30))
        #expect(try await client.end() == "")
        await server.gate.open()
    }

    @Test func `draining waits for a handler whose client has left`() async throws {
        let server = try TestServer()
        var client: TestClient? = try server.client()
        try await client?.send(Self.gate)
        await server.gate.arrivals(1)
        client?.endWithReset()
        client = nil
        async let drained: Void = server.server.shutdown(within: .seconds(30))
        try await server.waitForRefusal()
        #expect(server.server.connectionCount == 1)
        await server.gate.open()
        await drained
        #expect(server.server.connectionCount == 0)
    }

    @Test func `a request that arrived before draining is answered`() async throws {
        let server = try TestServer()
        let client = try server.client()
        try await client.send(Self.get)
        async let drained: Void = server.server.shutdown(within: .seconds(30))
        let answer = try await client.answer()
        #expect(answer.body == "hello")
        await drained
    }

    @Test func `shutting down twice, or without a start, is harmless`() async throws {
        let server = try TestServer()
        async let first: Void = server.server.shutdown(within: .seconds(1))
        async let second: Void = server.server.shutdown(within: .seconds(1))
        _ = await (first, second)
        await server.server.shutdown(within: .seconds(1))
        let unused = HTTPServer(configuration: ServerConfiguration(), router: Router([]))
        await unused.shutdown(within: .seconds(1))
    }

    @Test func `who comes before there is anything to serve waits for it`() async throws {
        func make() throws -> (HTTPServer, TestClient) {
            let listener = try TCPListener(host: "127.0.0.1", port: 0)
            let hello = Route("GET", "/hello") { _ in
                Response(status: 200, body: Array("hello".utf8))
            }
            let server = HTTPServer(
                configuration: ServerConfiguration(port: listener.port), listener: listener,
                router: Router([hello]))
            return (server, try TestClient(port: listener.port))
        }
        let (server, client) = try make()
        try await client.send(Self.get)
        let port = try server.start()
        #expect(try await client.answer().body == "hello")
        await server.shutdown(within: .milliseconds(50))
        // Nobody but the server has held the port.
        _ = try TCPListener(host: "127.0.0.1", port: port)
    }

    @Test func `a port in use is an error of the start`() async throws {
        let server = try TestServer()
        let other = HTTPServer(
            configuration: ServerConfiguration(port: server.port), router: Router([]))
        #expect(throws: SystemError.self) { try other.start() }
        await server.shutdown()
    }
}
