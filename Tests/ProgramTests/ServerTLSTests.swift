import Networking
import TestSupport
import Testing

@testable import swarmkeeper

struct ServerTLSTests {
    private let certificates: Certificates

    init() throws {
        certificates = try Certificates()
        try certificates.sign("server", for: "DNS:localhost")
        try certificates.sign("other", for: "DNS:localhost")
    }

    private func text(
        _ certificate: String, _ key: String, _ more: String = "", token: String = "12345678"
    ) -> String {
        """
        server:
          tls:
            certificateFile: "\(certificates.certificate(certificate))"
            keyFile: "\(certificates.key(key))"
            \(more)
        security: { apiToken: "\(token)" }
        """
    }

    @Test func `files that belong together are taken, and printed`() throws {
        let plain = try Sample.read(text("server", "server"))
        var expected = TLSServerSettings(
            certificateFile: certificates.certificate("server"),
            keyFile: certificates.key("server"))
        #expect(plain.server.tls == expected)
        let configuration = try Sample.read(
            text("server", "server", "minVersion: 1.3\n    clientCaFile: \"${CA}\""),
            ["CA": certificates.certificate("ca")])
        expected.versionMin = .tls13
        expected.clients = .init(authorityFile: certificates.certificate("ca"))
        #expect(configuration.server.tls == expected)
        let printed = configuration.printed
        #expect(printed.contains("    clientCertificates: required\n"))
        let again = try Sample.read(printed.replacing("***", with: "12345678"))
        #expect(again.server == configuration.server)
    }

    @Test func `another certificate's key is told at its place`() {
        #expect(
            Sample.problems(in: text("server", "other")) == [
                "c.yaml:4:14: keyFile is not the key of certificateFile"
            ])
    }

    @Test func `a key that is locked or none is told at its place`() throws {
        try certificates.encryptKey("server", as: "locked", phrase: "phrase")
        for (key, isLocked) in [("locked", true), ("none", false)] {
            let problems = Sample.problems(in: text("server", key))
            #expect(problems.count == 1)
            #expect(problems[0].hasPrefix("c.yaml:4:14: keyFile /"))
            #expect(problems[0].hasSuffix("No such file or directory") == !isLocked)
        }
    }

    @Test func `another certificate needs no new start, but TLS itself does`() throws {
        let (old, new) = (
            try Sample.read(text("server", "server")), try Sample.read(text("other", "other"))
        )
        #expect(old.server != new.server)
        #expect(!new.server.needsRestart(after: old.server))
        let plain = try Sample.read("security: { apiToken: 12345678 }")
        #expect(plain.server.needsRestart(after: old.server))
        #expect(new.server.needsRestart(after: plain.server))
        var moved = new
        moved.server.port = 1
        #expect(moved.server.needsRestart(after: old.server))
    }
}
