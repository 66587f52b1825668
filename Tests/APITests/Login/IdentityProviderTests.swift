import ControlPlane
import Crypto
import HTTP
import JSON
import TestSupport
import Testing

@testable import API

/// Tokens that somebody else has signed, right ones and attacks.
struct IdentityProviderTests {
    let service: TestService

    init() throws { service = try TestService() }

    private func status(_ token: String) async throws -> Int {
        try await service.ask("GET", "/v1/runs", as: Caller(token: token)).status
    }

    @Test(arguments: [(SigningKey.rsa, "rsa-1"), (.ec, "ec-1")])
    func `a right token lets its owner in, with the role of the first group that has one`(
        key: SigningKey, id: String
    ) async throws {
        let caller = Caller(token: TokenMaker(key, id).signed(by: key))
        let run = try await service.startRun(as: caller)
        let shown = try await service.ask("GET", "/v1/runs/\(run)", as: caller)
        #expect(shown["/createdBy"] == "corp:anna@example.com")
        let test = try await service.ask("POST", "/v1/load-tests", .loadTest(), as: caller)
        #expect(test.status == 403)
    }

    @Test func `the groups are a list or a text, and without one nobody is let in`() async throws {
        func ask(_ groups: JSONValue?) async throws -> Answer {
            let token = TokenMaker(.rsa, "rsa-1", ["groups": groups]).signed()
            return try await service.ask("GET", "/v1/environments", as: Caller(token: token))
        }
        #expect(try await ask("root").text.contains("tenant-2"))
        #expect(try await ask(["dev", "root"]).text.contains("tenant-2"), "as configured")
        let dev = try await ask("dev").text
        #expect(dev.contains("dev") && !dev.contains("staging") && !dev.contains("tenant-2"))
        for groups in [nil, .null, [], "", "Ops", ["x"], [["ops"]], ["ops": "ops"], 7, "ops dev"]
            as [JSONValue?]
        {
            #expect(try await ask(groups).status == 401, "\(String(describing: groups))")
        }
    }

    @Test func `whoever has roles in several tenants says in which to be`() async throws {
        let token = TokenMaker(.rsa, "rsa-1", ["groups": ["search", "ops"]]).signed()
        func ask(_ tenant: String?) async throws -> Answer {
            let headers: HeaderFields = tenant.map { ["X-Tenant-ID": .init($0)] } ?? []
            return try await service.ask(
                "GET", "/v1/tenants", as: Caller(token: token), headers: headers)
        }
        #expect(try await ask(nil).ids == ["tenant-1"], "the first as configured")
        #expect(try await ask("tenant-1").ids == ["tenant-1"])
        #expect(try await ask("tenant-2").ids == ["tenant-2"])
        for other in ["tenant-9", "", "nowhere"] {
            #expect(try await ask(other).status == 401)
        }
        let root = Caller(token: TokenMaker(.rsa, "rsa-1", ["groups": "root"]).signed())
        let all = try await service.ask(
            "GET", "/v1/tenants", as: root, headers: ["X-Tenant-ID": "tenant-2"])
        #expect(all.ids.count == 2)
    }

    @Test func `a role of a tenant that is gone lets nobody in`() async throws {
        let callers = Caller.all.map { ($0.token, $0.principal) }
        service.services.authenticator.replace(callers, tenants: ["tenant-1", "tenant-2"])
        #expect(try await status(TokenMaker(.rsa, "rsa-1", ["groups": "gone"]).signed()) == 401)
        #expect(try await status(TokenMaker(.rsa, "rsa-1", ["groups": "ops"]).signed()) == 200)
    }

    @Test(
        arguments: [
            ["iss": "https://evil.example"], ["iss": "https://id.example/"], ["iss": nil],
            ["iss": 1],
            ["aud": "other"], ["aud": ["other"]], ["aud": []], ["aud": nil],
            ["aud": "swarmkeeper "],
            ["aud": ["swarmkeeper", 7]], ["exp": nil], ["exp": "1800003600"],
            ["exp": 1_799_999_970],
            ["exp": 0], ["exp": -1], ["exp": 1e300], ["exp": .null], ["nbf": 1_800_000_031],
            ["iat": 1_800_000_031], ["nbf": "soon"], ["sub": ""], ["sub": nil], ["sub": 7],
        ] as [[String: JSONValue?]])
    func `a wrong claim lets nobody in`(changes: [String: JSONValue?]) async throws {
        #expect(try await status(TokenMaker(.rsa, "rsa-1", changes).signed()) == 401)
    }

