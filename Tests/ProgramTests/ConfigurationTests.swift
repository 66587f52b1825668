import API
import ControlPlane
import Foundation
import Logging
import TestSupport
import Testing
import YAML

@testable import swarmkeeper

struct ConfigurationTests {
    @Test func `the design's example reads as it stands`() throws {
        let configuration = try Sample.read(Sample.text)
        #expect(configuration.server == .init(host: "127.0.0.1", port: 8080, publicURL: ""))
        #expect(configuration.storagePath == "swarmkeeper.db")
        #expect(
            configuration.catalog
                == Catalog(
                    tenants: [
                        Tenant(
                            id: "tenant-1", name: "Checkout", environments: ["dev", "staging"],
                            limits: [
                                .maxConcurrentRuns: 4, .maxUsers: 5000, .maxDurationSeconds: 7200,
                            ])
                    ],
                    clusters: [
                        Cluster(
                            id: "local-dev",
                            generator: .locust(.init(baseURL: "http://127.0.0.1:8089")),
                            serves: [EnvironmentKey(tenantID: "tenant-1", envID: "dev")])
                    ]))
        #expect(
            configuration.tokens == [
                .init(
                    secret: "secret-of-the-administrator",
                    principal: Principal(
                        name: "apiToken", role: .administrator, scope: .everything)),
                .init(
                    secret: "secret-of-the-hooks",
                    principal: Principal(
                        name: "locustCallbackToken", role: .callback, scope: .everything)),
                .init(
                    secret: "secret-of-the-pipeline",
                    principal: Principal(name: "ci", role: .operator, scope: .tenant("tenant-1"))),
            ])
        #expect(configuration.supervision.pollInterval == .seconds(10))
        #expect(configuration.logLevel == .info)
    }

    @Test func `every key is read`() throws {
        let configuration = try Sample.read(Sample.complete)
        #expect(configuration.server.host == "::1")
        #expect(configuration.server.port == 0)
        #expect(
            configuration.server.publicURL == "https://keeper:pass-in-public@keeper.example/base")
        #expect(configuration.server.isBehindTLSProxy)
        #expect(configuration.server.trustedProxies.map(\.description) == ["10.0.0.0/8", "::1"])
        #expect(configuration.server.forwardedField == .forwarded)
        #expect(
            configuration.server.policy.allowedOrigins
                == ["https://board.example", "http://localhost:5173"])
        #expect(configuration.server.policy.strictTransportSeconds == 0)
        func limit(_ rate: Double, _ burst: Int) -> RateLimit {
            RateLimit(requestsPerSecond: rate, burst: burst)
        }
        var limits = RateLimits()
        (limits.general, limits.stops) = (limit(12.5, 30), limit(40, 80))
        (limits.callbacks, limits.anonymous) = (limit(0.1, 1), limit(1, 2))
        limits.overrides = [
            .init(tenantID: "a.b-c_1", token: nil, limit: limit(0.4, 1)),
            .init(tenantID: "a.b-c_1", token: "v", limit: limit(300, 500)),
            .init(tenantID: nil, token: "apiToken", limit: limit(1_000_000, 1_000_000)),
        ]
        #expect(configuration.rateLimits == limits)
        #expect(configuration.retention.maxAge == .seconds(90 * 86_400))
        #expect(configuration.retention.maxRuns == 1000)
        #expect(configuration.catalog.tenants[0].name == "Zażółć \"🐝\" ${HOME}")
        #expect(configuration.catalog.tenants[0].limits[.maxConcurrentRuns] == 0)
        #expect(configuration.catalog.tenants[1].name == "second", "the id where there is no name")
        #expect(configuration.catalog.tenants[0].limits[.maxTotalRequestsPerSecond] == 250.5)
        #expect(configuration.catalog.tenants[1].limits == UsageLimits())
        #expect(configuration.catalog.tenants[1].environments == ["dev", "prod"])
        #expect(
            configuration.catalog.tenants[1].environmentLimits == ["prod": [.maxConcurrentRuns: 1]])
        #expect(configuration.catalog.targets.map(\.owner.id) == ["*.shop.example:443"])
        #expect(
            configuration.catalog.targets.map(\.limits) == [
                [.maxConcurrentRuns: 2, .maxTotalUsers: 100, .maxTotalRequestsPerSecond: 0.5]
            ])
        #expect(
            configuration.tokens.map(\.principal.role).suffix(4) == [
                .viewer, .operator, .editor, .admin,
            ])
        #expect(configuration.catalog.clusters[0].serves.count == 2)
        #expect(configuration.catalog.clusters[0].locust?.authToken == "master-secret")
        #expect(
            configuration.catalog.clusters[1].locust?.tls
                == TLSFiles(caFile: "/etc/keeper/masters.pem"))
        #expect(
            configuration.catalog.clusters[2].native
                == NativeSettings(
                    maxConcurrentRuns: 2, maxUsers: 500, threads: 3,
                    tls: .init(
                        caFile: "/etc/keeper/ca.pem",
                        clientCertificateFile: "/etc/keeper/client #1.pem",
                        clientKeyFile: "/etc/keeper/key.pem")))
        #expect(
            configuration.catalog.clusters[3].native
                == NativeSettings(maxConcurrentRuns: 4, maxUsers: 10_000, threads: 1))
        #expect(configuration.supervision.pollInterval == .milliseconds(500))
        #expect(configuration.supervision.lease == .milliseconds(12_500))
        #expect(configuration.supervision.clusterLostAfter == .seconds(30))
        #expect(configuration.supervision.queueTimeout == .seconds(90.5))
        #expect(configuration.logLevel == .debug)
    }

    @Test func `only a token is needed`() throws {
        let configuration = try Sample.read("security: { apiToken: 12345678 }")
        #expect(configuration.server == .init())
        #expect(configuration.tokens.map(\.secret) == ["12345678"])
        #expect(try Sample.read("tenants:\nsecurity: { apiToken: 12345678 }") == configuration)
    }

    @Test func `a lease is never shorter than three polls`() throws {
        let text =
            "security: { apiToken: 12345678 }\norchestrator: { metricsPollIntervalSeconds: 40 }"
        #expect(try Sample.read(text).supervision.lease == .seconds(120))
    }

    @Test(arguments: Mistake.all + Mistake.ofLimits)
    func `a mistake is told with its line and column`(mistake: Mistake) {
        #expect(Sample.problems(in: mistake.text) == mistake.problems)
    }

    @Test func `all mistakes are told at once, in the order of the file`() {
        let text = """
            server: { port: 70000, hots: x }
            security:
              apiToken: short
            tenants:
              - id: "a b"
                environments: [dev, dev]
                limits: { maxUsers: many }
                tokens:
                  - { role: king, token: "${UNSET}" }
                  - name: n
              - id: t
              - { id: t, environments: dev }
            locustClusters:
              - { baseUrl: "ftp://x", tenantId: nobody, envId: dev }
            orchestrator: { metricsPollIntervalSeconds: 10, leaseSeconds: 29 }
            logging: { level: loud }
            """
        let lines = Sample.problems(in: text).map { line in
            line.split(separator: ":")[1...2].joined(separator: ":")
        }
        #expect(
            lines == [
                "1:17", "1:24", "3:13", "5:9", "6:25", "7:25", "9:9", "9:17", "9:30", "10:9",
                "10:9", "11:5", "12:11", "12:28", "14:5", "14:16", "14:37", "15:63", "16:19",
            ])
    }

    @Test func `what is no YAML is told with its place`() {
        #expect(Sample.problems(in: "server:\n\tport: 1").count == 1)
        #expect(Sample.problems(in: "server:\n\tport: 1")[0].hasPrefix("c.yaml:2:1: "))
    }

    @Test(arguments: ["", "# nothing\n", "[]", "text", "7", "null", "- a"])
    func `a file that is no mapping is refused`(text: String) {
        #expect(!Sample.problems(in: text).isEmpty)
    }
}

