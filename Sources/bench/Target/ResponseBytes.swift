/// The one response of a target, rendered once.
///
/// With JSON it differs from request to request by a number of constant width, which is
/// overwritten in place. A response of a few hundred bytes is taken whole by an empty send
/// buffer, so no two are mixed.
struct ResponseBytes: ~Copyable {
    struct Content: Equatable {
        var status = 200
        var bodyBytes = 2
        var isChunked = false
        var closes = false
        var isJSON = false
    }

    /// The first number of JSON responses; so wide that a run cannot make it wider.
    static let firstNumber = 1_000_000_000

    private let storage: UnsafeMutableRawBufferPointer
    /// Where the last digit of the number stands, in each place that shows it.
    private let digitEnds: [Int]

    init(_ content: Content) {
        let number = String(Self.firstNumber)
        let body = Self.body(content, number: number)
        var head = "HTTP/1.1 \(content.status) \(content.status < 400 ? "OK" : "Error")\r\n"
        head += "Content-Type: \(content.isJSON ? "application/json" : "text/plain")\r\n"
        if content.isJSON { head += "X-Token: t\(number)\r\n" }
        if content.closes { head += "Connection: close\r\n" }
        var bytes: [UInt8]
        if content.isChunked {
            head += "Transfer-Encoding: chunked\r\n\r\n"
            if !body.isEmpty { head += String(body.count, radix: 16) + "\r\n" }
            bytes = Array(head.utf8) + body
            bytes += Array("\(body.isEmpty ? "" : "\r\n")0\r\n\r\n".utf8)
        } else {
            head += "Content-Length: \(body.count)\r\n\r\n"
            bytes = Array(head.utf8) + body
        }
        digitEnds = content.isJSON ? Self.ends(of: Array(number.utf8), in: bytes) : []
        storage = .allocate(byteCount: bytes.count, alignment: 64)
        storage.copyBytes(from: bytes)
    }

    deinit { storage.deallocate() }

    var count: Int { storage.count }

    /// What is left to be sent after `offset` bytes. Valid as long as this value lives.
    func bytes(from offset: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: storage[offset...])
    }

    /// Makes the next response differ from the last, where responses do.
    func countUp() {
        for end in digitEnds {
            var position = end
            while storage[position] == UInt8(ascii: "9") {
                storage[position] = UInt8(ascii: "0")
                position -= 1
            }
            storage[position] += 1
        }
    }

    private static func body(_ content: Content, number: String) -> [UInt8] {
        if content.isJSON { return Array(#"{"token":"t\#(number)","id":\#(number)}"#.utf8) }
        if content.bodyBytes == 2 { return Array("ok".utf8) }
        return [UInt8](repeating: UInt8(ascii: "x"), count: content.bodyBytes)
    }

    private static func ends(of number: [UInt8], in bytes: [UInt8]) -> [Int] {
        guard bytes.count >= number.count else { return [] }
        return (0...bytes.count - number.count)
            .filter { bytes[$0..<$0 + number.count].elementsEqual(number) }
            .map { $0 + number.count - 1 }
    }
}
