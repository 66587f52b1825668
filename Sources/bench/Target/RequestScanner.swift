import Glibc

/// Finds where requests end in what a connection sends, and little else: a line is looked at only
/// as far as it may tell the length of a body.
struct RequestScanner {
    /// A request whose end a length does not tell.
    struct Unsupported: Error {}

    private static let contentLength = Array("content-length:".utf8)
    private static let transferEncoding = Array("transfer-encoding:".utf8)
    private static let lineFeed = Int32(UInt8(ascii: "\n"))

    private var bodyBytes = 0
    private var bodyBytesLeft = 0
    private var isInHead = false

    /// Counts the requests that end in `bytes`.
    ///
    /// - Returns: also how many bytes were used; an unfinished line at the end is not, and must be
    ///   offered again with what follows it.
    mutating func scan(
        _ bytes: UnsafeRawBufferPointer
    ) throws(Unsupported) -> (requests: Int, used: Int) {
        guard let base = bytes.baseAddress else { return (0, 0) }
        var (requests, position) = (0, 0)
        while position < bytes.count {
            if bodyBytesLeft > 0 {
                let skipped = min(bodyBytesLeft, bytes.count - position)
                bodyBytesLeft -= skipped
                position += skipped
                if bodyBytesLeft == 0 { requests += 1 }
                continue
            }
            // `memchr` stays within the count given, and so within `bytes`: the line found has at
            // least one byte, its line feed.
            guard
                let end = memchr(base + position, Self.lineFeed, bytes.count - position)
            else { break }
            let next = UnsafeRawPointer(end) - base + 1
            let line = UnsafeRawBufferPointer(rebasing: bytes[position..<next])
            if line.count <= 2, line[0] == UInt8(ascii: "\r") || line.count == 1 {
                requests += endHead()
            } else {
                isInHead = true
                try read(line)
            }
            position = next
        }
        return (requests, position)
    }

    /// - Returns: the number of requests that end with their head.
    private mutating func endHead() -> Int {
        // RFC 9112, section 2.2: an empty line before a request is to be ignored.
        guard isInHead else { return 0 }
        isInHead = false
        bodyBytesLeft = bodyBytes
        bodyBytes = 0
        return bodyBytesLeft == 0 ? 1 : 0
    }

    private mutating func read(_ line: UnsafeRawBufferPointer) throws(Unsupported) {
        switch line[0] | 0x20 {
        case UInt8(ascii: "c") where Self.begins(line, with: Self.contentLength):
            bodyBytes = 0
            for byte in line[Self.contentLength.count...] where (48...57).contains(byte) {
                let (product, overflow) = bodyBytes.multipliedReportingOverflow(by: 10)
                guard !overflow, product < Int.max - 10 else { throw Unsupported() }
                bodyBytes = product + Int(byte - 48)
            }
        case UInt8(ascii: "t") where Self.begins(line, with: Self.transferEncoding):
            throw Unsupported()
        default: break
        }
    }

    private static func begins(_ line: UnsafeRawBufferPointer, with name: [UInt8]) -> Bool {
        guard line.count > name.count else { return false }
        for index in name.indices where line[index] | 0x20 != name[index] | 0x20 { return false }
        return true
    }
}
