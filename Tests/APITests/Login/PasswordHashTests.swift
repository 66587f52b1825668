import Testing

@testable import API

struct PasswordHashTests {
    private static let cheap = PasswordHash.Cost(exponent: 4, blockSize: 8, parallelism: 1)

    /// RFC 7914, section 12: the first half of 64 bytes, which are as good as 32.
    @Test func `the second example of RFC 7914 is the password that it is`() throws {
        let bytes: [UInt8] = [
            0xfd, 0xba, 0xbe, 0x1c, 0x9d, 0x34, 0x72, 0x00, 0x78, 0x56, 0xe7, 0x19, 0x0d, 0x01,
            0xe9, 0xfe, 0x7c, 0x6a, 0xd7, 0xcb, 0xc8, 0x23, 0x78, 0x30, 0xe7, 0x73, 0x76, 0x63,
            0x4b, 0x37, 0x31, 0x62,
        ]
        let salt = Base64URL.encode(Array("NaCl".utf8))
        let text = "scrypt$10$8$16$\(salt)$\(Base64URL.encode(bytes))"
        let hash = try #require(PasswordHash(text: text))
        #expect(hash.matches("password"))
        #expect(!hash.matches("Password"))
        #expect(hash.text == text)
    }

    @Test func `a hash knows its password, comes back from its text, and has its own salt`() throws
    {
        for password in ["correct horse", "", "ünïcödé 🐝", String(repeating: "x", count: 200)] {
            let hash = try #require(PasswordHash(of: password, cost: Self.cheap))
            let again = try #require(PasswordHash(text: hash.text))
            #expect(again == hash && again.matches(password))
            #expect(!again.matches(password + "x"))
            let other = try #require(PasswordHash(of: password, cost: Self.cheap))
            #expect(other.salt != hash.salt && other.hash != hash.hash)
            #expect(!hash.text.contains(password) || password.isEmpty)
        }
    }

    @Test func `what is used takes 32 MiB, in one of the settings that OWASP names`() throws {
        let hash = try #require(PasswordHash(of: "correct horse"))
        #expect(hash.text.hasPrefix("scrypt$15$8$3$"))
        #expect(hash.cost.memoryBytes > 32 << 20 && hash.cost.memoryBytes < 33 << 20)
        #expect(hash.matches("correct horse"))
    }

    @Test func `nobody's hash fits nothing and says the same cost`() {
        let hash = PasswordHash.nobody(Self.cheap)
        #expect(hash.cost == Self.cheap && hash.salt.count == PasswordHash.saltBytes)
        #expect(!hash.matches("") && !hash.matches("x"))
    }

    @Test(arguments: [
        "", "scrypt", "scrypt$4$8$1$AAAA", "argon2id$4$8$1$AAAA$AAAA", "scrypt$4$8$1$AAAA$AAAA",
        "scrypt$25$8$1$AAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "scrypt$0$8$1$AAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "scrypt$-4$8$1$AAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "scrypt$4$8$1$A$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    ])
    func `a stored text that is none is refused`(text: String) {
        #expect(PasswordHash(text: text) == nil)
    }

    @Test func `parameters that would take all memory fit nothing`() throws {
        let zeros = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        let hash = try #require(PasswordHash(text: "scrypt$24$64$1$AAAA$\(zeros)"))
        #expect(!hash.matches("x"))
    }

    @Test func `passwords are hashed one after the other`() async {
        let worker = PasswordWorker(cost: Self.cheap)
        await withTaskGroup(of: Bool.self) { group in
            for index in 0..<20 {
                group.addTask {
                    guard let hash = await worker.hash("password \(index)") else { return false }
                    let isRight = await worker.matches("password \(index)", hash.text)
                    let isWrong = await worker.matches("password", hash.text)
                    let isNobody = await worker.matches("password \(index)", nil)
                    return isRight && !isWrong && !isNobody
                }
            }
            for await isFine in group { #expect(isFine) }
        }
    }
}
