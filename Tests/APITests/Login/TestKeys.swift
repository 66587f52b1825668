import COpenSSL
import ControlPlane
import Foundation
import JSON

@testable import API

/// A key of an identity provider, with its private half.
///
/// OpenSSL's key is made anew from its DER for each use, as in the sources, so that nothing is
/// shared.
struct SigningKey: Sendable {
    let publicKey: PublicKey
    private let der: [UInt8]

    static let rsa = SigningKey("RSA") { EVP_PKEY_CTX_set_rsa_keygen_bits($0, 2048) }
    static let otherRSA = SigningKey("RSA") { EVP_PKEY_CTX_set_rsa_keygen_bits($0, 2048) }
    static let smallRSA = SigningKey("RSA") { EVP_PKEY_CTX_set_rsa_keygen_bits($0, 1024) }
    static let ec = SigningKey("EC") { EVP_PKEY_CTX_set_group_name($0, "prime256v1") }

    private init(_ type: String, _ prepare: (OpaquePointer?) -> Int32) {
        let context = EVP_PKEY_CTX_new_from_name(nil, type, nil)
        defer { EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        precondition(EVP_PKEY_keygen_init(context) == 1 && prepare(context) == 1)
        precondition(EVP_PKEY_generate(context, &key) == 1)
        defer { EVP_PKEY_free(key) }
        var bytes: UnsafeMutablePointer<UInt8>?
        let count = i2d_PrivateKey(key, &bytes)
        der = Array(UnsafeBufferPointer(start: bytes, count: Int(count)))
        free(bytes)
        publicKey =
            type == "RSA"
            ? .rsa(modulus: Self.number(key, "n"), exponent: Self.number(key, "e"))
            : .p256(
                x: Self.padded(Self.number(key, "qx")), y: Self.padded(Self.number(key, "qy")))
    }

    private static func number(_ key: OpaquePointer?, _ name: String) -> [UInt8] {
        var number: OpaquePointer?
        precondition(EVP_PKEY_get_bn_param(key, name, &number) == 1)
        defer { BN_free(number) }
        var bytes = [UInt8](repeating: 0, count: Int(BN_num_bits(number) + 7) / 8)
        BN_bn2bin(number, &bytes)
        return bytes
    }

    private static func padded(_ bytes: [UInt8]) -> [UInt8] {
        [UInt8](repeating: 0, count: PublicKey.coordinateBytes - bytes.count) + bytes
    }

    /// As OpenSSL writes it: of EC in DER.
    func signature(of message: [UInt8]) -> [UInt8] {
        var bytes: UnsafePointer<UInt8>?
        let key = der.withUnsafeBufferPointer { buffer in
            bytes = buffer.baseAddress
            return d2i_AutoPrivateKey(nil, &bytes, buffer.count)
        }
        defer { EVP_PKEY_free(key) }
        let context = EVP_MD_CTX_new()
        defer { EVP_MD_CTX_free(context) }
        var (signature, count) = ([UInt8](repeating: 0, count: 1024), 1024)
        precondition(EVP_DigestSignInit(context, nil, EVP_sha256(), nil, key) == 1)
        precondition(
            EVP_DigestSign(context, &signature, &count, message, message.count) == 1)
        return Array(signature.prefix(count))
    }

    /// As a token has it.
    func compactSignature(of message: [UInt8]) -> [UInt8] {
        let signature = signature(of: message)
        guard case .p256 = publicKey else { return signature }
        // A SEQUENCE of two INTEGERs, each shorter than 128 bytes.
        let first = Int(signature[3])
        let r = Array(signature[4..<(4 + first)])
        let s = Array(signature[(6 + first)...])
        return [r, s].flatMap { Self.padded(Array($0.drop { $0 == 0 })) }
    }

    /// As a member of a JWK Set.
    func json(_ id: String, _ changes: [String: JSONValue?] = [:]) -> JSONValue {
        let key: JSONValue =
            switch publicKey {
            case .rsa(let n, let e):
                [
                    "kty": "RSA", "kid": .string(id), "n": .string(Base64URL.encode(n)),
                    "e": .string(Base64URL.encode(e)),
                ]
            case .p256(let x, let y):
                [
                    "kty": "EC", "crv": "P-256", "kid": .string(id),
                    "x": .string(Base64URL.encode(x)), "y": .string(Base64URL.encode(y)),
                ]
            }
        return key.with(changes)
    }
}

/// Puts tokens together, right ones and others.
struct TokenMaker {
    var header: JSONValue
    var claims: JSONValue

    /// A right one of the tests' provider, for one hour from the manual clock's beginning.
    init(_ key: SigningKey = .rsa, _ id: String = "rsa-1", _ changes: [String: JSONValue?] = [:]) {
        header = ["alg": .string(key.publicKey.algorithm.rawValue), "kid": .string(id)]
        claims = JSONValue(
            dictionaryLiteral: ("iss", "https://id.example"), ("aud", "swarmkeeper"),
            ("sub", "00u1"), ("email", "anna@example.com"), ("groups", ["other", "ops"]),
            ("iat", 1_800_000_000), ("nbf", 1_800_000_000), ("exp", 1_800_003_600)
        ).with(changes)
    }

    var body: String {
        [header, claims].map { Base64URL.encode($0.encodedBytes) }.joined(separator: ".")
    }

    func signed(_ sign: ([UInt8]) -> [UInt8]) -> String {
        "\(body).\(Base64URL.encode(sign(Array(body.utf8))))"
    }

    func signed(by key: SigningKey = .rsa) -> String { signed(key.compactSignature) }
}

extension SessionKey {
    static let ofTests = SessionKey(secret: "a secret of thirty-two bytes or more")
}

extension KeySet {
    static let ofTests = KeySet([
        "rsa-1": SigningKey.rsa.publicKey, "ec-1": SigningKey.ec.publicKey,
    ])

    init(_ keys: [JSONValue]) throws(Failure) {
        try self.init(JSONValue.object(["keys": .array(keys)]).encodedBytes)
    }
}

extension IdentityProvider {
    static let ofTests = IdentityProvider(
        id: "corp", issuer: "https://id.example", audience: "swarmkeeper", keys: .ofTests,
        nameClaim: "email", rolesClaim: "groups",
        grants: [
            .init(value: "root", role: .administrator, scope: .everything),
            .init(value: "ops", role: .operator, scope: .tenant("tenant-1")),
            .init(
                value: "dev", role: .viewer,
                scope: Scope(tenant: "tenant-1", environments: ["dev"])),
            .init(value: "search", role: .viewer, scope: .tenant("tenant-2")),
            .init(value: "gone", role: .viewer, scope: .tenant("tenant-9")),
        ], clockSkew: .seconds(30))
}
