import Testing

@testable import HTTP

struct ResponseParserTests {
    /// A response as it is sent, and what must be understood of it.
    struct Example: CustomTestStringConvertible, Sendable {
        let name: String
        let bytes: [UInt8]
        let expected: ResponseReading
        var answersHead = false
        var testDescription: String { name }

        init(
            _ name: String, _ text: String, status: Int, framing: ResponseParser.Framing,
            body: String = "", keeps: Bool = true, answersHead: Bool = false
        ) {
            self.name = name
            self.answersHead = answersHead
            bytes = Array(text.utf8)
            expected = ResponseReading(
                status: status, framing: framing, keepsConnection: keeps, body: Array(body.utf8))
        }
    }

    static let examples = [
        Example(
            "nginx",
            "HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nDate: Mon, 01 Jan 2024 00:00:00 GMT\r\n"
                + "Content-Type: text/html\r\nContent-Length: 5\r\n"
                + "Last-Modified: Mon, 01 Jan 2024 00:00:00 GMT\r\nConnection: keep-alive\r\n"
                + "ETag: \"6592\"\r\nAccept-Ranges: bytes\r\n\r\nhello",
            status: 200, framing: .length(5), body: "hello"),
        Example(
            "uvicorn, names in lower case",
            "HTTP/1.1 201 Created\r\ndate: x\r\nserver: uvicorn\r\ncontent-length: 2\r\n\r\n{}",
            status: 201, framing: .length(2), body: "{}"),
        Example(
            "Node, chunked",
            "HTTP/1.1 200 OK\r\nX-Powered-By: Express\r\nTransfer-Encoding: chunked\r\n"
                + "Keep-Alive: timeout=5\r\n\r\n5\r\nhello\r\n7;a=b\r\n, world\r\n0\r\n\r\n",
            status: 200, framing: .chunked, body: "hello, world"),
        Example(
            "chunked with trailers and upper-case sizes",
            "HTTP/1.1 200 OK\r\nTRANSFER-ENCODING: Chunked\r\nTrailer: Checksum\r\n\r\n"
                + "A\r\n0123456789\r\n000\r\nChecksum: 1\r\nOther: 2\r\n\r\n",
            status: 200, framing: .chunked, body: "0123456789"),
        Example(
            "Apache 1.3, blanks behind the size",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3   \r\nabc\r\n0  \r\n\r\n",
            status: 200, framing: .chunked, body: "abc"),
        Example(
            "compressed and chunked",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n",
            status: 200, framing: .chunked, body: "x"),
        Example(
            "HTTP/1.0 up to the end of the connection",
            "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nall that comes",
            status: 200, framing: .untilEnd, body: "all that comes", keeps: false),
        Example(
            "HTTP/1.0 kept alive",
            "HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 1\r\n\r\nx",
            status: 200, framing: .length(1), body: "x"),
        Example(
            "HTTP/1.0 with a length but no word of keeping",
            "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx",
            status: 200, framing: .length(1), body: "x", keeps: false),
        Example(
            "HTTP/1.0 that sends chunks all the same",
            "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "1\r\nx\r\n0\r\n\r\n",
            status: 200, framing: .chunked, body: "x", keeps: false),
        Example(
            "the server closes",
            "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx",
            status: 200, framing: .length(1), body: "x", keeps: false),
        Example(
            "close among other options",
            "HTTP/1.1 200 OK\r\nconnection: Upgrade , CLOSE\r\nContent-Length: 0\r\n\r\n",
            status: 200, framing: .length(0), keeps: false),
        Example(
            "an event stream without a length",
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n",
            status: 200, framing: .untilEnd, body: "data: 1\n\n", keeps: false),
        Example(
            "a transfer coding without chunks",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\nall",
            status: 200, framing: .untilEnd, body: "all", keeps: false),
        Example("no content", "HTTP/1.1 204 No Content\r\n\r\n", status: 204, framing: .none),
        Example(
            "not modified, with the length of what is not sent",
            "HTTP/1.1 304 Not Modified\r\nContent-Length: 100\r\n\r\n",
            status: 304, framing: .none),
        Example(
            "HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", status: 200,
            framing: .none, answersHead: true),
        Example(
            "HEAD of a chunked body", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            status: 200, framing: .none, answersHead: true),
        Example(
            "interim heads first",
            "HTTP/1.1 100 Continue\r\nContent-Length: 9\r\n\r\n"
                + "HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n"
                + "HTTP/1.1 404 Not Found\r\nContent-Length: 1\r\n\r\nx",
            status: 404, framing: .length(1), body: "x"),
        Example(
            "bare line feeds", "HTTP/1.1 200 OK\nContent-Length: 3\nX: y\n\nabc",
            status: 200, framing: .length(3), body: "abc"),
        Example(
            "no reason", "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", status: 200,
            framing: .length(0)),
        Example(
            "an empty reason", "HTTP/1.1 503 \r\nContent-Length: 0\r\n\r\n", status: 503,
            framing: .length(0)),
        Example(
            "a status nobody defined", "HTTP/1.1 999 Denied\r\nContent-Length: 0\r\n\r\n",
            status: 999, framing: .length(0)),
        Example(
            "an empty line before the head", "\r\n\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx",
            status: 200, framing: .length(1), body: "x"),
        Example(
            "the same length twice",
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2, 2\r\n\r\nab",
            status: 200, framing: .length(2), body: "ab"),
        Example(
            "no blank behind the colon, many before the end",
            "HTTP/1.1 200 OK\r\nContent-Length:2 \t \r\n\r\nab",
            status: 200, framing: .length(2), body: "ab"),
        Example(
            "a folded field, and a line without a colon",
            "HTTP/1.1 200 OK\r\nCookie: a=b;\r\n\tc=d\r\nnonsense\r\nContent-Length: 1\r\n\r\nx",
            status: 200, framing: .length(1), body: "x"),
        Example(
            "bytes that are no UTF-8 where they do not matter",
            "HTTP/1.1 200 \u{E9}\r\nX: \0\u{7F}\u{FF}\r\nContent-Length: 1\r\n\r\nx",
            status: 200, framing: .length(1), body: "x"),
    ]

