import Testing

@testable import HTTP

struct RequestHeadParserTests {
    @Test func `a head is read into its parts`() throws {
        let head = try parse(
            "POST /v1/runs?limit=5 HTTP/1.1\r\nHost: a\r\n"
                + "X-Tag:  one \t\r\nContent-Length: 3\r\n\r\n"
        )
        #expect(head.method == "POST")
        #expect(head.target.raw == "/v1/runs?limit=5")
        #expect(head.target.path == ["v1", "runs"])
        #expect(head.headers["x-tag"] == "one")
        #expect(head.framing == .length(3))
        #expect(head.keepsAlive)
    }

    @Test(arguments: [
        ("GET / HTTP/1.1\nHost: a\r\n\r\n", MessageError.bareLineFeed),
        ("GET / HTTP/1.1\r\nHost: a\n\r\n", .bareLineFeed),
        ("GET / HTTP/1.1\r\nHost: a\r\n\n", .bareLineFeed),
        ("GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n", .bareCarriageReturn),
        ("GET / HTTP/1.1\r\nHost: a\r\nX: a\r\r\n\r\n", .bareCarriageReturn),
        ("GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n", .invalidFieldValue),
        ("GET / HTTP/1.1\r\nHost: a\r\nX: a\u{7F}\r\n\r\n", .invalidFieldValue),
        ("GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n", .foldedField),
        ("GET / HTTP/1.1\r\n Host: a\r\n\r\n", .foldedField),
        ("GET / HTTP/1.1\r\nHost : a\r\n\r\n", .invalidFieldName),
        ("GET / HTTP/1.1\r\nHost: a\r\n: a\r\n\r\n", .invalidFieldName),
        ("GET / HTTP/1.1\r\nHost: a\r\nX\0: a\r\n\r\n", .invalidFieldName),
        ("GET / HTTP/1.1\r\nHost: a\r\nX(y): a\r\n\r\n", .invalidFieldName),
        ("GET / HTTP/1.1\r\nHost: a\r\nnothing\r\n\r\n", .missingColon),
        ("GET / HTTP/1.1\r\nX: a\r\n\r\n", .missingHost),
        ("GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n", .repeatedHost),
        ("GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", .invalidHost),
        ("GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", .invalidHost),
        ("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", .invalidHost),
    ])
    func `fields that two programs might read differently are refused`(
        text: String, expected: MessageError
    ) {
        #expect(throws: expected) { try parse(text) }
        #expect(expected.status == 400)
    }

    @Test(arguments: [
        ("GET /\r\n", MessageError.malformedRequestLine, 400),
        ("GET\r\n", .malformedRequestLine, 400),
        ("\r\n\r\nGET / HTTP/1.1\r\n", .malformedRequestLine, 400),
        (" GET / HTTP/1.1\r\n", .invalidMethod, 400),
        ("G(T / HTTP/1.1\r\n", .invalidMethod, 400),
        ("\u{16}\u{3}\u{1}", .invalidMethod, 400),
        ("\(String(repeating: "A", count: 35)) / HTTP/1.1\r\n", .methodTooLong, 501),
        ("CONNECT a:80 HTTP/1.1\r\n", .methodNotImplemented, 501),
        ("GET  / HTTP/1.1\r\n", .malformedVersion, 400),
        ("GET /  HTTP/1.1\r\n", .malformedVersion, 400),
        ("GET / HTTP/1.1 \r\n", .malformedVersion, 400),
        ("GET / http/1.1\r\n", .malformedVersion, 400),
        ("GET / HTTP/1.10\r\n", .malformedVersion, 400),
        ("GET / HTTP/11\r\n", .malformedVersion, 400),
        ("GET / HTTP/2.0\r\n", .unsupportedVersion, 505),
        ("GET / HTTP/0.9\r\n", .unsupportedVersion, 505),
        ("GET / HTTP/1.2\r\n", .unsupportedVersion, 505),
        ("GET a HTTP/1.1\r\n", .invalidTarget, 400),
        ("GET /\r HTTP/1.1\r\n", .invalidTarget, 400),
        ("GET /\0 HTTP/1.1\r\n", .invalidTarget, 400),
    ])
    func `a bad request line is refused before the fields`(
        text: String, expected: MessageError, status: Int
    ) {
        #expect(throws: expected) { try parse(text) }
        #expect(expected.status == status)
    }