    @Test(
        arguments: [
            ["aud": ["other", "swarmkeeper"]], ["exp": 1_799_999_971], ["nbf": 1_800_000_030],
            ["nbf": nil, "iat": nil], ["exp": 1_800_003_600.5], ["typ": "x"],
            ["email": "a\u{1b}[31m\nb"], ["email": nil], ["email": 7],
        ] as [[String: JSONValue?]])
    func `clocks may differ by the skew, and what is not looked at does not count`(
        changes: [String: JSONValue?]
    ) async throws {
        #expect(try await status(TokenMaker(.rsa, "rsa-1", changes).signed()) == 200)
        #expect(!service.log.lines.joined().contains("\u{1b}"))
    }

    @Test func `a token expires with the clock`() async throws {
        let token = TokenMaker().signed()
        service.time.advance(by: .seconds(3629))
        #expect(try await status(token) == 200)
        service.time.advance(by: .seconds(1))
        #expect(try await status(token) == 401)
    }

    @Test func `the algorithm is the key's, whatever the token says`() async throws {
        guard case .rsa(let modulus, let exponent) = SigningKey.rsa.publicKey else { return }
        // What tools take for the text of a public key, and so for the secret of an HMAC.
        let secrets = [
            modulus, exponent, SigningKey.rsa.json("rsa-1").encodedBytes,
            Array(Base64URL.encode(modulus).utf8), [],
        ]
        for id in ["rsa-1", "ec-1", SessionKey.ofTests.id] {
            for secret in secrets {
                var maker = TokenMaker(.rsa, id)
                maker.header = maker.header.with(["alg": "HS256"])
                #expect(try await status(maker.signed { SHA256.code(of: $0, key: secret) }) == 401)
            }
        }
        for name in ["none", "None", "NONE", "", "RS384", "PS256", "rs256", "EdDSA", "HS512"] {
            var maker = TokenMaker()
            maker.header = maker.header.with(["alg": .string(name)])
            #expect(try await status(maker.signed()) == 401, "\(name)")
            #expect(try await status(maker.body + ".") == 401, "\(name)")
            #expect(try await status(maker.body) == 401, "\(name)")
        }
        var swapped = TokenMaker(.rsa, "ec-1")
        #expect(try await status(swapped.signed()) == 401)
        swapped.header = ["alg": "ES256", "kid": "rsa-1"]
        #expect(try await status(swapped.signed(by: .ec)) == 401)
    }

    @Test func `a key that is unknown, another's, or brought along is none`() async throws {
        #expect(try await status(TokenMaker().signed(by: .otherRSA)) == 401)
        #expect(try await status(TokenMaker(.rsa, "rsa-2").signed()) == 401)
        var maker = TokenMaker()
        for header in [
            ["kid": nil], ["kid": ""], ["kid": 7], ["kid": "../rsa-1"], ["crit": ["exp"]],
            ["crit": []], ["b64": false], ["typ": "dpop+jwt"], ["typ": "secevent+jwt"],
        ] as [[String: JSONValue?]] {
            maker.header = TokenMaker().header.with(header)
            #expect(try await status(maker.signed()) == 401, "\(header)")
        }
        maker.header = TokenMaker().header.with([
            "jwk": SigningKey.otherRSA.json("rsa-1"), "jku": "https://evil.example/jwks",
            "x5u": "https://evil.example/x", "typ": "JWT",
        ])
        #expect(try await status(maker.signed(by: .otherRSA)) == 401)
        #expect(try await status(maker.signed()) == 200, "it is not looked at")
    }

