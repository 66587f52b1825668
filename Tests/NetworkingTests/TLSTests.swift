import Glibc
import TestSupport
import Testing

@testable import Networking

/// Against OpenSSL's own server, with certificates made for the test.
struct TLSTests {
    private let certificates: Certificates

    init() throws {
        certificates = try Certificates()
    }

    private var trusting: TLSSettings {
        var settings = TLSSettings()
        settings.trust = .authorities(file: certificates.certificate("ca"))
        return settings
    }

    private func failure(
        of settings: TLSSettings, port: Int, name: String = "localhost"
    ) throws -> TLSError {
        let context = try TLSContext(settings)
        let client = try TLSClient(context, port: port, name: name)
        do {
            let page = try client.page()
            Issue.record("\(page.prefix(80)) was read")
            throw TLSClient.Silence()
        } catch let error as TLSError {
            return error
        }
    }

    // MARK: Speaking

    @Test(arguments: [(TLSSettings.Version.tls12, "TLSv1.2"), (.tls13, "TLSv1.3")])
    func `a server that the authority vouches for is believed`(
        version: TLSSettings.Version, name: String
    ) async throws {
        try certificates.sign("server", for: "DNS:localhost")
        let server = try await TLSServerProcess("server", of: certificates)
        var settings = trusting
        (settings.versionMin, settings.versionMax) = (version, version)
        let client = try TLSClient(try TLSContext(settings), port: server.port)
        let page = try client.page()
        #expect(page.hasPrefix("HTTP/1.0 200 ok"))
        #expect(page.contains("</html>") || page.contains("</HTML>"))
        #expect(client.stream.version == name)
        #expect(!client.stream.cipher.isEmpty)
        #expect(!client.stream.isResumed)
    }

    @Test func `a server is told by which name it is meant, and an address is not sent`()
        async throws
    {
        try certificates.sign("first", for: "DNS:first.test,IP:127.0.0.1")
        try certificates.sign("second", for: "DNS:second.test")
        let server = try await TLSServerProcess(
            "first", of: certificates,
            arguments: [
                "-www", "-servername", "second.test",
                "-cert2", certificates.certificate("second"), "-key2", certificates.key("second"),
            ])
        let context = try TLSContext(trusting)
        for name in ["second.test", "first.test", "127.0.0.1"] {
            let client = try TLSClient(context, port: server.port, name: name)
            #expect(try client.page().hasPrefix("HTTP/1.0 200"))
        }
    }

    @Test func `the protocol to speak inside is agreed on`() async throws {
        try certificates.sign("server", for: "DNS:localhost")
        let server = try await TLSServerProcess(
            "server", of: certificates, arguments: ["-www", "-alpn", "http/1.1"])
        var settings = trusting
        settings.applicationProtocols = ["h9", "http/1.1"]
        let client = try TLSClient(try TLSContext(settings), port: server.port)
        try client.handshake()
        #expect(client.stream.applicationProtocol == "http/1.1")
    }

    @Test(arguments: [false, true])
    func `large bodies arrive whole, whatever the buffers`(releasesBuffers: Bool) async throws {
        try certificates.sign("server", for: "DNS:localhost")
        // Answers each line with the same line backwards.
        let server = try await TLSServerProcess(
            "server", of: certificates, arguments: ["-rev"])
        var settings = trusting
        settings.releasesBuffers = releasesBuffers
        let client = try TLSClient(try TLSContext(settings), port: server.port)
        try client.handshake()
        let line = (0..<12_000).map { UInt8(0x61 + $0 % 26) }
        for _ in 0..<20 {
            try client.write(line + [0x0A])
            let answer = try client.read(line.count + 1)
            #expect(answer == line.reversed() + [0x0A])
        }
        #expect(!client.stream.hasBufferedBytes)
    }