extension ConfigurationTests {
    @Test func `what is printed reads back equal once its secrets are in it again`() throws {
        let configuration = try Sample.read(Sample.complete)
        let printed = configuration.printed
        for secret in Sample.secrets { #expect(!printed.contains(secret), "\(secret)") }
        var restored = printed
        let order = [
            "keeper:pass-in-public", "administrator-secret", "callback-secret", "viewer-secret",
            "operator-secret", "editor-secret", "admin-secret", "user:pass-in-base",
            "master-secret",
        ]
        for secret in order {
            let mask = try #require(restored.range(of: "***"))
            restored.replaceSubrange(mask, with: secret)
        }
        #expect(!restored.contains("***"))
        #expect(try Sample.read(restored, [:]) == configuration)
        #expect(try Sample.read(restored, [:]).printed == printed)
    }

    @Test func `a value from the environment is printed so that it means itself`() throws {
        let environment = Sample.environment.merging(["P": "${X}$${Y}\n\"\\\u{7}"]) { $1 }
        let text = Sample.text.replacing("\"swarmkeeper.db\"", with: "\"${P}\"")
        let configuration = try Sample.read(text, environment)
        #expect(configuration.storagePath == "${X}$${Y}\n\"\\\u{7}")
        let printed = configuration.printed.replacing("***", with: "12345678", maxReplacements: 1)
            .replacing("***", with: "abcdefgh", maxReplacements: 1)
            .replacing("***", with: "ABCDEFGH", maxReplacements: 1)
        #expect(try Sample.read(printed, [:]).storagePath == configuration.storagePath)
    }

    @Test func `everything secret is known to the log`() throws {
        let configuration = try Sample.read(Sample.complete)
        let sink = MemorySink()
        let logger = Logger(sink: sink, secrets: SecretRegistry(configuration.secrets))
        for secret in Sample.secrets { logger.info("event", ["text": .string("<\(secret)>")]) }
        for line in sink.lines { #expect(line.contains("<***>")) }
    }

    @Test func `no mistake repeats a secret`() {
        let environment = Sample.environment.merging(["S": "very-secret-value"]) { $1 }
        for key in [
            "role: \"operator\"", "type: locust", "port: 8080", "envId: \"dev\"",
            "tenantId: \"tenant-1\"", "baseUrl: \"http://127.0.0.1:8089\"", "name: \"ci\"",
            "id: \"local-dev\"", "metricsPollIntervalSeconds: 10",
        ] {
            let name = key.prefix { $0 != ":" }
            let text = Sample.text.replacing(key, with: "\(name): \"${S}\"")
            for problem in Sample.problems(in: text, environment) {
                #expect(!problem.contains("very-secret-value"), "\(problem)")
            }
        }
    }

    @Test func `every configuration in the repository loads`() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appending(path: "config")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path())
            .filter { $0.hasSuffix(".yaml") && $0.hasPrefix("swarmkeeper") }
        #expect(!names.isEmpty)
        for name in names {
            let configuration = try ConfigurationFile.read(
                folder.appending(path: name).path(), environment: Sample.environment)
            #expect(!configuration.catalog.clusters.isEmpty)
        }
    }

