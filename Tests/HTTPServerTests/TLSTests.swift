import HTTP
import HTTPServer
import Networking
import TestSupport
import Testing

/// The server in TLS, asked by a client that is known to be right with OpenSSL's own server.
struct TLSTests {
    static let get = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"

    let certificates: Certificates

    init() throws {
        certificates = try Certificates()
        try certificates.sign("server", for: "DNS:localhost")
    }

    private var own: TLSServerSettings { Self.settings("server", of: certificates) }

    private static func settings(
        _ name: String, of certificates: Certificates
    ) -> TLSServerSettings {
        TLSServerSettings(
            certificateFile: certificates.certificate(name), keyFile: certificates.key(name))
    }

    private func trusting(
        _ certificates: Certificates, _ change: (inout TLSSettings) -> Void = { _ in }
    ) throws -> TLSContext {
        var settings = TLSSettings()
        settings.trust = .authorities(file: certificates.certificate("ca"))
        change(&settings)
        return try TLSContext(settings)
    }

    @Test(arguments: [TLSVersion.tls12, .tls13])
    func `requests are answered one after the other on one connection`(
        version: TLSVersion
    ) async throws {
        let server = try TestServer(tls: own)
        let client = try await server.client(
            try trusting(certificates) { $0.versionMax = version })
        for _ in 0..<3 { #expect(try await client.ask(Self.get).body == "hello") }
        let origin = try await client.ask("GET /origin HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(origin.body == "127.0.0.1 by 127.0.0.1, secure true")
        try await client.send(String(repeating: Self.get, count: 50))
        for _ in 0..<50 { #expect(try await client.answer().body == "hello") }
        let close = "GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        #expect(try await client.ask(close).body == "hello")
        #expect(try await client.end() == "")
        await server.shutdown()
    }

    @Test func `large bodies pass both ways, to clients that read slowly too`() async throws {
        let server = try TestServer(tls: own)
        let client = try await server.client(try trusting(certificates))
        let body = String(repeating: "0123456789abcdef", count: 60_000)
        let answer = try await client.ask(
            "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.utf8.count)\r\n\r\n" + body)
        #expect(answer.body == body)
        let slow = try TestClient(
            port: server.port, receiveBytes: 4_096, tls: try trusting(certificates))
        try await slow.shakeHands()
        try await slow.send("GET /huge HTTP/1.0\r\n\r\n")
        #expect(try await slow.end().utf8.count > 32 << 20)
        await server.shutdown()
    }

    @Test func `what was read ahead while a request is answered is not forgotten`() async throws {
        let server = try TestServer(tls: own) { $0.pipelinedBytesMax = 100 }
        let client = try await server.client(try trusting(certificates))
        let gate = "GET /gate HTTP/1.1\r\nHost: a\r\n\r\n"
        try await client.send(gate + String(repeating: Self.get, count: 1_000))
        await server.gate.arrivals(1)
        await server.gate.open()
        #expect(try await client.answer().body == "passed")
        for _ in 0..<1_000 { #expect(try await client.answer().body == "hello") }
        await server.shutdown()
    }

    @Test func `a client that has said farewell still gets its answer`() async throws {
        let server = try TestServer(tls: own)
        let client = try await server.client(try trusting(certificates))
        try await client.send("GET /gate HTTP/1.1\r\nHost: a\r\n\r\n")
        client.sayFarewell()
        await server.gate.arrivals(1)
        await server.gate.open()
        #expect(try await client.answer().body == "passed")
        try await server.waitForConnections(0)
        await server.shutdown()
    }

    @Test func `plain HTTP is answered 400 and told what is spoken`() async throws {
        let server = try TestServer(tls: own)
        let client = try server.client()
        let answer = try await client.ask(Self.get)
        #expect(answer.status == 400)
        #expect(answer.body.contains("https"))
        #expect(try await client.end() == "")
        await server.shutdown()
    }

    @Test func `versions below the least are refused`() async throws {
        var settings = own
        settings.versionMin = .tls13
        let server = try TestServer(tls: settings)
        let old = try trusting(certificates) { $0.versionMax = .tls12 }
        await #expect(throws: TLSError.self) { _ = try await server.client(old) }
        #expect(
            try await server.client(try trusting(certificates)).ask(Self.get).status == 200)
        #expect(server.diagnostics.events.contains("handshakeFailed"))
        await server.shutdown()
    }

    @Test func `HTTP of version 1 is chosen of several protocols, and no other`() async throws {
        let server = try TestServer(tls: own)
        let both = try await server.client(
            try trusting(certificates) { $0.applicationProtocols = ["h2", "http/1.1"] })
        #expect(both.applicationProtocol == "http/1.1")
        #expect(try await both.ask(Self.get).status == 200)
        let other = try trusting(certificates) { $0.applicationProtocols = ["h2"] }
        await #expect(throws: TLSError.self) { _ = try await server.client(other) }
        await server.shutdown()
    }

    @Test(arguments: [TLSVersion.tls12, .tls13])
    func `a session is continued, on another of the server's threads too`(
        version: TLSVersion
    ) async throws {
        let server = try TestServer(threads: 2, tls: own)
        let context = try trusting(certificates) {
            ($0.resumesSessions, $0.versionMax) = (true, version)
        }
        for expected in [false, true, true] {
            let client = try await server.client(context)
            #expect(try await client.ask(Self.get).status == 200)
            #expect(client.isResumed == expected)
        }
        await server.shutdown()
    }

    @Test func `with another certificate new connections begin, and old ones go on`()
        async throws
    {
        let others = try Certificates()
        try others.sign("new", for: "DNS:localhost")
        let server = try TestServer(threads: 2, tls: own)
        let old = try await server.client(try trusting(certificates))
        #expect(try await old.ask(Self.get).status == 200)
        server.server.replaceTLS(
            with: try TLSServerContext(Self.settings("new", of: others)))
        #expect(try await server.client(try trusting(others)).ask(Self.get).status == 200)
        let late = try trusting(certificates)
        await #expect(throws: TLSError.self) { _ = try await server.client(late) }
        #expect(try await old.ask(Self.get).status == 200)
        await server.shutdown()
    }
}

// MARK: Clients with certificates

extension TLSTests {
    private static let whoAmI = "GET /subject HTTP/1.1\r\nHost: a\r\n\r\n"

    private func asking(_ certificates: TLSServerSettings.ClientCertificates) throws
        -> TLSServerSettings
    {
        try self.certificates.sign("client", for: "DNS:client")
        var settings = own
        settings.clients = .init(
            authorityFile: self.certificates.certificate("ca"), certificates: certificates)
        return settings
    }

    /// What the server answers to a client with this certificate; nil when it is refused.
    private func answer(
        of server: TestServer, to name: String?, of others: Certificates? = nil,
        version: TLSVersion = .tls13
    ) async throws -> String? {
        let source = others ?? certificates
        let context = try trusting(certificates) { settings in
            settings.versionMax = version
            settings.clientCertificate = name.map {
                .init(certificateFile: source.certificate($0), keyFile: source.key($0))
            }
        }
        do {
            // With TLS 1.3 the client learns of a refusal only when it reads.
            let answer = try await server.client(context).ask(Self.whoAmI)
            return answer.status == 200 ? answer.body : nil
        } catch is TLSError {
            return nil
        }
    }

    @Test(arguments: [TLSVersion.tls12, .tls13])
    func `who has to show a certificate is told apart by it`(version: TLSVersion) async throws {
        let server = try TestServer(tls: try asking(.required))
        #expect(try await answer(of: server, to: "client", version: version) == "CN=client")
        #expect(try await answer(of: server, to: nil, version: version) == nil)
        let others = try Certificates()
        try others.sign("client", for: "DNS:client")
        #expect(try await answer(of: server, to: "client", of: others, version: version) == nil)
        try certificates.sign("late", for: "DNS:late", isExpired: true)
        #expect(try await answer(of: server, to: "late", version: version) == nil)
        #expect(server.diagnostics.events.count { $0 == "handshakeFailed" } == 3)
        await server.shutdown()
    }

    @Test func `where certificates are optional, a wrong one is still refused`() async throws {
        let server = try TestServer(tls: try asking(.optional))
        #expect(try await answer(of: server, to: "client") == "CN=client")
        #expect(try await answer(of: server, to: nil) == "nobody")
        let others = try Certificates()
        try others.sign("client", for: "DNS:client")
        #expect(try await answer(of: server, to: "client", of: others) == nil)
        await server.shutdown()
    }

    @Test func `a continued session knows its client`() async throws {
        let server = try TestServer(tls: try asking(.required))
        let context = try trusting(certificates) { settings in
            settings.resumesSessions = true
            settings.clientCertificate = .init(
                certificateFile: certificates.certificate("client"),
                keyFile: certificates.key("client"))
        }
        for isResumed in [false, true] {
            let client = try await server.client(context)
            #expect(try await client.ask(Self.whoAmI).body == "CN=client")
            #expect(client.isResumed == isResumed)
        }
        await server.shutdown()
    }
}
