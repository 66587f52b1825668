import Testing

@testable import HTTP

struct ResponseSerializerTests {
    private let body = Array("{}".utf8)

    @Test func `head and body are one piece`() throws {
        let response = Response(status: 201, headers: ["Location": "/v1/runs/1"], body: body)
        #expect(
            try serialize(response)
                == "HTTP/1.1 201 Created\r\nDate: D\r\nLocation: /v1/runs/1\r\n"
                + "Content-Length: 2\r\n\r\n{}")
    }

    @Test func `a HEAD is told the length and sent no body`() throws {
        let text = try serialize(Response(status: 200, body: body), omitsBody: true)
        #expect(text.hasSuffix("Content-Length: 2\r\n\r\n"))
    }

    @Test(arguments: [204, 304])
    func `a status without body announces none`(status: Int) throws {
        let text = try serialize(Response(status: status, body: body))
        #expect(!text.contains("Content-Length"))
        #expect(text.hasSuffix("\r\n\r\n"))
    }

    @Test func `framing is never the handler's`() throws {
        let response = Response(
            status: 200,
            headers: [
                "content-length": "9", "Transfer-Encoding": "chunked", "Connection": "upgrade",
                "DATE": "x", "X": "kept",
            ])
        #expect(
            try serialize(response, connection: .close)
                == "HTTP/1.1 200 OK\r\nDate: D\r\nX: kept\r\nConnection: close\r\n"
                + "Content-Length: 0\r\n\r\n")
    }

    @Test(arguments: ["a\r\nSet-Cookie: b", "a\nb", "a\0", "\u{7F}"])
    func `a value cannot write further fields`(value: String) {
        #expect(throws: ResponseSerializer.InvalidResponse.field(name: "X")) {
            try serialize(Response(status: 200, headers: ["X": value]))
        }
    }

    @Test(arguments: ["", "a b", "a:", "a\r\n"])
    func `a name is a token`(name: String) {
        #expect(throws: ResponseSerializer.InvalidResponse.field(name: name)) {
            try serialize(Response(status: 200, headers: [name: "x"]))
        }
    }

    @Test(arguments: [Int.min, 0, 100, 199, 600, Int.max])
    func `a status that is not final is refused`(status: Int) {
        #expect(throws: ResponseSerializer.InvalidResponse.status(status)) {
            try serialize(Response(status: status))
        }
    }

    @Test(arguments: [
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
        (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
        (951_782_399, "Mon, 28 Feb 2000 23:59:59 GMT"),
        (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
        (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
        (253_402_300_799, "Fri, 31 Dec 9999 23:59:59 GMT"),
        (Int.max, "Fri, 31 Dec 9999 23:59:59 GMT"),
        (-1, "Thu, 01 Jan 1970 00:00:00 GMT"),
    ])
    func `dates are written as the field wants them`(second: Int, expected: String) {
        #expect(HTTPDate.text(unixSeconds: second) == expected)
    }

    private func serialize(
        _ response: Response, connection: ResponseSerializer.Connection = .unmentioned,
        omitsBody: Bool = false
    ) throws -> String {
        var output: [UInt8] = []
        try ResponseSerializer.append(
            response, to: &output, date: "D", connection: connection, omitsBody: omitsBody)
        return String(decoding: output, as: UTF8.self)
    }
}
