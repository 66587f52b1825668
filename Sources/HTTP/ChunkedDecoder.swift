/// Takes the chunked coding off a body, bytes in and ranges of content out (RFC 9112, section 7.1).
///
/// Stricter than the grammar where leniency has been exploited: no white space around the size, no
/// line feed without its carriage return, no control characters in extensions.
struct ChunkedDecoder: Sendable {
    private enum State: Equatable {
        case sizeStart, size, padding, extensionText, sizeLineFeed
        case data(remaining: Int)
        case dataReturn, dataLineFeed
        case trailers
        case done
    }

    /// Longest extension of one chunk. None is in use; this lets experiments pass.
    static let extensionBytesMax = 256
    /// Longest trailer section, which is checked and dropped.
    static let trailerBytesMax = 4_096
    /// Most hexadecimal digits of a size: 15 of them cannot overflow an `Int`.
    static let sizeDigitsMax = 15

    private let bodyBytesMax: Int
    private let allowsPadding: Bool
    private var state = State.sizeStart
    private var size = 0
    private var digitCount = 0
    private var extensionByteCount = 0
    private var trailerByteCount = 0
    private var trailerLine: [UInt8] = []
    /// What all chunks so far said that they hold.
    private var announcedByteCount = 0

    /// - Parameter allowsPadding: whether blanks may follow a size. Apache 1.3 sends them, and a
    ///   client that refuses them only hurts itself; a server that takes them may be deceived.
    init(bodyBytesMax: Int, allowsPadding: Bool = false) {
        self.bodyBytesMax = bodyBytesMax
        self.allowsPadding = allowsPadding
    }

    var isComplete: Bool { state == .done }

    /// How many of the bytes to come are content for certain.
    var contentBytesAhead: Int {
        if case .data(let remaining) = state { remaining } else { 0 }
    }

    /// Reads on from `index` and moves it behind the next piece of content, which it returns; or,
    /// without one, to the end of the bytes or behind the end of the message.
    mutating func nextContent(
        in bytes: Span<UInt8>, from index: inout Int
    ) throws(MessageError) -> Range<Int>? {
        while index < bytes.count, state != .done {
            let start = index
            if case .data(let remaining) = state {
                let count = min(remaining, bytes.count - start)
                skipContent(count)
                index = start + count
                return start..<index
            }
            try advance(over: bytes[start])
            index = start + 1
        }
        return nil
    }

    /// Says that content was taken away before it came here, no more than `contentBytesAhead`.
    mutating func skipContent(_ count: Int) {
        guard case .data(let remaining) = state else { return }
        state = count == remaining ? .dataReturn : .data(remaining: remaining - count)
    }

    private mutating func advance(over byte: UInt8) throws(MessageError) {
        switch state {
        case .sizeStart, .size: try readSize(byte)
        case .padding: try readPadding(byte)
        case .extensionText:
            extensionByteCount += 1
            if byte == ASCII.carriageReturn {
                state = .sizeLineFeed
            } else if !ASCII.isFieldValue(byte) || extensionByteCount > Self.extensionBytesMax {
                throw .invalidChunkExtension
            }
        case .sizeLineFeed:
            guard byte == ASCII.lineFeed else { throw .bareCarriageReturn }
            try beginChunk()
        case .dataReturn:
            guard byte == ASCII.carriageReturn else { throw .missingChunkEnd }
            state = .dataLineFeed
        case .dataLineFeed:
            guard byte == ASCII.lineFeed else { throw .missingChunkEnd }
            state = .sizeStart
        case .trailers: try readTrailer(byte)
        case .data, .done: break
        }
    }

    private mutating func readSize(_ byte: UInt8) throws(MessageError) {
        if let digit = ASCII.hexValue(byte) {
            guard digitCount < Self.sizeDigitsMax else { throw .invalidChunkSize }
            digitCount += 1
            size = size << 4 | Int(digit)
            state = .size
            return
        }
        guard state == .size else { throw .invalidChunkSize }
        switch byte {
        case ASCII.carriageReturn: state = .sizeLineFeed
        case ASCII.semicolon: state = .extensionText
        case ASCII.lineFeed: throw .bareLineFeed
        case _ where allowsPadding && ASCII.isWhitespace(byte): state = .padding
        default: throw .invalidChunkSize
        }
    }

    private mutating func readPadding(_ byte: UInt8) throws(MessageError) {
        extensionByteCount += 1
        guard extensionByteCount <= Self.extensionBytesMax else { throw .invalidChunkSize }
        switch byte {
        case ASCII.carriageReturn: state = .sizeLineFeed
        case ASCII.semicolon: state = .extensionText
        case _ where ASCII.isWhitespace(byte): break
        default: throw .invalidChunkSize
        }
    }

    private mutating func beginChunk() throws(MessageError) {
        // What was announced never exceeds the limit, so this cannot be negative.
        guard size <= bodyBytesMax - announcedByteCount else { throw .bodyTooLarge }
        announcedByteCount += size
        state = size == 0 ? .trailers : .data(remaining: size)
        (size, digitCount, extensionByteCount) = (0, 0, 0)
    }

    private mutating func readTrailer(_ byte: UInt8) throws(MessageError) {
        trailerByteCount += 1
        guard trailerByteCount <= Self.trailerBytesMax else { throw .headTooLarge }
        trailerLine.append(byte)
        guard byte == ASCII.lineFeed else { return }
        let end = trailerLine.count - 2
        guard end >= 0, trailerLine[end] == ASCII.carriageReturn else { throw .bareLineFeed }
        if end == 0 { state = .done } else { _ = try FieldLine(0..<end, in: trailerLine.span) }
        trailerLine.removeAll()
    }
}
