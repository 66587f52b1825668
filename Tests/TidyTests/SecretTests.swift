import Testing

/// How secrets are compared. Measuring it on a machine that does other things tells nothing, so
/// its construction is held here: digests of one length, by OpenSSL's function for it.
struct SecretTests {
    /// Where a caller's token meets those that are known.
    private static let judges = [
        "Sources/API/Authenticator.swift", "Sources/API/RunTokens.swift",
    ]

    @Test func `digests are compared by OpenSSL in constant time`() throws {
        let digest = try text(of: "Sources/API/Digest.swift")
        #expect(digest.contains("Bytes.areEqual(bytes, other.bytes)"))
        let bytes = try text(of: "Sources/Crypto/Bytes.swift")
        #expect(bytes.contains("CRYPTO_memcmp(left, right, left.count) == 0"))
    }

    @Test(arguments: judges)
    func `a token is judged by its digest, and by nothing that ends early`(path: String) throws {
        let judge = try text(of: path)
        #expect(judge.contains("Digest(of: Array(token.utf8))"))
        #expect(judge.contains(".equalsInConstantTime(digest)"))
        let early = #/\b(token|secret|digest|hex|bytes)\s*[!=]=|[!=]=\s*(token|secret|digest)\b/#
        #expect(try early.firstMatch(in: judge) == nil)
    }

    private func text(of path: String) throws -> String {
        let file = try #require(Repository.files.first { $0.path == path }, "\(path)")
        return file.lines.joined(separator: "\n")
    }
}