    @Test(arguments: [
        ("Content-Length: 1\r\nContent-Length: 1", MessageError.repeatedContentLength),
        ("Content-Length: 1\r\nContent-Length: 2", .repeatedContentLength),
        ("Content-Length: 1, 1", .invalidContentLength),
        ("Content-Length: +1", .invalidContentLength),
        ("Content-Length: -1", .invalidContentLength),
        ("Content-Length: 0x1", .invalidContentLength),
        ("Content-Length: 1 1", .invalidContentLength),
        ("Content-Length:", .invalidContentLength),
        ("Content-Length: 99999999999999999999", .bodyTooLarge),
        ("Content-Length: 9223372036854775808", .bodyTooLarge),
        ("Content-Length: 1\r\nTransfer-Encoding: chunked", .lengthAndTransferEncoding),
        ("Transfer-Encoding: chunked\r\nContent-Length: 0", .lengthAndTransferEncoding),
        ("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", .repeatedTransferEncoding),
        ("Transfer-Encoding: chunked, chunked", .invalidTransferEncoding),
        ("Transfer-Encoding: chunked, gzip", .invalidTransferEncoding),
        ("Transfer-Encoding: ,chunked", .invalidTransferEncoding),
        ("Transfer-Encoding:", .invalidTransferEncoding),
        ("Transfer-Encoding: gzip", .unsupportedTransferCoding),
        ("Transfer-Encoding: identity", .unsupportedTransferCoding),
        ("Transfer-Encoding: xchunked", .unsupportedTransferCoding),
        ("Transfer-Encoding: gzip, chunked", .unsupportedTransferCoding),
        ("Transfer-Encoding: \u{B}chunked", .invalidFieldValue),
        ("Transfer-Encoding : chunked", .invalidFieldName),
    ])
    func `ambiguous framing is refused`(fields: String, expected: MessageError) {
        #expect(throws: expected) {
            try parse("POST / HTTP/1.1\r\nHost: a\r\n\(fields)\r\n\r\n")
        }
    }

    @Test func `chunks are refused in HTTP 1 0, which has none`() {
        #expect(throws: MessageError.invalidTransferEncoding) {
            try parse("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n")
        }
    }

    @Test(arguments: [
        ("HTTP/1.1", "X: a", true),
        ("HTTP/1.1", "Connection: close", false),
        ("HTTP/1.1", "Connection: x, CLOSE ,y", false),
        ("HTTP/1.1", "Connection: keep-alive, close", false),
        ("HTTP/1.1", "Connection: closed", true),
        ("HTTP/1.0", "X: a", false),
        ("HTTP/1.0", "Connection: Keep-Alive", true),
    ])
    func `the connection stays as version and field say`(
        version: String, field: String, expected: Bool
    ) throws {
        #expect(try parse("GET / \(version)\r\nHost: a\r\n\(field)\r\n\r\n").keepsAlive == expected)
    }

    @Test func `expectations are recognized, except from HTTP 1 0`() throws {
        let fields = "Host: a\r\nExpect: 100-Continue\r\n\r\n"
        #expect(try parse("POST / HTTP/1.1\r\n\(fields)").expectation == .continue100)
        #expect(try parse("POST / HTTP/1.0\r\n\(fields)").expectation == .none)
        #expect(
            try parse("POST / HTTP/1.1\r\nHost: a\r\nExpect: x\r\n\r\n").expectation == .unknown)
    }

    @Test func `one empty line before the request line is skipped`() throws {
        #expect(try parse("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n").method == "GET")
    }

    @Test func `a head of the largest size is read and one byte more refused`() throws {
        let text = "GET / HTTP/1.1\r\nHost: a\r\nX: abc\r\n\r\n"
        let size = text.utf8.count
        #expect(try parse(text, headBytesMax: size).headers["X"] == "abc")
        #expect(throws: MessageError.headTooLarge) { try parse(text, headBytesMax: size - 1) }
        let unfinished = "GET / HTTP/1.1\r\nHost: a\r\nX: abcd"
        #expect(throws: MessageError.headTooLarge) {
            try parse(unfinished, headBytesMax: unfinished.utf8.count)
        }
    }

    @Test func `a target of the largest size is read and one byte more refused`() throws {
        let text = "GET /abcdefgh HTTP/1.1\r\nHost: a\r\n\r\n"
        #expect(try parse(text, targetBytesMax: 9).target.raw == "/abcdefgh")
        #expect(throws: MessageError.targetTooLong) { try parse(text, targetBytesMax: 8) }
        let endless = "GET /" + String(repeating: "a", count: 200)
        #expect(throws: MessageError.targetTooLong) { try parse(endless, targetBytesMax: 100) }
    }

    @Test func `as many fields as allowed are read and one more refused`() throws {
        let text = "GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\nY: 2\r\n\r\n"
        #expect(try parse(text, fieldCountMax: 3).headers.count == 3)
        #expect(throws: MessageError.tooManyFields) { try parse(text, fieldCountMax: 2) }
    }

    @Test func `what follows the head is left alone`() throws {
        var parser = RequestHeadParser(
            limits: .init(headBytesMax: 100, targetBytesMax: 50, fieldCountMax: 5))
        let text = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
        let bytes = Array((text + "body").utf8)
        #expect(try parser.parse(bytes.span) != nil)
        #expect(parser.byteCount == text.utf8.count)
    }

    /// Nothing is returned for a head without its end; that counts as a failure here.
    @discardableResult
    private func parse(
        _ text: String, headBytesMax: Int = 8_192, targetBytesMax: Int = 1_024,
        fieldCountMax: Int = 20
    ) throws -> RequestHead {
        var parser = RequestHeadParser(
            limits: .init(
                headBytesMax: headBytesMax, targetBytesMax: targetBytesMax,
                fieldCountMax: fieldCountMax))
        let bytes = Array(text.utf8)
        return try #require(try parser.parse(bytes.span))
    }
}
