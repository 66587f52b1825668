import Foundation
import TestSupport
import Testing

@testable import Locust
@testable import Networking

/// Masters with `--tls-cert`, by OpenSSL's own server and certificates made for the test.
struct SocketTLSTests {
    private func outcome(
        trusting certificates: Certificates, _ server: TLSServerProcess, host: String = "localhost"
    ) async -> Result<TransportAnswer, TransportError> {
        var settings = TLSSettings()
        settings.trust = .authorities(file: certificates.certificate("ca"))
        let transport = SocketTransport(tls: settings)
        do throws(TransportError) {
            return .success(
                try await transport.send(
                    TransportRequest(
                        method: "GET", url: "https://\(host):\(server.port)/", headers: [:],
                        body: nil)))
        } catch {
            return .failure(error)
        }
    }

    @Test(arguments: ["localhost", "127.0.0.1"])
    func `a master that the authority vouches for is believed, by name or address`(
        host: String
    ) async throws {
        let certificates = try Certificates()
        try certificates.sign("server", for: "DNS:localhost,IP:127.0.0.1")
        let server = try await TLSServerProcess("server", of: certificates)
        let answer = try await outcome(trusting: certificates, server, host: host).get()
        #expect(answer.status == 200)
        #expect(answer.headers["content-type"] == "text/html")
        #expect(!answer.body.isEmpty)
    }

    @Test func `a master with another's certificate is unreachable, and nothing can have happened`()
        async throws
    {
        let certificates = try Certificates()
        try certificates.sign("server", for: "DNS:elsewhere.example")
        let server = try await TLSServerProcess("server", of: certificates)
        guard
            case .failure(.unreachable(let reason)) = await outcome(
                trusting: certificates, server)
        else {
            Issue.record("it was believed")
            return
        }
        #expect(reason.hasPrefix("its certificate is not trusted: handshake with localhost: "))
        #expect(reason.contains("hostname mismatch") && reason.contains("tls.caFile"))
    }

    private func answer(
        from server: TLSServerProcess, by transport: SocketTransport
    ) async throws(TransportError) -> Int {
        try await transport.send(
            TransportRequest(
                method: "GET", url: "https://localhost:\(server.port)/", headers: [:], body: nil)
        ).status
    }

    @Test func `each cluster believes its own authority, on one thread for all`() async throws {
        let (ours, others) = (try Certificates(), try Certificates())
        try ours.sign("server", for: "DNS:localhost")
        let server = try await TLSServerProcess("server", of: ours)
        let shared = SocketTransport.shared
        #expect(
            try await answer(from: server, by: shared.with(caFile: ours.certificate("ca"))) == 200)
        for stranger in [shared, shared.with(caFile: others.certificate("ca"))] {
            let error = await #expect(throws: TransportError.self) {
                try await answer(from: server, by: stranger)
            }
            guard case .unreachable(let reason) = error else { continue }
            #expect(reason.hasPrefix("its certificate is not trusted"))
        }
        let missing = shared.with(caFile: ours.path("nowhere.pem"))
        let error = await #expect(throws: TransportError.self) {
            try await answer(from: server, by: missing)
        }
        guard case .unreachable(let reason) = error else { return }
        #expect(reason.hasPrefix("the TLS settings cannot be used: load certificate"))
        #expect(reason.hasSuffix("No such file or directory"))
    }

    @Test func `a master that asks for a certificate gets the cluster's`() async throws {
        let certificates = try Certificates()
        try certificates.sign("server", for: "DNS:localhost")
        try certificates.sign("keeper", for: "DNS:keeper")
        let server = try await TLSServerProcess(
            "server", of: certificates,
            arguments: [
                "-www", "-Verify", "1", "-verify_return_error", "-CAfile",
                certificates.certificate("ca"),
            ])
        let authority = certificates.certificate("ca")
        let known = SocketTransport.shared.with(
            caFile: authority, clientCertificateFile: certificates.certificate("keeper"),
            clientKeyFile: certificates.key("keeper"))
        #expect(try await answer(from: server, by: known) == 200)
        await #expect(throws: TransportError.self) {
            try await answer(from: server, by: SocketTransport.shared.with(caFile: authority))
        }
    }

    @Test func `a new authority in the same file is taken when the files are read anew`()
        async throws
    {
        let (old, new) = (try Certificates(), try Certificates())
        try new.sign("server", for: "DNS:localhost")
        let server = try await TLSServerProcess("server", of: new)
        let file = old.path("trusted.pem")
        try FileManager.default.copyItem(atPath: old.certificate("ca"), toPath: file)
        // A thread of its own: what is forgotten must not be another test's.
        let transport = SocketTransport().with(caFile: file)
        await #expect(throws: TransportError.self) {
            try await answer(from: server, by: transport)
        }
        try FileManager.default.removeItem(atPath: file)
        try FileManager.default.copyItem(atPath: new.certificate("ca"), toPath: file)
        await #expect(throws: TransportError.self, "as long as nobody says so") {
            try await answer(from: server, by: transport)
        }
        transport.forgetTLSFiles()
        #expect(try await answer(from: server, by: transport) == 200)
    }

    @Test(arguments: [
        ("http://[::1]:8089/stop", "::1", 8089, false),
        ("HTTPS://Master.example/locust/", "Master.example", 443, true),
        ("http://127.0.0.1", "127.0.0.1", 80, false),
    ])
    func `a URL tells where to connect`(url: String, host: String, port: Int, isSecure: Bool) throws
    {
        let target = try #require(SocketTarget(url))
        #expect(target.host == host)
        #expect(target.port == port)
        #expect(target.isSecure == isSecure)
    }

    @Test(arguments: [
        ("http://[::1]:8089/a%20b?c=d", "GET /a%20b?c=d HTTP/1.1\r\nHost: [::1]:8089\r\n"),
        ("http://master", "GET / HTTP/1.1\r\nHost: master\r\n"),
    ])
    func `a request names its host as the URL does`(url: String, beginning: String) throws {
        let request = TransportRequest(method: "GET", url: url, headers: [:], body: nil)
        let text = String(
            decoding: try #require(SocketTarget(url)).bytes(of: request), as: UTF8.self)
        #expect(text.hasPrefix(beginning))
    }

    @Test(arguments: ["ftp://master/", "master:8089", "", "http:///stop"])
    func `what is no URL of http is refused`(url: String) {
        #expect(SocketTarget(url) == nil)
    }
}
