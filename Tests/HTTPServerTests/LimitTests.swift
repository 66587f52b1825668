import HTTP
import HTTPServer
import Testing

struct LimitTests {
    private static let get = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"

    @Test func `a head may have its largest size and not one byte more`() async throws {
        let server = try TestServer { $0.headBytesMax = 100 }
        let start = "GET /hello HTTP/1.1\r\nHost: a\r\nX: "
        let filling = String(repeating: "x", count: 100 - start.utf8.count - 4)
        #expect(try await server.client().ask("\(start)\(filling)\r\n\r\n").body == "hello")
        try await expectRefusal(431, "\(start)\(filling)x\r\n\r\n", by: server)
        await server.shutdown()
    }

    @Test func `a target may have its largest size and not one byte more`() async throws {
        let server = try TestServer { $0.targetBytesMax = 20 }
        let target = "/items/0123456789012"
        #expect(
            try await server.client().ask("GET \(target) HTTP/1.1\r\nHost: a\r\n\r\n").body
                == "0123456789012")
        try await expectRefusal(414, "GET \(target)3 HTTP/1.1\r\nHost: a\r\n\r\n", by: server)
        await server.shutdown()
    }

    @Test func `as many fields as allowed are accepted and not one more`() async throws {
        let server = try TestServer { $0.headerCountMax = 3 }
        let text = "GET /hello HTTP/1.1\r\nHost: a\r\nX: 1\r\nY: 2\r\n"
        #expect(try await server.client().ask("\(text)\r\n").body == "hello")
        try await expectRefusal(431, "\(text)Z: 3\r\n\r\n", by: server)
        await server.shutdown()
    }

    @Test(arguments: [("/echo", 1_000, "x"), ("/small", 4, "small"), ("/large", 4_000, "large")])
    func `a body may be as long as server or route allow and not one byte more`(
        path: String, max: Int, answer: String
    ) async throws {
        let server = try TestServer { $0.bodyBytesMax = 1_000 }
        let body = String(repeating: "x", count: max)
        let head = "POST \(path) HTTP/1.1\r\nHost: a\r\n"
        let client = try server.client()
        let accepted = try await client.ask("\(head)Content-Length: \(max)\r\n\r\n\(body)")
        #expect(accepted.status == 200)
        #expect(accepted.body.hasPrefix(answer))
        let chunked = "\(head)Transfer-Encoding: chunked\r\n\r\n"
        let size = String(max, radix: 16)
        #expect(try await client.ask("\(chunked)\(size)\r\n\(body)\r\n0\r\n\r\n").status == 200)

        // Refused by the announcement alone, and by the first chunk that is too much.
        try await expectRefusal(413, "\(head)Content-Length: \(max + 1)\r\n\r\n", by: server)
        try await expectRefusal(413, "\(chunked)\(size)\r\n\(body)\r\n1\r\n", by: server)
        await server.shutdown()
    }

    @Test func `an answer to a body too large survives that the body is sent all the same`()
        async throws
    {
        let server = try TestServer { $0.bodyBytesMax = 10 }
        let client = try server.client()
        try await client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 400000\r\n\r\n")
        _ = try client.sendWithoutWaiting([UInt8](repeating: 0x61, count: 400_000))
        #expect(try await client.answer().status == 413)
        await server.shutdown()
    }

    @Test func `one connection too many is told so, and has a place once another leaves`()
        async throws
    {
        let server = try TestServer(threads: 2) {
            $0.connectionsMax = 2
            $0.silenceKept = .seconds(3600)
        }
        let first = try server.client()
        var second: TestClient? = try server.client()
        #expect(try await first.ask(Self.get).status == 200)
        #expect(try await second?.ask(Self.get).status == 200)
        let third = try server.client()
        let refusal = try await third.ask(Self.get)
        #expect(refusal.status == 503)
        #expect(refusal.fields["retry-after"] == "1")
        #expect(try await third.end() == "")

        second = nil
        var status = 503
        // The server learns of the closing in its own time.
        for _ in 0..<500 where status == 503 {
            status = try await server.client().ask(Self.get).status
        }
        #expect(status == 200)
        await server.shutdown()
    }

    @Test func `a crowd of refused connections takes no more than its share`() async throws {
        let server = try TestServer {
            $0.connectionsMax = 1
            $0.silenceKept = .seconds(3600)
        }
        let served = try server.client()
        #expect(try await served.ask(Self.get).status == 200)
        let crowd = try (0..<200).map { _ in try server.client() }
        for client in crowd {
            let text = try await client.end()
            #expect(text.isEmpty || text.hasPrefix("HTTP/1.1 503 "))
        }
        #expect(try await served.ask(Self.get).status == 200)
        await server.shutdown()
    }

    @Test(arguments: [false, true])
    func `a handler keeps its place when its client leaves`(withReset: Bool) async throws {
        let server = try TestServer { $0.connectionsMax = 1 }
        var client: TestClient? = try server.client()
        try await client?.send("GET /gate HTTP/1.1\r\nHost: a\r\n\r\n")
        await server.gate.arrivals(1)
        if withReset { client?.endWithReset() }
        client = nil
        #expect(try await server.client().ask(Self.get).status == 503)
        await server.gate.open()
        try await server.waitForConnections(0)
        #expect(try await server.client().ask(Self.get).status == 200)
        await server.shutdown()
    }

    @Test func `all bodies together may take their room and not one byte more`() async throws {
        let server = try TestServer { $0.bodyBytesTotalMax = 10 }
        func post(_ count: Int) -> String {
            let body = String(repeating: "x", count: count)
            return "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: \(count)\r\n\r\n\(body)"
        }
        let client = try server.client()
        #expect(try await client.ask(post(10)).status == 200)
        #expect(try await server.client().ask(post(11)).status == 503)

        // Six bytes of an unfinished body leave room for four. That they have arrived shows in
        // the answer to the request pipelined before them.
        let slow = try server.client()
        let unfinished = post(7).dropLast()
        #expect(try await slow.ask("\(Self.get)\(unfinished)").body == "hello")
        #expect(try await client.ask(post(4)).status == 200)
        #expect(try await client.ask(post(5)).status == 503)
        #expect(try await slow.ask("x").body == "xxxxxxx")
        #expect(try await server.client().ask(post(10)).status == 200)
        await server.shutdown()
    }

    @Test func `pipelined requests are answered one by one and in order`() async throws {
        let server = try TestServer()
        let client = try server.client()
        try await client.send("GET /gate HTTP/1.1\r\nHost: a\r\n\r\n")
        await server.gate.arrivals(1)
        let more = (0..<500).map { "GET /items/\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined()
        try await client.send("GET /gate HTTP/1.1\r\nHost: a\r\n\r\n" + more)
        #expect(await server.gate.arrivals == 1)
        await server.gate.open()
        #expect(try await client.answer().body == "passed")
        #expect(try await client.answer().body == "passed")
        for number in 0..<500 { #expect(try await client.answer().body == "\(number)") }
        await server.shutdown()
    }

    @Test func `pipelined requests are not read without end while one is answered`() async throws {
        let server = try TestServer { $0.pipelinedBytesMax = 1_000 }
        let client = try server.client()
        try await client.send("GET /gate HTTP/1.1\r\nHost: a\r\n\r\n")
        await server.gate.arrivals(1)
        let requests = Array(String(repeating: Self.get, count: 1_000).utf8)
        let limit = 256 << 20
        var (sent, refusals) = (0, 0)
        while refusals < 20, sent < limit {
            let count = try client.sendWithoutWaiting(requests)
            sent += count
            refusals = count == 0 ? refusals + 1 : 0
            try await Task.sleep(for: .milliseconds(1))
        }
        // What the kernel holds on both sides; the server itself holds a thousand bytes.
        #expect(sent < 64 << 20)
        await server.shutdown()
    }

    @Test func `requests may be split anywhere`() async throws {
        let server = try TestServer()
        let text =
            "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "3\r\nabc\r\n2;x\r\nde\r\n0\r\nT: 1\r\n\r\n"
            + "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nfgh\(Self.get)"
        let bytes = Array(text.utf8)
        let client = try server.client()
        for cut in 1..<bytes.count {
            try await client.send(Array(bytes[..<cut]))
            try await client.send(Array(bytes[cut...]))
            #expect(try await client.answer().body == "abcde")
            #expect(try await client.answer().body == "fgh")
            #expect(try await client.answer().body == "hello")
        }
        for byte in bytes { try await client.send([byte]) }
        #expect(try await client.answer().body == "abcde")
        await server.shutdown()
    }

    private func expectRefusal(_ status: Int, _ text: String, by server: TestServer) async throws {
        let client = try server.client()
        let answer = try await client.ask(text)
        #expect(answer.status == status)
        #expect(answer.fields["connection"] == "close")
        #expect(try await client.end() == "")
    }
}
