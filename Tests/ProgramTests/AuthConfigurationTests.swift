import API
import ControlPlane
import Foundation
import Logging
import TestSupport
import Testing

@testable import swarmkeeper

/// Whose word about people is taken, as the configuration says it.
struct AuthConfigurationTests {
    /// The key of RFC 7515, appendix A.3.
    private static let keys = """
        {"keys": [{"kty": "EC", "crv": "P-256", "kid": "k",
          "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
          "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}
        """
    private static let secret = "0123456789abcdef0123456789abcdef"

    private let folder: TemporaryFolder
    private let file: String

    init() throws {
        folder = try TemporaryFolder()
        file = folder.path("keys.json")
        try Self.keys.write(toFile: file, atomically: true, encoding: .utf8)
    }

    private func text(_ auth: String) -> String {
        """
        security: { apiToken: 12345678 }
        tenants: [{ id: t, environments: [dev, prod] }]
        auth:
        \(auth.replacing("@FILE@", with: file))
        """
    }

    private static let provider = """
          identityProviders:
            - id: corp
              issuer: "https://id.example/"
              audience: keeper
              jwksFile: "@FILE@"
              nameClaim: email
              rolesClaim: realm_access.roles
              clockSkewSeconds: 5
              roles:
                - { value: root, role: administrator }
                - { value: "ops #1", role: admin, tenantId: t }
                - { value: dev, role: viewer, tenantId: t, envIds: [prod, dev] }
        """

    private func problems(_ auth: String) -> [String] {
        Sample.problems(in: text(auth)).map { problem in
            problem.split(separator: ": ", maxSplits: 1).last.map(String.init) ?? ""
        }
    }

    @Test func `the secret and the providers are read`() throws {
        let auth = "  jwtSecret: \"\(Self.secret)\"\n" + Self.provider
        let configuration = try Sample.read(text(auth))
        let settings = configuration.auth.settings
        #expect(settings.sessionKey == SessionKey(secret: Self.secret))
        let provider = try #require(configuration.auth.providers.first?.settings)
        #expect(provider.id == "corp" && provider.issuer == "https://id.example/")
        #expect(provider.nameClaim == "email" && provider.rolesClaim == "realm_access.roles")
        #expect(provider.clockSkew == .seconds(5))
        #expect(
            provider.grants == [
                .init(value: "root", role: .administrator, scope: .everything),
                .init(value: "ops #1", role: .admin, scope: .tenant("t")),
                .init(
                    value: "dev", role: .viewer,
                    scope: .environments(["dev", "prod"], of: "t")),
            ])
        #expect(configuration.secrets.contains(Self.secret))
    }

    @Test func `what is printed reads back equal, without the secret in it`() throws {
        let auth = "  jwtSecret: \"\(Self.secret)\"\n" + Self.provider
        let configuration = try Sample.read(text(auth))
        let printed = configuration.printed
        #expect(!printed.contains(Self.secret))
        let restored = printed.replacing("apiToken: \"***\"", with: "apiToken: \"12345678\"")
            .replacing("***", with: Self.secret)
        #expect(try Sample.read(restored) == configuration)
    }

    @Test func `no secret, or an empty one, is none`() throws {
        for auth in ["  jwtSecret: \"\"", "  jwtSecret: \"${NOBODY_SETS_THIS:-}\"", "  jwtSecret:"]
        {
            let configuration = try Sample.read(text(auth))
            #expect(configuration.auth == .init())
            #expect(!configuration.printed.contains("auth"))
        }
    }

    @Test func `a short secret is told without repeating it`() {
        let told = problems("  jwtSecret: \"0123456789abcdef0123456789abcde\"")
        #expect(told.count == 1 && told[0].hasPrefix("jwtSecret must have at least 32 characters"))
        #expect(!told[0].contains("abcde"))
    }

    @Test(arguments: [
        ("issuer: \"https://id.example/\"", "", "issuer is missing"),
        ("audience: keeper", "audience: \"\"", "audience must not be empty"),
        ("id: corp", "id: user", "id stands before people's names"),
        ("id: corp", "id: \"a:b\"", "a identity provider is named by"),
        ("jwksFile: \"@FILE@\"", "", "jwksFile is missing"),
        ("@FILE@", "/nowhere/keys.json", "cannot be read: No such file"),
        ("@FILE@", "/dev/null", "is no JSON"),
        ("clockSkewSeconds: 5", "clockSkewSeconds: 301", "clockSkewSeconds must be"),
        ("role: administrator", "role: admin", "role must be one of"),
        ("role: viewer", "role: administrator", "role must be one of"),
        ("role: admin,", "role: callback,", "role must be one of"),
        ("role: admin, tenantId: t", "role: admin, tenantId: u", "there is no tenant u"),
        ("[prod, dev]", "[staging]", "tenant t has no environment staging"),
        ("[prod, dev]", "[]", "envIds must name an environment"),
        ("role: administrator", "role: administrator, envIds: [dev]", "envIds are given with"),
        ("nameClaim: email", "nameClaims: email", "unknown key nameClaims"),
    ])
    func `a mistake is told`(part: String, instead: String, message: String) {
        #expect(Self.provider.contains(part))
        let told = problems(Self.provider.replacing(part, with: instead, maxReplacements: 1))
        #expect(told.contains { $0.contains(message) }, "\(told)")
    }

    @Test func `two providers are told apart by id and by issuer`() {
        let second = Self.provider.split(separator: "\n").dropFirst().joined(separator: "\n")
        let told = problems(Self.provider + "\n" + second)
        #expect(told.contains { $0.contains("identity provider corp is defined twice") })
        #expect(told.contains { $0.contains("same as another identity provider's") })
    }

    @Test func `a provider without roles lets nobody in, and is a mistake`() {
        let head = Self.provider.split(separator: "\n").prefix { !$0.contains("roles:") }
            .joined(separator: "\n")
        #expect(problems(head).contains { $0.contains("roles is missing") })
        #expect(problems(head + "\n      roles: []").contains { $0.contains("at least one") })
    }
}
