import Foundation
import JSON
import TestSupport

/// A key of an identity provider, made and used by the `openssl` program: what it signs and what
/// the service checks have only the standard in common.
struct ProviderKey {
    let id: String
    private let file: String
    private let folder: TemporaryFolder

    init(_ id: String, _ folder: TemporaryFolder) throws {
        self.id = id
        self.folder = folder
        file = folder.path("\(id).pem")
        try Self.openssl(
            "genpkey", "-quiet", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out",
            file)
    }

    /// As the only key of a JWK Set.
    func write(to path: String) throws {
        let text = folder.path("\(id).txt")
        try Self.openssl("rsa", "-in", file, "-modulus", "-noout", "-out", text)
        let digits = Array(
            try String(contentsOfFile: text, encoding: .utf8)
                .trimmingCharacters(in: .whitespacesAndNewlines).split(separator: "=")[1])
        let modulus = stride(from: 0, to: digits.count, by: 2).compactMap {
            UInt8(String(digits[$0...($0 + 1)]), radix: 16)
        }
        let key: [String: String] = [
            "kty": "RSA", "use": "sig", "kid": id, "e": "AQAB", "n": Self.encoded(Data(modulus)),
        ]
        let data = try JSONSerialization.data(withJSONObject: ["keys": [key]])
        try data.write(to: URL(filePath: path), options: .atomic)
    }

    /// A right one for an hour.
    func token() throws -> String {
        let now = Int(Date().timeIntervalSince1970)
        let header = ["alg": "RS256", "typ": "JWT", "kid": id]
        let claims: [String: Any] = [
            "iss": "https://id.example", "aud": "keeper", "sub": "1", "groups": ["perf"],
            "iat": now, "exp": now + 3600,
        ]
        let body = try [header, claims].map {
            Self.encoded(try JSONSerialization.data(withJSONObject: $0))
        }.joined(separator: ".")
        let (input, output) = (folder.path("\(id).in"), folder.path("\(id).out"))
        try Data(body.utf8).write(to: URL(filePath: input))
        try Self.openssl("dgst", "-sha256", "-sign", file, "-out", output, input)
        return body + "." + Self.encoded(try Data(contentsOf: URL(filePath: output)))
    }

    private static func encoded(_ data: Data) -> String {
        data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
            .replacing("=", with: "")
    }

    private static func openssl(_ words: String...) throws {
        guard awaitExit(of: try spawn(["openssl"] + words)) == 0 else {
            throw HarnessError("openssl \(words) failed")
        }
    }
}
