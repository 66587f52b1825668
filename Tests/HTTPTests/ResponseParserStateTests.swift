import Testing

@testable import HTTP

struct ResponseParserStateTests {
    // MARK: Limits

    @Test(arguments: [[Int.max], [1_000], [1]])
    func `a head may have its largest size and not one byte more`(pieces: [Int]) throws {
        let rest = "HTTP/1.1 200 OK\r\nX: \r\nContent-Length: 0\r\n\r\n".utf8.count
        let text = String(repeating: "x", count: ResponseParser.headBytesMax - rest)
        func head(_ value: String) -> [UInt8] {
            Array("HTTP/1.1 200 OK\r\nX: \(value)\r\nContent-Length: 0\r\n\r\n".utf8)
        }
        var parser = ResponseParser()
        try Self.feed(&parser, head(text), by: pieces[0])
        #expect(parser.isComplete)
        #expect(parser.headByteCount == ResponseParser.headBytesMax)
        parser.begin()
        #expect(throws: MessageError.headTooLarge) {
            try Self.feed(&parser, head(text + "x"), by: pieces[0])
        }
    }

    @Test(arguments: [Int.max, 1_000])
    func `a line that never ends is refused when it cannot end in time`(piece: Int) throws {
        let line = "HTTP/1.1 200 "
        let most = ResponseParser.headBytesMax - line.utf8.count - 1
        var parser = ResponseParser()
        try Self.feed(&parser, Array(line.utf8) + Array(repeating: 0x61, count: most), by: piece)
        #expect(!parser.isHeadComplete)
        #expect(throws: MessageError.headTooLarge) { try parser.expectAllConsumed("a") }
    }

    @Test func `interim heads without end are refused`() throws {
        let interim = "HTTP/1.1 102 Processing\r\n\r\n"
        var parser = ResponseParser()
        for _ in 0..<(ResponseParser.headBytesMax / interim.utf8.count) {
            try parser.expectAllConsumed(interim)
        }
        #expect(throws: MessageError.headTooLarge) { try parser.expectAllConsumed(interim) }
    }

    @Test func `trailers may have their largest size and not one byte more`() throws {
        let most = ChunkedDecoder.trailerBytesMax - "X: \r\n\r\n".utf8.count
        let text = String(repeating: "x", count: most)
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"
        var parser = ResponseParser()
        try parser.expectAllConsumed("\(head)X: \(text)\r\n\r\n")
        #expect(parser.isComplete)
        parser.begin()
        #expect(throws: MessageError.headTooLarge) {
            try parser.expectAllConsumed("\(head)X: \(text)x\r\n\r\n")
        }
    }

    @Test func `blanks behind a chunk's size have a largest number`() throws {
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0"
        let blanks = String(repeating: " ", count: ChunkedDecoder.extensionBytesMax)
        var parser = ResponseParser()
        // The first blank ends the size, and the carriage return counts.
        try parser.expectAllConsumed("\(head)\(blanks)\r\n\r\n")
        #expect(parser.isComplete)
        parser.begin()
        #expect(throws: MessageError.invalidChunkSize) {
            try parser.expectAllConsumed("\(head)\(blanks) \r\n\r\n")
        }
    }

    // MARK: Bodies that are thrown away

    @Test func `a body of known length can be thrown away unread`() throws {
        var parser = ResponseParser()
        #expect(parser.contentBytesAhead == 0)
        try parser.expectAllConsumed("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n1234567890")
        #expect(parser.contentBytesAhead == 90)
        parser.skipContent(89)
        #expect(!parser.isComplete)
        parser.skipContent(1)
        #expect(parser.isComplete)
        #expect(parser.bodyByteCount == 100)
        #expect(parser.contentBytesAhead == 0)
    }

    @Test func `the rest of a chunk can be thrown away unread`() throws {
        var parser = ResponseParser()
        try parser.expectAllConsumed(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\n12345678")
        #expect(parser.contentBytesAhead == 8)
        parser.skipContent(8)
        #expect(parser.contentBytesAhead == 0)
        try parser.expectAllConsumed("\r\n0\r\n\r\n")
        #expect(parser.isComplete)
        #expect(parser.bodyByteCount == 16)
    }

    @Test func `a body up to the connection's end can be thrown away unread`() throws {
        var parser = ResponseParser()
        try parser.expectAllConsumed("HTTP/1.0 200 OK\r\n\r\nabc")
        #expect(parser.contentBytesAhead == .max)
        parser.skipContent(1_000_000)
        try parser.end()
        #expect(parser.isComplete)
        #expect(parser.bodyByteCount == 1_000_003)
    }

    // MARK: The connection's end

    @Test(arguments: [
        "", "HTTP/1.1 200", "HTTP/1.1 200 OK\r\n\r", "HTTP/1.1 100 Continue\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\na",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n",
    ])
    func `an end within a response is an error`(text: String) throws {
        var parser = ResponseParser()
        try parser.expectAllConsumed(text)
        #expect(parser.hasBegun == !text.isEmpty)
        #expect(throws: MessageError.endedEarly) { try parser.end() }
    }

    @Test func `an abandoned response leaves no trace in the next`() throws {
        var parser = ResponseParser(answersHead: true)
        try parser.expectAllConsumed("HTTP/1.0 500 X\r\nConnection: close\r\nTransfer-Enc")
        parser.begin()
        try parser.expectAllConsumed("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx")
        #expect(parser.isComplete)
        #expect(parser.keepsConnection)
        #expect(parser.bodyByteCount == 1)
    }

    // MARK: Observing

    @Test(arguments: [Int.max, 7, 1])
    func `fields of the final head are shown, whole also where they came in pieces`(
        piece: Int
    ) throws {
        let text =
            "HTTP/1.1 103 Early Hints\r\nLink: no\r\n\r\n"
            + "HTTP/1.1 302 Found\r\nLocation:  /a?b=c \r\nX-Empty:\r\nSet-Cookie: a=b;\r\n"
            + "\tfolded: 1\r\nno colon\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "3\r\nabc\r\n2\r\nde\r\n0\r\nTrailer: no\r\n\r\n"
        var parser = ResponseParser()
        var collector = Collector()
        let bytes = Array(text.utf8)
        var start = 0
        while start < bytes.count {
            let end = piece < bytes.count - start ? start + piece : bytes.count
            start += try parser.consume(
                bytes.span.extracting(start..<end), showing: &collector)
        }
        #expect(parser.isComplete)
        #expect(
            collector.fields == [
                "Location=/a?b=c", "X-Empty=", "Set-Cookie=a=b;", "Transfer-Encoding=chunked",
            ])
        #expect(String(decoding: collector.body, as: UTF8.self) == "abcde")
    }

    private static func feed(
        _ parser: inout ResponseParser, _ bytes: [UInt8], by piece: Int
    ) throws {
        var start = 0
        while start < bytes.count {
            let end = piece < bytes.count - start ? start + piece : bytes.count
            start += try parser.consume(bytes.span.extracting(start..<end))
        }
    }
}
