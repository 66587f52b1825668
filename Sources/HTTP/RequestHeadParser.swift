/// Turns bytes into a request head, line by line as they arrive.
///
/// The result depends on the bytes alone and never on how they were split: a line is judged when
/// its line feed is there, a limit when the byte beyond it is.
package struct RequestHeadParser: Sendable {
    /// What a head may take. All of them count what was sent, line ends included.
    package struct Limits: Sendable {
        package var headBytesMax: Int
        package var targetBytesMax: Int
        package var fieldCountMax: Int

        package init(headBytesMax: Int, targetBytesMax: Int, fieldCountMax: Int) {
            self.headBytesMax = headBytesMax
            self.targetBytesMax = targetBytesMax
            self.fieldCountMax = fieldCountMax
        }
    }

    /// Longest method read: twice the longest registered one (`UPDATEREDIRECTREF`, 17).
    static let methodBytesMax = 34
    private static let versionBytes = 8

    private let limits: Limits
    private var lines = LineScanner()
    private var head: RequestHead?
    private var framing = FramingFields()
    private var hasSkippedEmptyLine = false

    package init(limits: Limits) {
        self.limits = limits
    }

    /// How many of the bytes offered belong to the head that `parse` returned.
    package var byteCount: Int { lines.position }

    /// Reads on in `bytes`, which begin with the head and include all that was offered before.
    /// Returns the head once it is complete; use a new parser for the next one.
    package mutating func parse(_ bytes: Span<UInt8>) throws(MessageError) -> RequestHead? {
        if head == nil {
            guard let line = try nextRequestLine(in: bytes) else { return nil }
            head = try parseRequestLine(line, in: bytes)
        }
        while let line = try lines.next(
            in: bytes, endMax: limits.headBytesMax, orThrow: .headTooLarge)
        {
            if line.isEmpty {
                guard var complete = head else { return nil }
                try framing.settle(&complete)
                return complete
            }
            try addField(line, in: bytes)
        }
        return nil
    }

    private mutating func nextRequestLine(
        in bytes: Span<UInt8>
    ) throws(MessageError) -> Range<Int>? {
        while bytes.count > lines.position {
            // Judged by its first byte, so that a TLS client learns at once where it is.
            let first = bytes[lines.position]
            guard ASCII.isToken(first) || first == ASCII.carriageReturn || first == ASCII.lineFeed
            else { throw .invalidMethod }
            let lineMax =
                Self.methodBytesMax + limits.targetBytesMax + Self.versionBytes
                + "  \r\n".utf8.count
            let endMax = min(lines.position + lineMax, limits.headBytesMax)
            guard let line = try lines.next(in: bytes, endMax: endMax, orThrow: .targetTooLong)
            else { return nil }
            if !line.isEmpty { return line }
            // Old clients send one empty line behind a body (RFC 9112, section 2.2).
            guard !hasSkippedEmptyLine else { throw .malformedRequestLine }
            hasSkippedEmptyLine = true
        }
        return nil
    }

    private func parseRequestLine(
        _ line: Range<Int>, in bytes: Span<UInt8>
    ) throws(MessageError) -> RequestHead {
        guard let methodEnd = bytes.firstIndex(of: ASCII.space, in: line) else {
            throw .malformedRequestLine
        }
        let method = line.lowerBound..<methodEnd
        guard !method.isEmpty, bytes.firstByte(in: method, unless: ASCII.isToken) == nil else {
            throw .invalidMethod
        }
        guard method.count <= Self.methodBytesMax else { throw .methodTooLong }
        let rest = (methodEnd + 1)..<line.upperBound
        guard let targetEnd = bytes.firstIndex(of: ASCII.space, in: rest) else {
            throw .malformedRequestLine
        }
        let target = rest.lowerBound..<targetEnd
        guard target.count <= limits.targetBytesMax else { throw .targetTooLong }
        let version = try Self.parseVersion((targetEnd + 1)..<line.upperBound, in: bytes)
        // A tunnel is not for a server to open, and its target has a form of its own.
        if bytes.equals("connect", in: method) { throw .methodNotImplemented }
        return RequestHead(
            method: bytes.text(in: method),
            target: try RequestTarget(parsing: bytes.extracting(target)), version: version)
    }

    private static func parseVersion(
        _ range: Range<Int>, in bytes: Span<UInt8>
    ) throws(MessageError) -> RequestHead.Version {
        let start = range.lowerBound
        // The name is case-sensitive (RFC 9112, section 2.3); compared as bytes therefore.
        guard range.count == versionBytes, bytes[start] == 0x48, bytes[start + 1] == 0x54,
            bytes[start + 2] == 0x54, bytes[start + 3] == 0x50, bytes[start + 4] == ASCII.slash,
            ASCII.isDigit(bytes[start + 5]), bytes[start + 6] == 0x2E,
            ASCII.isDigit(bytes[start + 7])
        else { throw .malformedVersion }
        switch (bytes[start + 5], bytes[start + 7]) {
        case (0x31, 0x31): return .http11
        case (0x31, 0x30): return .http10
        default: throw .unsupportedVersion
        }
    }

    private mutating func addField(_ line: Range<Int>, in bytes: Span<UInt8>) throws(MessageError) {
        let field = try FieldLine(line, in: bytes)
        guard let count = head?.headers.count, count < limits.fieldCountMax else {
            throw .tooManyFields
        }
        if count == 0 { head?.headers.reserveCapacity(min(limits.fieldCountMax, 8)) }
        try framing.note(field, in: bytes)
        head?.headers.add(bytes.text(in: field.name), bytes.text(in: field.value))
    }
}