    @Test(arguments: examples)
    func `responses of real servers are understood`(example: Example) throws {
        let reading = try ResponseReading(
            of: example.bytes, pieces: [example.bytes.count], answersHead: example.answersHead)
        #expect(reading == example.expected)
    }

    @Test(arguments: examples)
    func `responses are the same split at every byte`(example: Example) throws {
        let (bytes, count) = (example.bytes, example.bytes.count)
        for cut in 1..<count {
            let reading = try ResponseReading(
                of: bytes, pieces: [cut, count - cut], answersHead: example.answersHead)
            #expect(reading == example.expected)
        }
        let single = try ResponseReading(
            of: bytes, pieces: Array(repeating: 1, count: count), answersHead: example.answersHead)
        #expect(single == example.expected)
    }

    @Test(arguments: [
        ("SSH-2.0-OpenSSH_9.2\r\n", MessageError.malformedStatusLine),
        ("\u{15}\u{3}\u{3}", .malformedStatusLine),  // A TLS alert.
        ("hello", .malformedStatusLine),
        ("http/1.1 200 OK\r\n", .malformedStatusLine),
        ("HTTP/2.0 200 OK\r\n", .unsupportedVersion),
        ("HTTP/x", .malformedStatusLine),
        ("HTTP/1.1\r\n", .malformedStatusLine),
        ("HTTP/1.1 20\r\n", .malformedStatusLine),
        ("HTTP/1.1 2000\r\n", .malformedStatusLine),
        ("HTTP/1.1 200OK\r\n", .malformedStatusLine),
        ("HTTP/1.1 099 Low\r\n", .malformedStatusLine),
        ("HTTP/1.1 -20 Low\r\n", .malformedStatusLine),
        ("HTTP/1.10 200 OK\r\n", .malformedStatusLine),
        ("HTTP/1.1 101 Switching Protocols\r\n\r\n", .unexpectedUpgrade),
    ])
    func `what is no status line is refused`(text: String, expected: MessageError) {
        #expect(throws: expected) { try Self.read(text) }
    }

