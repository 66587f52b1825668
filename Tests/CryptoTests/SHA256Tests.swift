import Crypto
import Testing

struct SHA256Tests {
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ])
    func `hashes are those of FIPS 180-4`(message: String, expected: String) {
        #expect(Bytes.hex(SHA256.hash(of: Array(message.utf8))) == expected)
    }

    @Test func `codes are those of RFC 4231`() {
        let code = SHA256.code(
            of: Array("what do ya want for nothing?".utf8), key: Array("Jefe".utf8))
        #expect(
            Bytes.hex(code) == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    }

    @Test func `hexadecimal digits come back as the bytes that they were made of`() {
        #expect(Bytes.read(hex: Bytes.hex(0...255)) == Array(0...255))
        #expect(Bytes.read(hex: "ABcd") == [0xAB, 0xCD])
        for text in ["a", "ag", " a", "٣٣", "-1"] { #expect(Bytes.read(hex: text) == nil) }
    }

    @Test func `a key's name differs by key and by purpose`() {
        let names = [
            KeyID.of([1], for: "a"), KeyID.of([2], for: "a"), KeyID.of([1], for: "b"),
        ]
        #expect(Set(names).count == 3)
        #expect(names.allSatisfy { $0.utf8.count == 16 })
    }
}
