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
        #expect(reason.contains("TLS was not agreed on"))
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