    @Test(arguments: [
        ("Content-Length: 1\r\nContent-Length: 2", MessageError.conflictingContentLength),
        ("Content-Length: 1, 2", .conflictingContentLength),
        ("Content-Length: 1\r\nTransfer-Encoding: chunked", .lengthAndTransferEncoding),
        ("Transfer-Encoding: identity\r\nContent-Length: 1", .lengthAndTransferEncoding),
        ("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", .repeatedTransferEncoding),
        ("Transfer-Encoding: chunked, chunked", .invalidTransferEncoding),
        ("Transfer-Encoding: chunked, gzip", .invalidTransferEncoding),
        ("Transfer-Encoding: ,", .invalidTransferEncoding),
        ("Content-Length: ", .invalidContentLength),
        ("Content-Length: ,", .invalidContentLength),
        ("Content-Length: +1", .invalidContentLength),
        ("Content-Length: 0x1", .invalidContentLength),
        ("Content-Length: 1 2", .invalidContentLength),
        ("Content-Length: 9223372036854775808", .bodyTooLarge),
        ("Content-Length : 1", .invalidFieldName),
        ("Transfer-Encoding : chunked", .invalidFieldName),
        ("Content-Length:\r\n 1", .invalidContentLength),
        ("Content-Length: 1\r\n 2", .foldedField),
        ("Connection: x\r\n close", .foldedField),
        (" Content-Length: 1", .foldedField),
        ("X: y\r\n\r\r\n", .bareCarriageReturn),
    ])
    func `framing that can be read in two ways is refused`(
        fields: String, expected: MessageError
    ) {
        #expect(throws: expected) { try Self.read("HTTP/1.1 200 OK\r\n\(fields)\r\n\r\n") }
    }

    @Test(arguments: [
        ("x\r\n", MessageError.invalidChunkSize),
        ("1 2\r\n", .invalidChunkSize),
        (" 1\r\n", .invalidChunkSize),
        ("FFFFFFFFFFFFFFFF\r\n", .invalidChunkSize),
        ("1\na", .bareLineFeed),
        ("1\r\nab", .missingChunkEnd),
        ("1\r\na\n", .missingChunkEnd),
        ("1;\0\r\n", .invalidChunkExtension),
    ])
    func `chunks that do not fit together are refused`(chunks: String, expected: MessageError) {
        #expect(throws: expected) {
            try Self.read("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\(chunks)")
        }
    }

    @Test func `sizes of chunks that no number can hold are refused`() throws {
        // What is skipped was announced, and announcing is what is limited.
        var parser = ResponseParser()
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        try parser.expectAllConsumed(head)
        for _ in 0..<8 {
            try parser.expectAllConsumed("FFFFFFFFFFFFFFF\r\n")
            parser.skipContent(parser.contentBytesAhead)
            try parser.expectAllConsumed("\r\n")
        }
        #expect(throws: MessageError.bodyTooLarge) {
            try parser.expectAllConsumed("FFFFFFFFFFFFFFF\r\n")
        }
    }

    @Test func `what follows a response is left, and begins the next`() throws {
        let text = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab"
        let bytes = Array((text + text + "HTTP/1.1 204 \r\n\r\n").utf8)
        var parser = ResponseParser()
        var start = 0
        for expected in [200, 200, 204] {
            start += try parser.consume(bytes.span.extracting(start..<bytes.count))
            #expect(parser.isComplete)
            #expect(parser.status == expected)
            parser.begin()
        }
        #expect(start == bytes.count)
        #expect(!parser.hasBegun)
    }

    @Test func `a complete response uses nothing more`() throws {
        var parser = ResponseParser()
        try parser.expectAllConsumed("HTTP/1.1 204 \r\n\r\n")
        #expect(try parser.consume([0x48].span) == 0)
        #expect(parser.isComplete)
    }

    private static func read(_ text: String) throws {
        let bytes = Array(text.utf8)
        _ = try ResponseReading(of: bytes, pieces: [bytes.count])
    }
}

extension ResponseParser {
    mutating func expectAllConsumed(_ text: String) throws {
        let bytes = Array(text.utf8)
        #expect(try consume(bytes.span) == bytes.count)
    }
}