    @Test func `writing to a server that is gone is an error and no signal`() async throws {
        try certificates.sign("server", for: "DNS:localhost")
        var server: TLSServerProcess? = try await TLSServerProcess("server", of: certificates)
        let client = try TLSClient(
            try TLSContext(trusting), port: try #require(server?.port))
        try client.handshake()
        server = nil
        let error = #expect(throws: TLSError.self) {
            for _ in 0..<10_000 { try client.write(Array("more".utf8)) }
        }
        #expect([.system(EPIPE), .system(ECONNRESET)].contains(error?.cause))
    }

    // MARK: Doubting

    @Test func `a certificate for another name is refused`() async throws {
        try certificates.sign("server", for: "DNS:elsewhere.test")
        let server = try await TLSServerProcess("server", of: certificates)
        for name in ["localhost", "127.0.0.1", "here.elsewhere.test"] {
            let error = try failure(of: trusting, port: server.port, name: name)
            #expect(error.cause == .untrustedPeer)
            #expect(error.description.hasPrefix("handshake with \(name): "))
            #expect(error.reason.contains("mismatch"))
        }
    }

    @Test func `an expired certificate is refused`() async throws {
        try certificates.sign("server", for: "DNS:localhost", isExpired: true)
        let server = try await TLSServerProcess("server", of: certificates)
        let error = try failure(of: trusting, port: server.port)
        #expect(
            error.description
                == "handshake with localhost: certificate verify failed: certificate has expired")
        #expect(error.cause == .untrustedPeer)
    }

    @Test func `a certificate that nobody vouches for is refused, unless nobody has to`()
        async throws
    {
        try certificates.selfSign("server", for: "DNS:localhost")
        let server = try await TLSServerProcess("server", of: certificates)
        for trust in [trusting.trust, .system] {
            var settings = TLSSettings()
            settings.trust = trust
            let error = try failure(of: settings, port: server.port)
            #expect(error.cause == .untrustedPeer)
            #expect(error.reason.contains("self-signed certificate"))
        }
        var careless = TLSSettings()
        careless.trust = .everybody
        for name in ["localhost", "127.0.0.1", "elsewhere.test"] {
            let client = try TLSClient(
                try TLSContext(careless), port: server.port, name: name)
            #expect(try client.page().hasPrefix("HTTP/1.0 200"))
        }
    }

    // MARK: The client's own certificate

    @Test func `a server that wants a certificate gets it, or refuses`() async throws {
        try certificates.sign("server", for: "DNS:localhost")
        try certificates.sign("client", for: "DNS:client")
        let server = try await TLSServerProcess(
            "server", of: certificates,
            arguments: [
                "-www", "-Verify", "1", "-verify_return_error",
                "-CAfile", certificates.certificate("ca"),
            ])
        let error = try failure(of: trusting, port: server.port)
        #expect(error.cause == .refusedByPeer)
        #expect(error.reason.contains("certificate required"))
        var settings = trusting
        settings.clientCertificate = .init(
            certificateFile: certificates.certificate("client"),
            keyFile: certificates.key("client"))
        let client = try TLSClient(try TLSContext(settings), port: server.port)
        #expect(try client.page().hasPrefix("HTTP/1.0 200"))
    }

    // MARK: Sessions

    @Test(arguments: [TLSSettings.Version.tls12, .tls13], [false, true])
    func `sessions are continued if asked for`(
        version: TLSSettings.Version, resumes: Bool
    ) async throws {
        try certificates.sign("server", for: "DNS:localhost")
        let server = try await TLSServerProcess("server", of: certificates)
        var settings = trusting
        (settings.versionMin, settings.versionMax) = (version, version)
        settings.resumesSessions = resumes
        let context = try TLSContext(settings)
        let pages = try (0..<4).map { _ in
            let client = try TLSClient(context, port: server.port)
            let page = try client.page()
            #expect(client.stream.isResumed == page.contains("Reused, TLSv1"))
            return page.contains("Reused, TLSv1")
        }
        #expect(pages == [false, resumes, resumes, resumes])
    }
}
