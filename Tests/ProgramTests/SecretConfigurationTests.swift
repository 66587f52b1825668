import Foundation
import TestSupport
import Testing

@testable import swarmkeeper

/// Secrets in a configuration: where they come from, and that they are shown nowhere.
struct SecretConfigurationTests {
    private let folder: TemporaryFolder
    private static let key = String(repeating: "0a", count: 32)

    init() throws { folder = try TemporaryFolder() }

    private func file(_ content: String, mode: Int = 0o600) throws -> String {
        let path = folder.path("secret-\(abs(content.hashValue))")
        try content.write(toFile: path, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        return path
    }

    private func text(_ token: String, _ master: String) -> String {
        """
        security: { apiToken: "${file:\(token)}" }
        tenants: [{ id: t, environments: [dev] }]
        locustClusters:
          - id: c
            baseUrl: "http://user:${file:\(master)}@h"
            authToken: "x-${file:\(master)}"
            tenantId: t
            envId: dev
        """
    }

    @Test func `a secret from a file is used, and masked in everything that is printed`() throws {
        let (token, master) = (try file("token-in-a-file\n"), try file("password-in-a-file"))
        let configuration = try Sample.read(text(token, master))
        #expect(configuration.tokens.map(\.secret) == ["token-in-a-file"])
        #expect(configuration.catalog.clusters[0].locust?.authToken == "x-password-in-a-file")
        #expect(configuration.warnings == [])
        for secret in ["token-in-a-file", "password-in-a-file"] {
            #expect(configuration.secrets.contains(secret))
            #expect(!configuration.printed.contains(secret))
        }
    }

    @Test func `a secret in the wrong place is masked there, too`() throws {
        let path = try file("a-secret-as-a-name")
        let right = "security: { apiToken: 12345678 }\n"
        let tenant = "{ id: \"${file:\(path)}\", environments: [dev] }"
        let configuration = try Sample.read("\(right)tenants: [\(tenant)]")
        #expect(configuration.catalog.tenants[0].id == "a-secret-as-a-name")
        #expect(configuration.printed.contains("id: \"***\""))
        let problems = Sample.problems(in: "\(right)tenants: [\(tenant), \(tenant)]")
        #expect(problems.count == 1)
        #expect(problems[0].hasSuffix("the tenant *** is defined twice"))
    }

    @Test func `a file that cannot be read is told with line and column`() {
        #expect(
            Sample.problems(in: "security:\n  apiToken: \"${file:/no/such/file}\"") == [
                "c.yaml:2:13: the file /no/such/file cannot be read: No such file or directory"
            ])
    }

    @Test func `a file that everybody can read is warned of with line and column`() throws {
        let path = try file("token-in-a-file", mode: 0o604)
        let configuration = try Sample.read("security:\n  apiToken: \"${file:\(path)}\"")
        #expect(
            configuration.warnings == [
                "c.yaml:2:13: the file \(path) can be read by everybody (mode 0604); chmod 600 it"
            ])
    }

    @Test func `keys for the store and for its records are read, and masked`() throws {
        let audit = String(repeating: "k", count: 32)
        let configuration = try Sample.read(
            """
            security: { apiToken: 12345678 }
            storage: { encryptionKey: "\(Self.key)", previousKeys: ["\(Self.key.uppercased())"] }
            audit: { key: \(audit), previousKeys: [\(audit)-old] }
            """)
        #expect(configuration.audit.key == audit)
        #expect(configuration.audit.previousKeys == ["\(audit)-old"])
        #expect(configuration.encryptionKeys != .init())
        for secret in [Self.key, audit] {
            #expect(configuration.secrets.contains(secret))
            #expect(!configuration.printed.contains(secret))
        }
        #expect(configuration.printed.contains("  encryptionKey: \"***\""))
        #expect(configuration.printed.contains("audit:\n  key: \"***\"\n  previousKeys: [\"***\"]"))
    }

    @Test(arguments: [
        (
            "storage: { encryptionKey: abc }",
            "c.yaml:2:27: encryptionKey must have 64 hexadecimal digits; make one with: "
                + "openssl rand -hex 32"
        ),
        (
            "storage: { previousKeys: [\(key)] }",
            "c.yaml:2:26: previousKeys are given together with an encryptionKey"
        ),
        (
            "audit: { key: short }",
            "c.yaml:2:15: key must have at least 32 characters; make one with: "
                + "openssl rand -hex 32"
        ),
        (
            "audit: { previousKeys: [\(key)] }",
            "c.yaml:2:24: previousKeys are given together with a key"
        ),
    ])
    func `a wrong key is told and not shown`(line: String, problem: String) {
        #expect(Sample.problems(in: "security: { apiToken: 12345678 }\n" + line) == [problem])
    }
}
