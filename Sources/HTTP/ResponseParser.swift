/// Follows responses through the bytes of a connection: where each one ends, what its status is,
/// how long its body. Made for a load generator, which reads millions and looks at few.
///
/// Nothing is kept but the line of a head that has not ended yet. One response is read between
/// `begin` and `isComplete`; bytes behind it stay with the caller. The result depends on the bytes
/// alone and never on how they were split. After an error the connection is of no more use.
///
/// Lines of a head may end in a bare line feed, reasons may be missing, names may have any case,
/// and what does not concern the framing is not judged. Interim (1xx) heads are passed over.
package struct ResponseParser: Sendable {
    /// How the end of the body is found (RFC 9112, section 6.3).
    package enum Framing: Equatable, Sendable {
        /// The answer to HEAD, or a status that has no body: 204 and 304.
        case none
        /// Bytes; may be zero.
        case length(Int)
        case chunked
        /// By the end of the connection.
        case untilEnd
    }

    /// Longest head accepted, the interim heads before it included, so that neither can go on for
    /// ever. Four times what common servers let a client send, as cookies may be many.
    package static let headBytesMax = 65_536

    /// Memory kept for lines that arrive in pieces: enough for all but cookies and policies, and
    /// little among what a connection costs.
    private static let lineBytesKept = 512

    // Stored, because reading what is computed would copy the whole parser in other modules.

    package private(set) var isHeadComplete = false
    package private(set) var isComplete = false
    /// 200 to 999 once `isHeadComplete`; before that of no meaning.
    package private(set) var status = 0
    /// Valid once `isHeadComplete`.
    package private(set) var framing = Framing.none
    /// Whether the server allows another request on this connection. Valid once `isHeadComplete`.
    package private(set) var keepsConnection = false
    /// Bytes of all heads of this response so far, their incomplete last line excluded.
    package private(set) var headByteCount = 0
    /// Bytes of content so far, without the framing of chunks.
    package private(set) var bodyByteCount = 0

    private var hasStatusLine = false
    private var answersHead: Bool
    private var isHTTP10 = false
    private var fields = ResponseFields()
    private var bodyBytesLeft = 0
    private var chunks = Self.newChunks
    /// The beginning of a line of the head whose end has not arrived.
    private var unfinishedLine: [UInt8] = []

    /// - Parameter answersHead: whether the request is a HEAD, whose answer has no body whatever
    ///   it says.
    package init(answersHead: Bool = false) {
        self.answersHead = answersHead
    }

    /// Makes ready for the response to the next request, on this connection or on another one.
    package mutating func begin(answersHead: Bool = false) {
        (hasStatusLine, isHeadComplete, isComplete) = (false, false, false)
        self.answersHead = answersHead
        fields = ResponseFields()
        (headByteCount, bodyByteCount, bodyBytesLeft) = (0, 0, 0)
        if !unfinishedLine.isEmpty { unfinishedLine.removeAll(keepingCapacity: true) }
    }

    /// Whether anything of the response has arrived. A connection that ends before that was idle
    /// to the server, which may not have seen the request.
    package var hasBegun: Bool { headByteCount > 0 || !unfinishedLine.isEmpty }

    /// How many of the bytes to come are content for certain, so that they can be thrown away
    /// unread, in the kernel say. `Int.max` where the body goes on to the connection's end.
    package var contentBytesAhead: Int {
        guard isHeadComplete, !isComplete else { return 0 }
        switch framing {
        case .none: return 0
        case .length: return bodyBytesLeft
        case .chunked: return chunks.contentBytesAhead
        case .untilEnd: return .max
        }
    }

    /// Says that content was thrown away unread.
    ///
    /// - Parameter count: no more than `contentBytesAhead`.
    package mutating func skipContent(_ count: Int) {
        precondition(count >= 0 && count <= contentBytesAhead, "only what is surely content")
        bodyByteCount &+= count
        switch framing {
        case .length:
            bodyBytesLeft -= count
            isComplete = bodyBytesLeft == 0
        case .chunked: chunks.skipContent(count)
        case .none, .untilEnd: break
        }
    }

    /// Reads on. Returns how many of the bytes belong to the response: all of them unless it is
    /// complete now.
    package mutating func consume(_ bytes: Span<UInt8>) throws(MessageError) -> Int {
        var nobody = NoObserver()
        return try consume(bytes, showing: &nobody)
    }

    /// Reads on, like `consume(_:)`, and shows fields and content to `observer`.
    package mutating func consume<Observer: ResponseObserver>(
        _ bytes: Span<UInt8>, showing observer: inout Observer
    ) throws(MessageError) -> Int {
        var index = 0
        if !unfinishedLine.isEmpty {
            index = try finishLine(with: bytes, showing: &observer)
        }
        if !isHeadComplete {
            index = try consumeHead(bytes, from: index, showing: &observer)
        }
        if isHeadComplete, !isComplete {
            index = try consumeBody(bytes, from: index, showing: &observer)
        }
        return index
    }

    /// Says that the connection has ended, which completes a body framed by that and is an error
    /// within any other response.
    package mutating func end() throws(MessageError) {
        if isHeadComplete, framing == .untilEnd { isComplete = true }
        guard isComplete else { throw .endedEarly }
    }
}

// MARK: The head

