import Networking
import TestSupport
import Testing

@testable import LoadEngine

/// Targets whose TLS is not as it should be, each of which is a failure of kind `tls`.
@Suite(.timeLimit(.minutes(3)))
struct TLSTargetTests {
    private static func plan(
        _ port: Int, host: String = "127.0.0.1", trusting file: String?, requests: UInt64 = 8
    ) -> LoadPlan {
        let origin = Origin(isSecure: true, host: host, port: port)
        return LoadPlan(
            [Call(fields: "Connection: close\r\n")], at: [origin], .users(2), requests: requests
        ).with { plan in
            if let file { plan.connections.tls.trust = .authorities(file: file) }
        }
    }

    @Test func `certificates are checked for name, time and authority`() async throws {
        let certificates = try Certificates()
        try certificates.sign("good", for: "DNS:localhost,IP:127.0.0.1")
        try certificates.sign("other", for: "DNS:other.test")
        try certificates.sign("expired", for: "IP:127.0.0.1", isExpired: true)
        try certificates.selfSign("own", for: "IP:127.0.0.1")
        let authority = certificates.certificate("ca")
        for (name, words) in [
            ("other", "mismatch"), ("expired", "expired"), ("own", "self-signed certificate"),
        ] {
            let server = try await TLSServerProcess(name, of: certificates)
            let run = try await load(Self.plan(server.port, trusting: authority))
            expectConsistent(run)
            #expect(run.report.kinds == [.tls: 8], "\(name)")
            #expect(run.report.examples[.tls]?.contains(words) == true, "\(run.report.examples)")
            #expect(run.report.connections == 0)
        }
        let server = try await TLSServerProcess("good", of: certificates)
        for host in ["127.0.0.1", "localhost"] {
            let run = try await load(Self.plan(server.port, host: host, trusting: authority))
            expectConsistent(run)
            #expect(run.report.failures == 0, "\(run.report.examples)")
            #expect(run.report.responses == 8)
        }
        // Not one that the system trusts.
        let distrusting = try await load(Self.plan(server.port, trusting: nil))
        #expect(distrusting.report.kinds == [.tls: 8])
    }

    @Test func `no certificate is looked at where that is asked for`() async throws {
        let certificates = try Certificates()
        try certificates.selfSign("own", for: "DNS:other.test")
        let server = try await TLSServerProcess("own", of: certificates)
        var plan = Self.plan(server.port, trusting: nil)
        plan.connections.tls.trust = .everybody
        let run = try await load(plan)
        expectConsistent(run)
        #expect(run.report.failures == 0)
    }

    @Test func `a server that renegotiates is refused, and nobody waits`() async throws {
        let certificates = try Certificates()
        try certificates.sign("good", for: "IP:127.0.0.1")
        // Without -www it shows requests, and answers none.
        let server = try await TLSServerProcess(
            "good", of: certificates, arguments: ["-tls1_2"])
        let plan = Self.plan(
            server.port, trusting: certificates.certificate("ca"), requests: 1)
        async let loading = load(plan)
        #expect(await eventually { server.text.contains("GET /") })
        try server.tell("R")
        let run = try await loading
        expectConsistent(run)
        #expect(run.report.kinds == [.tls: 1], "\(run.report.examples)")
        #expect(run.report.connections == 0)
    }

    @Test func `a client without the certificate that is asked for fails`() async throws {
        let certificates = try Certificates()
        try certificates.sign("good", for: "IP:127.0.0.1")
        try certificates.sign("client", for: "DNS:client.test")
        let server = try await TLSServerProcess(
            "good", of: certificates,
            arguments: ["-www", "-Verify", "1", "-CAfile", certificates.certificate("ca")])
        var plan = Self.plan(server.port, trusting: certificates.certificate("ca"))
        let without = try await load(plan)
        expectConsistent(without)
        #expect(without.report.kinds == [.tls: 8], "\(without.report.examples)")
        plan.connections.tls.clientCertificate = .init(
            certificateFile: certificates.certificate("client"), keyFile: certificates.key("client")
        )
        let with = try await load(plan)
        expectConsistent(with)
        #expect(with.report.failures == 0, "\(with.report.examples)")
    }

    @Test(arguments: [
        [TargetServer.Step.text("HTTP/1.1 400 Bad Request\r\n\r\n"), .close],
        [.send([0x16, 0x03, 0x03, 0x00, 0x02, 0xFF, 0xFF]), .close],
        [.close], [.reset], [.wait(.milliseconds(30)), .reset],
    ])
    fileprivate func `what is no TLS is a failure of TLS`(
        greeting: [TargetServer.Step]
    ) async throws {
        let target = try TargetServer { _ in
            []
        } greeting: { _ in
            greeting
        }
        let origin = Origin.local(target.port, isSecure: true)
        let run = try await load(LoadPlan(at: [origin], .users(2), requests: 6))
        expectConsistent(run)
        #expect(run.report.requests == 6)
        // A reset may come before we hear that the connection stood.
        let tls = run.report.kinds[.tls] ?? 0
        #expect(tls + (run.report.kinds[.reset] ?? 0) == 6, "\(run.report.examples)")
        if case .reset = greeting.last {} else { #expect(tls == 6) }
        #expect(run.report.connections == 0)
    }

    @Test func `a server that says nothing to a handshake is a connect time-out`() async throws {
        let target = try TargetServer { _ in
            []
        } greeting: { _ in
            [.silence]
        }
        var plan = LoadPlan(
            at: [.local(target.port, isSecure: true)], .users(2), requests: 4, drain: .zero)
        plan.connections.connectTimeout = .milliseconds(300)
        let run = try await load(plan)
        expectConsistent(run)
        #expect(run.report.kinds == [.connectTimeout: 4])
    }

    @Test func `settings that cannot be had are an error before the load`() throws {
        let plan = Self.plan(1, trusting: "/nonexistent/ca.pem").with { $0.threads = 2 }
        #expect(throws: LoadError.self) { try LoadRun.start(plan) { _ in } }
    }
}