    @Test func `the service's own tokens come from its secret alone`() async throws {
        let id = try await service.addUser("anna")
        var maker = TokenMaker(.rsa, "rsa-1", ["groups": nil])
        maker.claims = maker.claims.with([
            "iss": "swarmkeeper", "sub": .string(id), "sid": "s", "ver": 1,
        ])
        #expect(try await status(maker.signed()) == 401)
        maker.header = ["alg": "HS256", "kid": .string(SessionKey.ofTests.id)]
        let secret = Array("a secret of thirty-two bytes or more".utf8)
        #expect(try await status(maker.signed { SHA256.code(of: $0, key: secret) }) == 200)
        for changes in [
            ["ver": 2], ["ver": "1"], ["ver": nil], ["sid": nil], ["sub": "nobody"],
            ["aud": "other"], ["aud": ["swarmkeeper", "other"]], ["iss": "https://id.example"],
            ["exp": 1_800_000_000],
        ] as [[String: JSONValue?]] {
            var other = maker
            other.claims = maker.claims.with(changes)
            let token = other.signed { SHA256.code(of: $0, key: secret) }
            #expect(try await status(token) == 401, "\(changes)")
        }
    }

    @Test func `what is changed, cut, lengthened or doubled lets nobody in`() async throws {
        let token = TokenMaker().signed()
        let parts = token.split(separator: ".").map(String.init)
        #expect(try await status(token) == 200)
        var others = [
            parts[0] + "." + parts[1], token + ".", "." + token, token + "." + parts[2],
            parts[0] + ".." + parts[2], token + "=", token + "A", String(token.dropLast()),
            token.replacing("-", with: "+"), parts[0] + "=." + parts[1] + "." + parts[2],
            token + String(repeating: "A", count: 9000), "..", ".", "eyJ",
            parts.reversed().joined(),
        ].filter { $0 != token }
        let more = TokenMaker(.rsa, "rsa-1", ["groups": "root"]).body
        others.append(more + "." + parts[2])
        for (header, claims) in [
            ("{\"alg\":\"RS256\",\"alg\":\"RS256\",\"kid\":\"rsa-1\"}", nil),
            (nil, "{\"sub\":\"1\",\"groups\":\"dev\",\"groups\":\"root\""),
            ("[]", nil), (nil, "[]"), ("", nil), (nil, ""), ("\u{FEFF}{}", nil),
        ] as [(String?, String?)] {
            let rest = ",\"iss\":\"https://id.example\",\"aud\":\"swarmkeeper\",\"exp\":1800003600}"
            let texts = [
                header ?? "{\"alg\":\"RS256\",\"kid\":\"rsa-1\"}",
                claims.map { $0 + ($0.hasPrefix("{") ? rest : "") }
                    ?? "{\"sub\":\"1\",\"groups\":\"dev\"\(rest)",
            ]
            let body = texts.map { Base64URL.encode(Array($0.utf8)) }.joined(separator: ".")
            let signature = SigningKey.rsa.signature(of: Array(body.utf8))
            others.append(body + "." + Base64URL.encode(signature))
        }
        for other in others { #expect(try await status(other) == 401, "\(other.prefix(80))") }
    }

    @Test func `new keys and roles count at once, and old ones no more`() async throws {
        let token = TokenMaker().signed()
        #expect(try await status(token) == 200)
        let usual = IdentityProvider.ofTests
        func replace(_ keys: KeySet, _ grants: [IdentityProvider.Grant]) {
            let provider = IdentityProvider(
                id: usual.id, issuer: usual.issuer, audience: usual.audience, keys: keys,
                nameClaim: "sub", rolesClaim: "realm.roles", grants: grants, clockSkew: .zero)
            service.services.authenticator.replace(LoginSettings(providers: [provider]))
        }
        replace(KeySet(["rsa-1": SigningKey.otherRSA.publicKey]), usual.grants)
        #expect(try await status(token) == 401)
        replace(.ofTests, usual.grants)
        #expect(try await status(token) == 401, "its roles are elsewhere")
        let nested = TokenMaker(.rsa, "rsa-1", ["realm": ["roles": ["ops"]]]).signed()
        #expect(try await status(nested) == 200)
        replace(.ofTests, [])
        #expect(try await status(nested) == 401)
    }
}