extension ResponseParser {
    private mutating func consumeHead<Observer: ResponseObserver>(
        _ bytes: Span<UInt8>, from start: Int, showing observer: inout Observer
    ) throws(MessageError) -> Int {
        var index = start
        while !isHeadComplete, index < bytes.count {
            guard let lineFeed = bytes.firstIndex(of: ASCII.lineFeed, from: index) else {
                let rest = index..<bytes.count
                try admit(rest, in: bytes)
                unfinishedLine.append(bytes, in: rest)
                return bytes.count
            }
            try read(index..<lineFeed, in: bytes, showing: &observer)
            index = lineFeed + 1
        }
        return index
    }

    private mutating func finishLine<Observer: ResponseObserver>(
        with bytes: Span<UInt8>, showing observer: inout Observer
    ) throws(MessageError) -> Int {
        let lineFeed = bytes.firstIndex(of: ASCII.lineFeed, from: 0)
        let end = lineFeed ?? bytes.count
        var line: [UInt8] = []
        swap(&line, &unfinishedLine)
        line.append(bytes, in: 0..<end)
        guard lineFeed != nil else {
            try admit(0..<line.count, in: line.span)
            swap(&line, &unfinishedLine)
            return end
        }
        try read(0..<line.count, in: line.span, showing: &observer)
        // Who sends in pieces once does it again, but a long line is not worth its memory.
        line.removeAll(keepingCapacity: line.capacity <= Self.lineBytesKept)
        swap(&line, &unfinishedLine)
        return end + 1
    }

    /// Refuses a line, or the beginning of one, that cannot become part of a head. It comes without
    /// its line feed.
    private func admit(_ line: Range<Int>, in bytes: Span<UInt8>) throws(MessageError) {
        // First, and at the first wrong byte: what speaks another protocol need not send lines.
        if !hasStatusLine { try StatusLine.admit(line, in: bytes) }
        try admitLength(of: line)
    }

    private func admitLength(of line: Range<Int>) throws(MessageError) {
        guard line.count < Self.headBytesMax - headByteCount else { throw .headTooLarge }
    }

    @inline(__always)
    private mutating func read<Observer: ResponseObserver>(
        _ wholeLine: Range<Int>, in bytes: Span<UInt8>, showing observer: inout Observer
    ) throws(MessageError) {
        var line = wholeLine
        if !line.isEmpty, bytes[line.upperBound - 1] == ASCII.carriageReturn {
            line = line.lowerBound..<line.upperBound - 1
        }
        let usual = hasStatusLine ? nil : StatusLine(usual: line, in: bytes)
        if usual == nil { try admit(wholeLine, in: bytes) } else { try admitLength(of: wholeLine) }
        headByteCount += wholeLine.count + 1
        if let usual {
            (status, isHTTP10, hasStatusLine) = (usual.status, usual.isHTTP10, true)
        } else if !hasStatusLine {
            // Some servers send an empty line too many behind a body.
            guard !line.isEmpty else { return }
            let statusLine = try StatusLine(line, in: bytes)
            (status, isHTTP10) = (statusLine.status, statusLine.isHTTP10)
            hasStatusLine = true
        } else if line.isEmpty {
            try finishHead()
        } else {
            try fields.note(line, in: bytes)
            if Observer.self != NoObserver.self, status >= 200 {
                show(line, in: bytes, to: &observer)
            }
        }
    }

    private mutating func finishHead() throws(MessageError) {
        guard status >= 200 else {
            guard status != 101 else { throw .unexpectedUpgrade }
            fields = ResponseFields()
            hasStatusLine = false
            return
        }
        framing = try fields.framing()
        if answersHead || status == 204 || status == 304 { framing = .none }
        keepsConnection = framing != .untilEnd && fields.keepsConnection(isHTTP10: isHTTP10)
        isHeadComplete = true
        switch framing {
        case .none, .length(0): isComplete = true
        case .length(let count): bodyBytesLeft = count
        case .chunked: chunks = Self.newChunks
        case .untilEnd: break
        }
    }

    private func show<Observer: ResponseObserver>(
        _ line: Range<Int>, in bytes: Span<UInt8>, to observer: inout Observer
    ) {
        guard !ASCII.isWhitespace(bytes[line.lowerBound]),
            let colon = bytes.firstIndex(of: ASCII.colon, in: line)
        else { return }
        let value = bytes.trimmingWhitespace((colon + 1)..<line.upperBound)
        observer.field(
            name: bytes.extracting(line.lowerBound..<colon), value: bytes.extracting(value))
    }
}

// MARK: The body

extension ResponseParser {
    /// Content is thrown away or shown, never collected, so only the count limits its length.
    private static var newChunks: ChunkedDecoder {
        ChunkedDecoder(bodyBytesMax: .max, allowsPadding: true)
    }

    private mutating func consumeBody<Observer: ResponseObserver>(
        _ bytes: Span<UInt8>, from start: Int, showing observer: inout Observer
    ) throws(MessageError) -> Int {
        if framing == .chunked { return try consumeChunks(bytes, from: start, showing: &observer) }
        let count = min(contentBytesAhead, bytes.count - start)
        guard count > 0 else { return start }
        observer.content(bytes.extracting(start..<(start + count)))
        skipContent(count)
        return start + count
    }

    private mutating func consumeChunks<Observer: ResponseObserver>(
        _ bytes: Span<UInt8>, from start: Int, showing observer: inout Observer
    ) throws(MessageError) -> Int {
        var index = start
        while let content = try chunks.nextContent(in: bytes, from: &index) {
            bodyByteCount += content.count
            observer.content(bytes.extracting(content))
        }
        if chunks.isComplete { isComplete = true }
        return index
    }
}
