import Testing

@testable import HTTP

struct BodyDecoderTests {
    @Test func `a body of known length ends there`() throws {
        let (body, rest) = try decode("hello, next", .length(5))
        #expect(body == "hello")
        #expect(rest == ", next")
    }

    @Test func `a body of the largest length is accepted and one byte more refused`() throws {
        #expect(try decode("hello", .length(5), max: 5).body == "hello")
        #expect(throws: MessageError.bodyTooLarge) { try decode("", .length(6), max: 5) }
        #expect(throws: MessageError.bodyTooLarge) { try decode("", .length(.max), max: 5) }
    }

    @Test(arguments: [
        ("0\r\n\r\nrest", ""),
        ("5\r\nhello\r\n0\r\n\r\nrest", "hello"),
        ("1\r\na\r\n2\r\nbc\r\n000\r\n\r\nrest", "abc"),
        ("A\r\n0123456789\r\n0\r\n\r\nrest", "0123456789"),
        ("00a;name=\"v\"\r\n0123456789\r\n0;x\r\nTrailer: 1\r\nOther: 2\r\n\r\nrest", "0123456789"),
    ])
    func `chunks are joined and trailers dropped`(text: String, expected: String) throws {
        let (body, rest) = try decode(text, .chunked)
        #expect(body == expected)
        #expect(rest == "rest")
    }

    @Test(arguments: [
        ("\r\n", MessageError.invalidChunkSize),
        ("g\r\n", .invalidChunkSize),
        ("-1\r\n", .invalidChunkSize),
        ("+1\r\n", .invalidChunkSize),
        ("0x1\r\n", .invalidChunkSize),
        (" 1\r\n", .invalidChunkSize),
        ("1 \r\na", .invalidChunkSize),
        (";x\r\n", .invalidChunkSize),
        ("7FFFFFFFFFFFFFFF\r\n", .invalidChunkSize),
        ("FFFFFFFFFFFFFFFFF\r\n", .invalidChunkSize),
        ("0000000000000001\r\n", .invalidChunkSize),
        ("1\na", .bareLineFeed),
        ("1\ra", .bareCarriageReturn),
        ("1;a\nb\r\n", .invalidChunkExtension),
        ("1;a\0\r\n", .invalidChunkExtension),
        ("1;a\r\r\n", .bareCarriageReturn),
        ("1\r\nab", .missingChunkEnd),
        ("1\r\na\n", .missingChunkEnd),
        ("1\r\na\rb", .missingChunkEnd),
        ("0\r\nX: 1\n\r\n", .bareLineFeed),
        ("0\r\n\n", .bareLineFeed),
        ("0\r\n X: 1\r\n\r\n", .foldedField),
        ("0\r\nX : 1\r\n\r\n", .invalidFieldName),
        ("FFFFFFFFFFFFFFF\r\n", .bodyTooLarge),
    ])
    func `malformed chunks are refused`(text: String, expected: MessageError) {
        #expect(throws: expected) { try decode(text, .chunked) }
    }

    @Test func `chunks may add up to the limit and not to one byte more`() throws {
        #expect(try decode("2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n", .chunked, max: 5).body == "abcde")
        #expect(throws: MessageError.bodyTooLarge) {
            try decode("2\r\nab\r\n4\r\n", .chunked, max: 5)
        }
    }

    @Test func `an extension may have its largest size and not one byte more`() throws {
        // The semicolon is not counted, the carriage return is.
        let text = String(repeating: "x", count: ChunkedDecoder.extensionBytesMax)
        #expect(try decode("1;\(text)\r\na\r\n0\r\n\r\n", .chunked).body == "a")
        #expect(throws: MessageError.invalidChunkExtension) {
            try decode("1;\(text)x\r\n", .chunked)
        }
    }

    @Test func `trailers may have their largest size and not one byte more`() throws {
        let most = ChunkedDecoder.trailerBytesMax - "X: \r\n\r\n".utf8.count
        let text = String(repeating: "x", count: most)
        #expect(try decode("0\r\nX: \(text)\r\n\r\n", .chunked).body == "")
        #expect(throws: MessageError.headTooLarge) {
            try decode("0\r\nX: \(text)x\r\n\r\n", .chunked)
        }
    }

    private func decode(
        _ text: String, _ framing: RequestHead.Framing, max: Int = 1_024
    ) throws -> (body: String, rest: String) {
        var decoder = try BodyDecoder(framing, bodyBytesMax: max)
        let bytes = Array(text.utf8)
        let end = try decoder.decode(bytes.span, from: 0)
        #expect(decoder.isComplete)
        return (
            String(decoding: decoder.body, as: UTF8.self),
            String(decoding: bytes[end...], as: UTF8.self)
        )
    }
}
