import TestSupport
import Testing

@testable import API

struct Base64URLTests {
    @Test(arguments: [
        ([], ""), ([3, 236, 255, 224, 193], "A-z_4ME"),  // RFC 7515, appendix C.
        (Array("f".utf8), "Zg"), (Array("fo".utf8), "Zm8"), (Array("foo".utf8), "Zm9v"),
        (Array("foobar".utf8), "Zm9vYmFy"),
    ])
    func `bytes are written without padding and read back`(bytes: [UInt8], text: String) {
        #expect(Base64URL.encode(bytes) == text)
        #expect(Base64URL.decode(text.utf8) == bytes)
    }

    @Test(arguments: [
        "A", "Zg==", "Zg=", "Zh", "Zm9=", "Zm9", "A+z/4ME", " Zg", "Zg\n", "Z g", "Zm9vé",
        "Zm9v\u{0}", ".", "AAAAA",
    ])
    func `whatever is written differently is refused`(text: String) {
        #expect(Base64URL.decode(text.utf8) == nil)
    }

    @Test func `of all texts only what is written is read`() {
        var random = SeededGenerator(seed: 1)
        for _ in 0..<2000 {
            let count = Int.random(in: 0..<40, using: &random)
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            let text = Base64URL.encode(bytes)
            #expect(Base64URL.decode(text.utf8) == bytes)
            let other = bytes.map { $0 & 0x7F }
            if let read = Base64URL.decode(other) {
                #expect(Array(Base64URL.encode(read).utf8) == other)
            }
        }
    }
}
