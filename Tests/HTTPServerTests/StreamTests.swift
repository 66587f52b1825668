import HTTP
import HTTPServer
import Networking
import Synchronization
import TestSupport
import Testing

struct StreamTests {
    private static let get = "GET /stream HTTP/1.1\r\nHost: a\r\n\r\n"

    @Test func `chunks arrive as they are offered, and the connection stays`() async throws {
        let scene = try Scene()
        let client = try TestClient(port: scene.port)
        try await client.send(Self.get + "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
        let head = try await client.answer()
        #expect(head.status == 200)
        #expect(head.fields["transfer-encoding"] == "chunked")
        #expect(head.fields["content-length"] == nil)
        let body = await scene.body()
        body.offer(Array("one".utf8))
        #expect(try await client.text(through: "one\r\n") == "3\r\none\r\n")
        body.offer(Array("seventeen letters".utf8))
        #expect(try await client.text(through: "ers\r\n") == "11\r\nseventeen letters\r\n")
        body.finish()
        #expect(try await client.text(through: "\r\n\r\n") == "0\r\n\r\n")
        // What was pipelined behind the stream is answered behind it.
        #expect(try await client.answer().body == "hello")
        #expect(await scene.isReleased(1))
        #expect(body.offer([1]) == .over)
        await scene.end()
    }

    @Test func `a client of HTTP 1.0 gets bytes until the connection ends`() async throws {
        let scene = try Scene()
        let client = try TestClient(port: scene.port)
        try await client.send("GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
        let head = try await client.answer()
        #expect(head.fields["transfer-encoding"] == nil)
        #expect(head.fields["connection"] == "close")
        let body = await scene.body()
        body.offer(Array("one".utf8))
        body.offer(Array("two".utf8))
        body.finish()
        #expect(try await client.end() == "onetwo")
        await scene.end()
    }

    @Test func `HEAD gets the head alone and makes nothing`() async throws {
        let scene = try Scene()
        let client = try TestClient(port: scene.port)
        try await client.send("HEAD /stream HTTP/1.1\r\nHost: a\r\n\r\n")
        let head = try await client.answer(toHead: true)
        #expect(head.fields["transfer-encoding"] == "chunked")
        #expect(await scene.isReleased(1))
        #expect(try await client.ask("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n").body == "hello")
        await scene.end()
    }

    @Test(arguments: [true, false])
    func `a client that goes away is noticed without a byte to send`(byReset: Bool) async throws {
        let scene = try Scene()
        var client: TestClient? = try TestClient(port: scene.port)
        try await client?.send(Self.get)
        _ = try await client?.answer()
        _ = await scene.body()
        if byReset { client?.endWithReset() }
        client = nil
        #expect(await scene.isReleased(1))
        await scene.end()
    }

    @Test func `a client that only ends its sending gets a proper end`() async throws {
        let scene = try Scene()
        let client = try TestClient(port: scene.port)
        try await client.send(Self.get)
        _ = try await client.answer()
        let body = await scene.body()
        body.offer(Array("last".utf8))
        client.endSending()
        #expect(try await client.end() == "4\r\nlast\r\n0\r\n\r\n")
        await scene.end()
    }

    @Test func `a stream whose client has left before its answer is released`() async throws {
        let scene = try Scene()
        var client: TestClient? = try TestClient(port: scene.port)
        try await client?.send("GET /late HTTP/1.1\r\nHost: a\r\n\r\n")
        await scene.gate.arrivals(1)
        client?.endWithReset()
        client = nil
        await scene.gate.open()
        #expect(await scene.isReleased(1))
        await scene.end()
    }

    @Test func `who reads too slowly gets all that had room, and then the farewell`() async throws {
        let scene = try Scene(bytesMax: 1 << 16)
        let client = try TestClient(port: scene.port, receiveBytes: 4_096)
        try await client.send(Self.get)
        let body = await scene.body()
        var offered = 0
        // The kernel's buffers take some of it first.
        while body.offer(Self.chunk(offered)) == .taken { offered += 1 }
        #expect(body.offer(Self.chunk(0)) == .over)
        #expect(offered > 32)
        let text = try await client.text(through: "0\r\n\r\n")
        let numbers = text.matches(of: /chunk (\d+)/).compactMap { Int($0.output.1) }
        #expect(numbers == Array(0..<offered))
        #expect(text.hasSuffix("9\r\ntoo slow!\r\n0\r\n\r\n"))
        #expect(await scene.isReleased(1))
        await scene.end()
    }

    @Test func `who does not read at all is let go after a while`() async throws {
        // More than the kernel's buffers take.
        let scene = try Scene(bytesMax: 1 << 24) { $0.writeTimeMax = .milliseconds(50) }
        let client = try TestClient(port: scene.port, receiveBytes: 4_096)
        try await client.send(Self.get)
        let body = await scene.body()
        while body.offer(Self.chunk(0)) == .taken {}
        #expect(await scene.isReleased(1))
        #expect(await eventually { scene.server.connectionCount == 0 })
        _ = client
        await scene.end()
    }

    @Test func `silence between chunks ends no stream`() async throws {
        let scene = try Scene { limits in
            limits.idleTimeMax = .milliseconds(20)
            limits.writeTimeMax = .milliseconds(20)
        }
        let client = try TestClient(port: scene.port)
        try await client.send(Self.get)
        let body = await scene.body()
        for round in 0..<3 {
            // As long as it takes until a silent connection is closed.
            _ = try await TestClient(port: scene.port).end()
            #expect(body.offer(Array("\(round)".utf8)) == .taken)
            _ = try await client.text(through: "1\r\n\(round)\r\n")
        }
        await scene.end()
    }

    @Test func `a shutdown ends streams properly and waits for no client`() async throws {
        let scene = try Scene { $0.idleTimeMax = .seconds(3_600) }
        let client = try TestClient(port: scene.port)
        try await client.send(Self.get)
        _ = try await client.answer()
        let body = await scene.body()
        body.offer(Array("bye".utf8))
        async let drained: Void = scene.server.shutdown(within: .seconds(600))
        #expect(try await client.end() == "3\r\nbye\r\n0\r\n\r\n")
        #expect(await eventually { scene.server.connectionCount == 0 })
        await drained
        #expect(await scene.isReleased(1))
    }

    @Test func `a stop is served while streams have all places`() async throws {
        let scene = try Scene { $0.connectionsMax = 3 }
        var clients: [TestClient] = []
        for _ in 0..<3 {
            let client = try TestClient(port: scene.port)
            try await client.send(Self.get)
            #expect(try await client.answer().status == 200)
            clients.append(client)
        }
        let other = try TestClient(port: scene.port)
        #expect(
            try await other.ask("POST /stop HTTP/1.1\r\nHost: a\r\n\r\n").body == "stopped")
        await scene.body().offer(Array("on".utf8))
        _ = try await clients[0].text(through: "on\r\n")
        await scene.end()
    }

    @Test func `a stream goes by TLS too, whatever the client's pace`() async throws {
        let certificates = try Certificates()
        try certificates.sign("server", for: "DNS:localhost")
        let scene = try Scene(
            bytesMax: 8 << 20,
            tls: TLSServerSettings(
                certificateFile: certificates.certificate("server"),
                keyFile: certificates.key("server")))
        var settings = TLSSettings()
        settings.trust = .authorities(file: certificates.certificate("ca"))
        let client = try TestClient(
            port: scene.port, receiveBytes: 4_096, tls: TLSContext(settings))
        try await client.shakeHands()
        try await client.send(Self.get)
        let body = await scene.body()
        for number in 0..<2_000 { #expect(body.offer(Self.chunk(number)) == .taken) }
        body.finish()
        let text = try await client.text(through: "0\r\n\r\n")
        let numbers = text.matches(of: /chunk (\d+)/).compactMap { Int($0.output.1) }
        #expect(numbers == Array(0..<2_000))
        await scene.end()
    }

    private static func chunk(_ number: Int) -> [UInt8] {
        Array("chunk \(number) ".utf8) + [UInt8](repeating: 0x2E, count: 1_000)
    }
}

/// A server with a stream for each that asks, in the order of asking.
private struct Scene {
    private final class Bodies: Sendable {
        let all = Mutex<[StreamedBody]>([])
        let released = Atomic(0)
    }

    let server: HTTPServer
    let port: Int
    let gate = Gate()
    private let bodies = Bodies()

    init(
        bytesMax: Int = 1 << 16, tls: TLSServerSettings? = nil,
        limits change: (inout ServerLimits) -> Void = { _ in }
    ) throws {
        var limits = ServerLimits()
        limits.lingerTimeMax = .milliseconds(100)
        if tls != nil { limits.headTimeMax = .seconds(600) }
        change(&limits)
        let (bodies, gate) = (bodies, gate)
        @Sendable func stream() -> Response {
            let body = StreamedBody(bytesMax: bytesMax, farewell: Array("too slow!".utf8)) {
                bodies.released.add(1, ordering: .relaxed)
            }
            bodies.all.withLock { $0.append(body) }
            var response = Response(status: 200, headers: ["Content-Type": "text/plain"])
            response.stream = body
            return response
        }
        let router = Router([
            Route("GET", "/stream") { _ in stream() },
            Route("GET", "/late") { _ in
                await gate.pass()
                return stream()
            },
            Route("GET", "/hello") { _ in Response(status: 200, body: Array("hello".utf8)) },
            Route("POST", "/stop", bodyBytesMax: 100, isUrgent: true) { _ in
                Response(status: 200, body: Array("stopped".utf8))
            },
        ])
        server = HTTPServer(
            configuration: ServerConfiguration(
                limits: limits, tls: try tls.map(TLSServerContext.init)), router: router)
        port = try server.start()
    }

    /// The first stream, as soon as there is one.
    func body() async -> StreamedBody {
        _ = await eventually { !bodies.all.withLock { $0.isEmpty } }
        return bodies.all.withLock { $0[0] }
    }

    func isReleased(_ count: Int) async -> Bool {
        await eventually { bodies.released.load(ordering: .relaxed) == count }
    }

    func end() async { await server.shutdown(within: .milliseconds(50)) }
}
