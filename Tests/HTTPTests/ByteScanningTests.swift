import Testing

@testable import HTTP

/// What is compared several bytes at a time is judged as if it were one by one.
struct ByteScanningTests {
    @Test(arguments: ["date", "connection", "content-length", "transfer-encoding", "100-continue"])
    func `a name is spelled in either case and by no other byte`(name: String) {
        let text: StaticString =
            switch name {
            case "date": "date"
            case "connection": "connection"
            case "content-length": "content-length"
            case "transfer-encoding": "transfer-encoding"
            default: "100-continue"
            }
        for position in 0..<name.utf8.count {
            var bytes = Array("x\(name)x".utf8)
            let right = bytes[position + 1]
            for byte in UInt8.min...UInt8.max {
                bytes[position + 1] = byte
                let isSpelled = bytes.span.equals(text, in: 1..<bytes.count - 1)
                #expect(isSpelled == (ASCII.lowercased(byte) == right), "\(position) \(byte)")
            }
        }
        let (small, large) = (Array(name.utf8), Array(name.uppercased().utf8))
        let isPartSpelled = small.span.equals(text, in: 1..<small.count)
        let isLargeSpelled = large.span.equals(text, in: 0..<large.count)
        #expect(!isPartSpelled && isLargeSpelled)
    }

    @Test(arguments: ["HTTP/1.1 200 OK", "HTTP/1.1 200", "HTTP/1.1 999 ", "HTTP/1.1  20"])
    func `a usual status line reads as any other does`(line: String) throws {
        for position in 0..<line.utf8.count {
            var bytes = Array(line.utf8)
            for byte in UInt8.min...UInt8.max {
                bytes[position] = byte
                let all = 0..<bytes.count
                guard let usual = StatusLine(usual: all, in: bytes.span) else { continue }
                try StatusLine.admit(all, in: bytes.span)
                let read = try StatusLine(all, in: bytes.span)
                #expect(usual.status == read.status && usual.isHTTP10 == read.isHTTP10)
            }
        }
    }

    @Test(arguments: [
        ("0", 0), ("12", 12), ("007", 7), ("999999999999999999", 999_999_999_999_999_999),
        ("1000000000000000000", nil), ("", nil), ("1a", nil), ("-1", nil), ("1,1", nil),
    ])
    func `a short length is read, and everything else left to a closer look`(
        text: String, length: Int?
    ) {
        let bytes = Array(text.utf8)
        let read = bytes.span.shortLength(in: 0..<bytes.count)
        #expect(read == length)
    }
}