    @Test func `a file that cannot be read is told by name`() {
        let failure = #expect(throws: ConfigurationFile.Failure.self) {
            try ConfigurationFile.read("/nowhere/c.yaml", environment: [:])
        }
        #expect(failure?.description.hasPrefix("/nowhere/c.yaml: cannot be read: ") == true)
    }

    @Test(arguments: [UInt64(1), 2, 3])
    func `a mangled file is read or refused within itself`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let sources = [Sample.text, Sample.complete]
        for _ in 0..<300 {
            var lines = generator.pick(sources).components(separatedBy: "\n")
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let index = Int.random(in: lines.indices, using: &generator)
                switch Int.random(in: 0..<5, using: &generator) {
                case 0: lines.remove(at: index)
                case 1: lines.insert(generator.pick(lines), at: index)
                case 2: lines[index] = String(lines[index].dropLast())
                case 3: lines[index] += generator.pick(Self.snippets)
                default:
                    lines[index] = lines[index].replacing(
                        generator.pick(["\"", "1", "e", "-", " "]),
                        with: generator.pick(Self.snippets), maxReplacements: 1)
                }
                if lines.isEmpty { lines = [""] }
            }
            let text = lines.joined(separator: "\n")
            do {
                _ = try Sample.read(text).printed
            } catch {
                #expect(!error.problems.isEmpty)
                for problem in error.problems {
                    // A value that is missing at the end stands behind the last character.
                    #expect((1...lines.count + 1).contains(problem.line), "\(text)")
                    #expect(problem.column >= 1)
                    #expect(!problem.message.contains("secret-of-the"))
                }
            }
        }
    }

    private static let snippets = [
        "${", "}", "${A:-${B}}", "null", "[", "]", "{", ": ", "#", "\"", "'", "\\", "&a", "*a",
        "!!", "|",
        "9223372036854775808", "1e400", ".inf", "-1", "😀", "\u{0}", "\t", "${UNSET}", "$${", "- ",
    ]
}
