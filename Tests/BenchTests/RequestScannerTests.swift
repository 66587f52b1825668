import Testing

@testable import bench

struct RequestScannerTests {
    /// Offers the bytes in pieces, each with what the last left over.
    private func count(_ text: String, pieceBytes: Int) throws -> Int {
        var scanner = RequestScanner()
        var rest = Array(text.utf8)[...]
        var (pending, requests): ([UInt8], Int) = ([], 0)
        while !rest.isEmpty {
            pending += rest.prefix(pieceBytes)
            rest = rest.dropFirst(pieceBytes)
            let found = try pending.withUnsafeBytes { try scanner.scan($0) }
            requests += found.requests
            pending.removeFirst(found.used)
        }
        return requests
    }

    @Test(arguments: [
        ("", 0),
        ("GET / HTTP/1.1\r\nHost: a\r\n", 0),
        ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", 1),
        ("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\n\r\n", 2),
        ("\r\nGET / HTTP/1.1\r\n\r\n", 1),
        ("GET / HTTP/1.1\nHost: a\n\n", 1),
        ("POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\n\r\n\r\n", 1),
        ("POST / HTTP/1.1\r\ncontent-length:5\r\n\r\nab\n\nc", 1),
        ("POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nabcd", 0),
        ("POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\nGET / HTTP/1.1\r\n\r\n", 2),
        ("POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabcPOST / HTTP/1.1\r\n\r\n", 2),
        ("GET / HTTP/1.1\r\nContent-Lengthy: 9\r\nCookie: a\r\n\r\n", 1),
    ])
    func `requests are counted where they end, however they arrive`(
        text: String, requests: Int
    ) throws {
        for bytes in 1...max(1, text.utf8.count) {
            #expect(try count(text, pieceBytes: bytes) == requests, "pieces of \(bytes)")
        }
    }

    @Test(arguments: [
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n",
    ])
    func `a request whose end no length tells is refused`(text: String) {
        #expect(throws: RequestScanner.Unsupported.self) { try count(text, pieceBytes: 1_000) }
    }
}
