/// The fields that decide where a request ends and whether another may follow.
///
/// Wherever two programs could read them differently, the request is refused instead of repaired:
/// that difference is how requests are smuggled (RFC 9112, section 11.2).
struct FramingFields: Sendable {
    private var contentLength: Int?
    private var transferEncoding: TransferEncoding?
    private var hasHost = false
    private var closes = false
    private var keepsAlive = false
    private var expectation = RequestHead.Expectation.none

    private enum TransferEncoding { case chunked }

    mutating func note(_ field: FieldLine, in bytes: Span<UInt8>) throws(MessageError) {
        let (name, value) = (field.name, field.value)
        switch name.count {
        case 4 where bytes.equals("host", in: name): try noteHost(value, in: bytes)
        case 6 where bytes.equals("expect", in: name):
            expectation = bytes.equals("100-continue", in: value) ? .continue100 : .unknown
        case 10 where bytes.equals("connection", in: name): noteConnection(value, in: bytes)
        case 14 where bytes.equals("content-length", in: name):
            guard contentLength == nil else { throw .repeatedContentLength }
            contentLength = try bytes.length(in: value)
        case 17 where bytes.equals("transfer-encoding", in: name):
            guard transferEncoding == nil else { throw .repeatedTransferEncoding }
            transferEncoding = try Self.transferEncoding(value, in: bytes)
        default: break
        }
    }

    /// Judges the fields together, once all are there.
    func settle(_ head: inout RequestHead) throws(MessageError) {
        guard hasHost || head.version == .http10 else { throw .missingHost }
        if transferEncoding != nil {
            guard contentLength == nil else { throw .lengthAndTransferEncoding }
            // HTTP/1.0 has no chunks, so something on the way must have misread this one.
            guard head.version == .http11 else { throw .invalidTransferEncoding }
            head.framing = .chunked
        } else if let contentLength {
            head.framing = .length(contentLength)
        }
        head.keepsAlive = !closes && (keepsAlive || head.version == .http11)
        // A client of HTTP/1.0 cannot mean it (RFC 9110, section 10.1.1).
        head.expectation = head.version == .http11 ? expectation : .none
    }

    private mutating func noteHost(
        _ value: Range<Int>, in bytes: Span<UInt8>
    ) throws(MessageError) {
        guard !hasHost else { throw .repeatedHost }
        guard bytes.firstByte(in: value, unless: ASCII.isHost) == nil else { throw .invalidHost }
        hasHost = true
    }

    private mutating func noteConnection(_ value: Range<Int>, in bytes: Span<UInt8>) {
        bytes.forEachElement(of: value) { element in
            if bytes.equals("close", in: element) { closes = true }
            if bytes.equals("keep-alive", in: element) { keepsAlive = true }
        }
    }

    private static func transferEncoding(
        _ value: Range<Int>, in bytes: Span<UInt8>
    ) throws(MessageError) -> TransferEncoding {
        if bytes.equals("chunked", in: value) { return .chunked }
        var (elementCount, chunkedCount, lastIsChunked) = (0, 0, false)
        bytes.forEachElement(of: value) { element in
            elementCount += 1
            lastIsChunked = bytes.equals("chunked", in: element)
            if lastIsChunked { chunkedCount += 1 }
        }
        guard elementCount > 1, chunkedCount <= 1, lastIsChunked || chunkedCount == 0 else {
            if elementCount == 1, chunkedCount == 0 { throw .unsupportedTransferCoding }
            throw .invalidTransferEncoding
        }
        throw .unsupportedTransferCoding
    }
}
