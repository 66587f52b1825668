/// Takes the chunked coding off a body, byte ranges in and content out (RFC 9112, section 7.1).
///
/// Stricter than the grammar where leniency has been exploited: no white space around the size, no
/// line feed without its carriage return, no control characters in extensions.
struct ChunkedDecoder: Sendable {
    private enum State: Equatable {
        case sizeStart, size, extensionText, sizeLineFeed
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

    private var state = State.sizeStart
    private var size = 0
    private var digitCount = 0
    private var extensionByteCount = 0
    private var trailerByteCount = 0
    private var trailerLine: [UInt8] = []

    var isComplete: Bool { state == .done }

    /// Decodes from `start` on, appends content to `body`, and returns where it stopped: at the
    /// end of the bytes or behind the end of the message.
    mutating func decode(
        _ bytes: Span<UInt8>, from start: Int, into body: inout [UInt8], bodyBytesMax: Int
    ) throws(MessageError) -> Int {
        var index = start
        while index < bytes.count, state != .done {
            if case .data(let remaining) = state {
                let count = min(remaining, bytes.count - index)
                body.append(bytes, in: index..<(index + count))
                index += count
                state = count == remaining ? .dataReturn : .data(remaining: remaining - count)
            } else {
                try advance(over: bytes[index], bodyByteCount: body.count, max: bodyBytesMax)
                index += 1
            }
        }
        return index
    }

    private mutating func advance(
        over byte: UInt8, bodyByteCount: Int, max: Int
    ) throws(MessageError) {
        switch state {
        case .sizeStart, .size: try readSize(byte)
        case .extensionText:
            extensionByteCount += 1
            if byte == ASCII.carriageReturn {
                state = .sizeLineFeed
            } else if !ASCII.isFieldValue(byte) || extensionByteCount > Self.extensionBytesMax {
                throw .invalidChunkExtension
            }
        case .sizeLineFeed:
            guard byte == ASCII.lineFeed else { throw .bareCarriageReturn }
            try beginChunk(bodyByteCount: bodyByteCount, max: max)
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
        default: throw .invalidChunkSize
        }
    }

    private mutating func beginChunk(bodyByteCount: Int, max: Int) throws(MessageError) {
        // The body never holds more than `max`, so this cannot be negative.
        guard size <= max - bodyByteCount else { throw .bodyTooLarge }
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
