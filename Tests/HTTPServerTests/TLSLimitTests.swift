import HTTP
import HTTPServer
import Networking
import TestSupport
import Testing

/// What clients can take of a server by TLS, and by what is none.
struct TLSLimitTests {
    private let certificates: Certificates

    init() throws {
        certificates = try Certificates()
        try certificates.sign("server", for: "DNS:localhost")
    }

    private var own: TLSServerSettings {
        TLSServerSettings(
            certificateFile: certificates.certificate("server"),
            keyFile: certificates.key("server"))
    }

    private func trusting() throws -> TLSContext {
        var settings = TLSSettings()
        settings.trust = .authorities(file: certificates.certificate("ca"))
        return try TLSContext(settings)
    }

    /// The beginning of a record of the handshake, as long as it may be.
    private static let halfHello: [UInt8] = [0x16, 3, 1, 0x3F, 0xFF, 1, 0, 0x3F, 0xFB, 3, 3]

    @Test func `a handshake that does not come to its end is over after the limit of a head`()
        async throws
    {
        let server = try TestServer(tls: own) {
            ($0.headTimeMax, $0.idleTimeMax) = (.milliseconds(40), .seconds(600))
        }
        let (silent, slow) = (try server.client(), try server.client())
        for byte in Self.halfHello { _ = try slow.sendWithoutWaiting([byte]) }
        #expect(try await silent.end() == "")
        #expect(try await slow.end() == "")
        try await server.waitForConnections(0)
        await server.shutdown()
    }

    @Test func `noise instead of a handshake neither stops the server nor uses it up`()
        async throws
    {
        let server = try TestServer(threads: 2, tls: own) {
            ($0.headTimeMax, $0.lingerTimeMax) = (.milliseconds(200), .milliseconds(20))
        }
        var random = SeededGenerator(seed: 7)
        for round in 0..<120 {
            let client = try server.client()
            var bytes = round.isMultiple(of: 2) ? Self.halfHello : []
            for _ in 0..<Int.random(in: 0...60, using: &random) {
                bytes.append(UInt8.random(in: 0...255, using: &random))
            }
            for byte in bytes {
                // The server may have closed already, which is one of its right answers.
                _ = try? client.sendWithoutWaiting([byte])
                if round.isMultiple(of: 8) { await Task.yield() }
            }
            switch round % 4 {
            case 0: client.endSending()
            case 1: client.endWithReset()
            case 2: _ = try await client.end()
            default: break  // Leaves at once.
            }
        }
        #expect(try await server.client(try trusting()).ask(TLSTests.get).body == "hello")
        try await server.waitForConnections(0)
        await server.shutdown()
    }

    @Test func `noise within TLS ends its own connection only`() async throws {
        let server = try TestServer(tls: own)
        let (good, bad) = (
            try await server.client(try trusting()), try await server.client(try trusting())
        )
        bad.endTLS()
        try await bad.send(Array(repeating: 0x17, count: 200))
        _ = try await bad.end()
        #expect(try await good.ask(TLSTests.get).body == "hello")
        try await server.waitForConnections(1)
        await server.shutdown()
    }

    @Test func `hundreds of clients are served at the same time`() async throws {
        let server = try TestServer(threads: 2, tls: own)
        let context = try trusting()
        var clients: [TestClient] = []
        for _ in 0..<200 { clients.append(try TestClient(port: server.port, tls: context)) }
        for client in clients { try await client.shakeHands() }
        for client in clients { try await client.send(TLSTests.get) }
        for client in clients { #expect(try await client.answer().body == "hello") }
        #expect(server.server.connectionCount == 200)
        clients = []
        try await server.waitForConnections(0)
        await server.shutdown()
    }

    @Test func `a stop passes when all places are taken`() async throws {
        let server = try TestServer(tls: own) { $0.connectionsMax = 2 }
        let context = try trusting()
        let busy = [try await server.client(context), try await server.client(context)]
        for client in busy { try await client.send("GET /gate HTTP/1.1\r\nHost: a\r\n\r\n") }
        await server.gate.arrivals(2)
        #expect(try await server.client(context).ask(TLSTests.get).status == 503)
        let stop = "POST /stop HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"
        #expect(try await server.client(context).ask(stop).body == "stopped")
        await server.gate.open()
        for client in busy { #expect(try await client.answer().body == "passed") }
        await server.shutdown()
    }

    @Test func `who only shakes hands makes room for who comes`() async throws {
        let server = try TestServer(tls: own) {
            ($0.connectionsMax, $0.connectionsReservedMax) = (2, 0)
            $0.silenceKept = .milliseconds(20)
        }
        var silent: [TestClient] = []
        for count in 1...2 {
            silent.append(try server.client())
            // One after the other, so that the first is silent for longer.
            try await server.waitForConnections(count)
        }
        let deadline = ContinuousClock.now + .seconds(60)
        var status: Int?
        while status != 200, ContinuousClock.now < deadline {
            // Refused as long as nobody has been silent for long enough.
            status = try? await server.client(try trusting()).ask(TLSTests.get).status
        }
        #expect(status == 200)
        #expect(try await silent[0].end() == "")
        await server.shutdown()
    }

    @Test func `a connection that is idle ends with the server`() async throws {
        let server = try TestServer(tls: own)
        let client = try await server.client(try trusting())
        #expect(try await client.ask(TLSTests.get).status == 200)
        async let shutdown: Void = server.server.shutdown(within: .seconds(60))
        #expect(try await client.end() == "")
        await shutdown
    }
}
