import Crypto
import TestSupport
import Testing

struct SealingKeyTests {
    private static func key(_ byte: UInt8) throws -> SealingKey {
        try #require(SealingKey([UInt8](repeating: byte, count: SealingKey.byteCount)))
    }

    @Test func `what was sealed is opened by its key at its place alone`() throws {
        let (key, other) = (try Self.key(1), try Self.key(2))
        for content in [[], [7], Array("a password: ä".utf8), [UInt8](repeating: 0, count: 5_000)] {
            let sealed = key.seal(content, for: "cluster a")
            #expect(key.open(sealed, for: "cluster a") == content)
            #expect(key.open(sealed, for: "cluster b") == nil)
            #expect(key.open(sealed, for: "") == nil)
            #expect(other.open(sealed, for: "cluster a") == nil)
        }
        #expect(key.id != other.id)
    }

    @Test func `the same content is never sealed the same way`() throws {
        let key = try Self.key(1)
        let sealed = (0..<100).map { _ in key.seal([1, 2, 3], for: "") }
        #expect(Set(sealed).count == 100)
        #expect(sealed.allSatisfy { key.open($0, for: "") == [1, 2, 3] })
    }

    @Test func `no changed byte, and no missing one, goes unnoticed`() throws {
        let key = try Self.key(1)
        let sealed = key.seal(Array("content".utf8), for: "p")
        for index in sealed.indices {
            var changed = sealed
            changed[index] ^= 1
            #expect(key.open(changed, for: "p") == nil)
            #expect(key.open(Array(sealed.prefix(index)), for: "p") == nil)
        }
        #expect(key.open(sealed + [0], for: "p") == nil)
    }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func `no bytes of chance are opened, and none of them crashes`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let count = Int.random(in: 0...80, using: &random)
        let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
        #expect(try Self.key(1).open(bytes, for: "p") == nil)
    }

    /// NIST's test case 16 of the GCM specification has associated data; case 14 has none.
    @Test func `an answer of the specification is opened`() throws {
        let key = try Self.key(0)
        let text = "cea7403d4d606b6e074ec5d3baf39d18" + "d0d1c8a799996bf0265b98b5d48ab919"
        let sealed = try #require(Bytes.read(hex: String(repeating: "0", count: 24) + text))
        #expect(key.open(sealed, for: "") == [UInt8](repeating: 0, count: 16))
    }

    @Test(arguments: [0, 16, 31, 33, 64]) func `a key has 32 bytes`(count: Int) {
        #expect(SealingKey([UInt8](repeating: 1, count: count)) == nil)
    }
}
