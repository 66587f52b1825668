import JSON
import Testing

@testable import API

struct KeySetTests {
    private func failure(_ keys: JSONValue...) -> String {
        do {
            _ = try KeySet(keys)
            return ""
        } catch {
            return error.description
        }
    }

    @Test func `RSA and P-256 keys for signatures are read, others are left out`() throws {
        let set = try KeySet([
            SigningKey.rsa.json("r", ["use": "sig", "alg": "RS256", "x5t": "abc"]),
            SigningKey.ec.json("e", ["key_ops": ["verify"]]),
            SigningKey.rsa.json("encryption", ["use": "enc"]),
            SigningKey.rsa.json("signing", ["key_ops": ["sign"]]),
            SigningKey.rsa.json("other", ["alg": "PS256"]),
            SigningKey.ec.json("confused", ["alg": "RS256"]),
            SigningKey.ec.json("large", ["crv": "P-384"]),
            ["kty": "oct", "kid": "secret", "k": "AAAA"], ["kty": "OKP", "kid": "ed"], [:],
        ])
        #expect(set.keys == ["r": SigningKey.rsa.publicKey, "e": SigningKey.ec.publicKey])
    }

    @Test func `what should be a key and is none is a mistake`() {
        let (rsa, ec) = (SigningKey.rsa, SigningKey.ec)
        #expect(failure() == "has no key for RS256 or ES256 signatures")
        #expect(failure(rsa.json("", [:])) == "key 1 has no kid")
        #expect(failure(rsa.json("a", ["kid": nil])) == "key 1 has no kid")
        #expect(failure(rsa.json("a"), ec.json("a")) == "key 2 has the kid of another")
        #expect(failure(SigningKey.smallRSA.json("a")).hasPrefix("key 1 has 1024 bits"))
        #expect(failure(rsa.json("a", ["n": "AAAA"])).contains("without leading zeros"))
        #expect(failure(rsa.json("a", ["n": "A"])).contains("base64url"))
        #expect(failure(rsa.json("a", ["n": nil])).contains("base64url"))
        for exponent in ["AQ", "Ag", "AQAAAAE", ""] {
            let text = failure(rsa.json("a", ["e": .string(exponent)]))
            #expect(text.hasPrefix("key 1: "), "\(exponent)")
        }
        #expect(failure(rsa.json("a", ["d": "AQAB"])).contains("private key"))
        #expect(failure(ec.json("a", ["x": "AQAB"])).contains("32 bytes"))
        #expect(failure(ec.json("a", ["y": ec.json("a")["x"]])) == "key 1 is no valid public key")
        let many = (0...KeySet.countMax).map { rsa.json("\($0)") }
        #expect(throws: KeySet.Failure("has more than 100 keys")) { try KeySet(many) }
    }

    @Test(arguments: ["", "{", "[]", "{}", "{\"keys\": {}}", "{\"keys\": [], \"keys\": []}"])
    func `a file that is no key set is refused`(text: String) {
        #expect(throws: KeySet.Failure.self) { try KeySet(Array(text.utf8)) }
    }
}
