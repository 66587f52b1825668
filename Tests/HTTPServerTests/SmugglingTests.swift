import Testing

/// Messages that another program on the way might read as two. Each is answered once, with its
/// error, and what follows on the connection is never taken for a request.
struct SmugglingTests {
    private static let second = "GET /gate HTTP/1.1\r\nHost: a\r\n\r\n"

    @Test(arguments: [
        ("Content-Length: 0\r\nContent-Length: 36", 400),
        ("Content-Length: 0\r\ncontent-length: 0", 400),
        ("Content-Length: 0, 0", 400),
        ("Content-Length: 36\r\nTransfer-Encoding: chunked", 400),
        ("Transfer-Encoding: chunked\r\nContent-Length: 36", 400),
        ("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", 400),
        ("Transfer-Encoding: identity, chunked", 501),
        ("Transfer-Encoding: chunked, identity", 400),
        ("Transfer-Encoding: xchunked", 501),
        ("Transfer-Encoding:\u{B}chunked", 400),
        ("Transfer-Encoding : chunked", 400),
        ("Transfer-Encoding\u{1}: chunked", 400),
        ("Transfer-Encoding:\r\n chunked", 400),
        ("X: y\nTransfer-Encoding: chunked", 400),
        ("X: y\rTransfer-Encoding: chunked", 400),
        ("X: y\0\r\nContent-Length: 0", 400),
        ("Content-Length: +0", 400),
        ("Content-Length: 0x0", 400),
        ("Content-Length: -1", 400),
        ("Content-Length: 18446744073709551616", 413),
    ])
    func `a head of two meanings has none`(fields: String, status: Int) async throws {
        let head = "POST /echo HTTP/1.1\r\nHost: a\r\n\(fields)\r\n\r\n"
        try await expectOneAnswer(status, to: "\(head)0\r\n\r\n\(Self.second)")
    }

    @Test(arguments: [
        "0 \r\n\r\n", "0\n\r\n", "0\r\n\n", "-0\r\n\r\n", "0x0\r\n\r\n", "\r\n\r\n",
        "1\r\nZZ\r\n0\r\n\r\n", "1;\n0\r\n\r\n", "10000000000000000\r\n", "0;a\rb\r\n\r\n",
        "0\r\n Host: b\r\n\r\n",
    ])
    func `a chunk of two meanings has none`(chunks: String) async throws {
        let head = "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        try await expectOneAnswer(400, to: head + chunks + Self.second)
    }

    @Test func `a body that nobody reads is not taken for the next request`() async throws {
        let head = "POST /nowhere HTTP/1.1\r\nHost: a\r\nContent-Length: 36\r\n\r\n"
        try await expectOneAnswer(404, to: head + Self.second)
    }

    private func expectOneAnswer(_ status: Int, to text: String) async throws {
        let server = try TestServer()
        await server.gate.open()
        let client = try server.client()
        let answer = try await client.ask(text)
        #expect(answer.status == status)
        #expect(answer.fields["connection"] == "close")
        #expect(try await client.end() == "")
        #expect(await server.gate.arrivals == 0)
        await server.shutdown()
    }
}
