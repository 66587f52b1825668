import Testing

struct ContinueTests {
    private static let head =
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"

    @Test func `a client that waits for it is told to go on`() async throws {
        let server = try TestServer()
        let client = try server.client()
        for _ in 0..<2 {
            #expect(try await client.ask(Self.head).status == 100)
            #expect(try await client.ask("ab").body == "ab")
        }
        await server.shutdown()
    }

    @Test func `a client that does not wait is not told`() async throws {
        let server = try TestServer()
        #expect(try await server.client().ask("\(Self.head)ab").body == "ab")
        await server.shutdown()
    }

    @Test(arguments: [
        ("POST /small", "Content-Length: 5\r\nExpect: 100-continue", 413),
        ("POST /nowhere", "Content-Length: 5\r\nExpect: 100-continue", 404),
        ("PUT /echo", "Content-Length: 5\r\nExpect: 100-continue", 405),
        ("POST /echo", "Content-Length: 5\r\nExpect: miracles", 417),
    ])
    func `a body that is not wanted is refused before it is sent`(
        line: String, fields: String, status: Int
    ) async throws {
        let server = try TestServer()
        let client = try server.client()
        let answer = try await client.ask("\(line) HTTP/1.1\r\nHost: a\r\n\(fields)\r\n\r\n")
        #expect(answer.status == status)
        #expect(try await client.end() == "")
        await server.shutdown()
    }
}
