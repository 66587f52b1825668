/// The fields that decide where a response ends and whether its connection can be used again.
///
/// Everything else in a head is passed over unread, malformed or not: a client is not deceived by
/// what it ignores. Where the end of the body could be read in two ways, the response is refused
/// (RFC 9112, section 6.3).
struct ResponseFields: Sendable {
    private enum TransferEncoding { case chunked, other }

    private var contentLength: Int?
    private var transferEncoding: TransferEncoding?
    private var closes = false
    private var keepsAlive = false
    /// Whether a line that begins with white space would continue something that matters, or
    /// nothing at all.
    private var isFoldAmbiguous = true

    /// Takes notice of a line, which is not empty and without its end.
    mutating func note(_ line: Range<Int>, in bytes: Span<UInt8>) throws(MessageError) {
        switch bytes[line.lowerBound] {
        case 0x43, 0x63, 0x54, 0x74:  // C and T, which begin all the names below.
            isFoldAmbiguous = try noteFraming(line, in: bytes)
        case ASCII.space, ASCII.tab:
            // A client may join folded lines (RFC 9112, section 5.2); there is no need to, here.
            guard !isFoldAmbiguous else { throw .foldedField }
        case ASCII.carriageReturn:
            throw .bareCarriageReturn  // To some programs this is the head's end.
        default:
            isFoldAmbiguous = false
        }
    }

    /// How the body is framed in a response that may have one.
    func framing() throws(MessageError) -> ResponseParser.Framing {
        switch transferEncoding {
        case .chunked where contentLength == nil: .chunked
        case .other where contentLength == nil: .untilEnd
        case nil: contentLength.map { .length($0) } ?? .untilEnd
        default: throw .lengthAndTransferEncoding
        }
    }

    func keepsConnection(isHTTP10: Bool) -> Bool {
        // HTTP/1.0 has no transfer codings: something on the way misreads (RFC 9112, section 6.1).
        isHTTP10 ? keepsAlive && !closes && transferEncoding == nil : !closes
    }

    /// Returns whether the line was one of those that matter.
    private mutating func noteFraming(
        _ line: Range<Int>, in bytes: Span<UInt8>
    ) throws(MessageError) -> Bool {
        guard let colon = bytes.firstIndex(of: ASCII.colon, in: line) else { return false }
        let name = bytes.trimmingWhitespace(line.lowerBound..<colon)
        switch name.count {
        case 10 where bytes.equals("connection", in: name):
            noteConnection((colon + 1)..<line.upperBound, in: bytes)
        case 14 where bytes.equals("content-length", in: name):
            try noteLength(bytes.trimmingWhitespace((colon + 1)..<line.upperBound), in: bytes)
        case 17 where bytes.equals("transfer-encoding", in: name):
            try noteCoding((colon + 1)..<line.upperBound, in: bytes)
        default: return false
        }
        // With a blank before the colon the field counts for some programs and not for others.
        guard name.upperBound == colon else { throw .invalidFieldName }
        return true
    }

    private mutating func noteConnection(_ value: Range<Int>, in bytes: Span<UInt8>) {
        bytes.forEachElement(of: value) { element in
            if bytes.equals("close", in: element) { closes = true }
            if bytes.equals("keep-alive", in: element) { keepsAlive = true }
        }
    }

    private mutating func noteLength(
        _ value: Range<Int>, in bytes: Span<UInt8>
    ) throws(MessageError) {
        if let length = bytes.shortLength(in: value) { return try noteLength(length) }
        if bytes.firstIndex(of: ASCII.comma, in: value) == nil {
            return try noteLength(bytes.length(in: value))
        }
        // A repetition that something on the way has joined (RFC 9110, section 8.6).
        var count = 0
        try bytes.forEachElement(of: value) { element throws(MessageError) in
            count += 1
            try noteLength(bytes.length(in: element))
        }
        guard count > 0 else { throw .invalidContentLength }
    }

    private mutating func noteLength(_ length: Int) throws(MessageError) {
        guard contentLength == nil || contentLength == length else {
            throw .conflictingContentLength
        }
        contentLength = length
    }

    private mutating func noteCoding(
        _ value: Range<Int>, in bytes: Span<UInt8>
    ) throws(MessageError) {
        guard transferEncoding == nil else { throw .repeatedTransferEncoding }
        var (count, chunkedCount, isChunkedLast) = (0, 0, false)
        bytes.forEachElement(of: value) { element in
            count += 1
            isChunkedLast = bytes.equals("chunked", in: element)
            if isChunkedLast { chunkedCount += 1 }
        }
        // What follows the chunks would be lost in them; chunks within chunks are forbidden.
        guard count > 0, chunkedCount == (isChunkedLast ? 1 : 0) else {
            throw .invalidTransferEncoding
        }
        transferEncoding = isChunkedLast ? .chunked : .other
    }
}
