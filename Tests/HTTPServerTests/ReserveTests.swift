import HTTP
import HTTPServer
import Testing

/// What is urgent comes through, whatever the others do.
struct ReserveTests {
    private static let get = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"
    private static let stop = "POST /stop HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}"

    /// A server with few places, in which silence alone never costs one its place.
    private func server(
        threads: Int = 1, limits change: (inout ServerLimits) -> Void = { _ in }
    ) throws -> TestServer {
        try TestServer(threads: threads) {
            $0.connectionsMax = 4
            $0.connectionsReservedMax = 3
            $0.silenceKept = .seconds(3600)
            $0.idleTimeMax = .seconds(3600)
            $0.headTimeMax = .seconds(3600)
            $0.reservedTimeMax = .seconds(3600)
            change(&$0)
        }
    }

    /// As many clients as there are places, each with half a head sent.
    private func crowd(_ count: Int, at server: TestServer) async throws -> [TestClient] {
        var crowd: [TestClient] = []
        for _ in 0..<count {
            let client = try server.client()
            try await client.send("GET /hello HTTP/1.1\r\nHost:")
            crowd.append(client)
        }
        try await server.waitForConnections(count)
        return crowd
    }

    @Test(arguments: [1, 2])
    func `what is urgent is served when all places are taken, other things are not`(threads: Int)
        async throws
    {
        let server = try server(threads: threads)
        let crowd = try await crowd(4, at: server)
        let client = try server.client()
        let answer = try await client.ask(Self.stop)
        #expect(answer.body == "stopped")
        #expect(answer.fields["connection"] == "close")
        #expect(try await client.end() == "")
        #expect(try await server.client().ask(Self.get).status == 503)
        #expect(
            try await server.client().ask("GET /none HTTP/1.1\r\nHost: a\r\n\r\n").status == 404)
        #expect(server.server.connectionCount == 4)
        withExtendedLifetime(crowd) {}
        await server.shutdown()
    }

    @Test func `silent clients cannot hold the reserve`() async throws {
        let server = try server()
        let crowd = try await crowd(4, at: server)
        var more: [TestClient] = []
        for _ in 0..<50 { more.append(try server.client()) }
        for _ in 0..<50 {
            let client = try server.client()
            try await client.send("POST /stop HTTP/1.1\r\nHo")
            more.append(client)
        }
        for _ in 0..<20 { #expect(try await server.client().ask(Self.stop).body == "stopped") }
        withExtendedLifetime((crowd, more)) {}
        await server.shutdown()
    }

    @Test func `what the reserve already serves is not given up for others`() async throws {
        let server = try server()
        let crowd = try await crowd(4, at: server)
        var slow: [TestClient] = []
        for _ in 0..<3 {
            let client = try server.client()
            try await client.send("POST /stop-slowly HTTP/1.1\r\nHost: a\r\n\r\n")
            slow.append(client)
        }
        await server.gate.arrivals(3)
        // There is no place at all any more, and none is made.
        #expect(try await server.client().end() == "")
        // A client that leaves does not free its place before its handler is done.
        slow.removeLast().endWithReset()
        #expect(try await server.client().end() == "")
        await server.gate.open()
        for client in slow { #expect(try await client.answer().body == "stopped") }
        var body = ""
        for _ in 0..<500 where body != "stopped" {
            // Until the server has noticed that the others are done, it closes.
            body = (try? await server.client().ask(Self.stop).body) ?? ""
        }
        #expect(body == "stopped")
        withExtendedLifetime(crowd) {}
        await server.shutdown()
    }

    @Test func `places of the reserve are not kept for who does not ask`() async throws {
        let server = try server { $0.reservedTimeMax = .milliseconds(20) }
        let crowd = try await crowd(4, at: server)
        let silent = try server.client()
        #expect(try await silent.end() == "")
        withExtendedLifetime(crowd) {}
        await server.shutdown()
    }

    @Test(arguments: [1, 2])
    func `who has been silent for long makes room`(threads: Int) async throws {
        let server = try server(threads: threads) { $0.silenceKept = .zero }
        var clients: [TestClient] = []
        for _ in 0..<40 {
            let client = try server.client()
            #expect(try await client.ask(Self.get).status == 200)
            clients.append(client)
        }
        #expect(server.server.connectionCount <= 4)
        await server.shutdown()
    }

    @Test func `who is being served keeps the place however long that takes`() async throws {
        let server = try server { $0.silenceKept = .zero }
        var busy: [TestClient] = []
        for _ in 0..<4 {
            let client = try server.client()
            try await client.send("GET /gate HTTP/1.1\r\nHost: a\r\n\r\n")
            busy.append(client)
        }
        await server.gate.arrivals(4)
        #expect(try await server.client().ask(Self.get).status == 503)
        await server.gate.open()
        for client in busy { #expect(try await client.answer().body == "passed") }
        await server.shutdown()
    }

    @Test func `bodies of others leave room for an urgent one, which may not be large`()
        async throws
    {
        let server = try server { $0.bodyBytesTotalMax = 1 }
        let post = "HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}"
        #expect(try await server.client().ask("POST /echo \(post)").status == 503)
        #expect(try await server.client().ask(Self.stop).body == "stopped")
        let large = "POST /stop HTTP/1.1\r\nHost: a\r\nContent-Length: 101\r\n\r\n"
        #expect(try await server.client().ask(large).status == 413)
        await server.shutdown()
    }

    @Test func `answers that nobody takes are not held beyond their room`() async throws {
        let server = try server { $0.outputBytesTotalMax = 1_000_000 }
        let client = try TestClient(port: server.port, receiveBytes: 4_096)
        try await client.send("GET /huge HTTP/1.1\r\nHost: a\r\n\r\n")
        _ = try await client.end()
        #expect(server.diagnostics.events.contains("answerDropped"))
        #expect(try await server.client().ask(Self.get).status == 200)
        await server.shutdown()
    }

    @Test func `what clients can make the server hold has a stated limit`() {
        let limits = ServerLimits()
        #expect(limits.heldBytesMax < 320 << 20)
    }

    @Test func `refusals and waits are figures`() async throws {
        let server = try server()
        let crowd = try await crowd(4, at: server)
        #expect(try await server.client().ask(Self.get).status == 503)
        #expect(try await server.client().ask(Self.stop).status == 200)
        let lags = server.server.lags()
        #expect(lags.map(\.name) == ["http.loop", "http.handlers", "http.reserve"])
        #expect(lags[0].served > 0 && lags[0].longestWait > .zero)
        #expect(lags[1].served == 1)
        #expect(lags[2].refused == 1)
        withExtendedLifetime(crowd) {}
        await server.shutdown()
    }
}
