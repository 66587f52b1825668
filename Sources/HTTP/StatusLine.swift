/// The first line of a response (RFC 9112, section 4). The reason is for people and not read.
struct StatusLine {
    let status: Int
    let isHTTP10: Bool

    private static let versionBytes = 8

    /// Reads a line without its end that `admit` has accepted.
    init(_ line: Range<Int>, in bytes: Span<UInt8>) throws(MessageError) {
        let version = line.lowerBound + Self.versionBytes
        guard line.count > Self.versionBytes, ASCII.isDigit(bytes[version - 1]),
            bytes[version] == ASCII.space
        else { throw .malformedStatusLine }
        // Later versions of HTTP/1 would have to be readable as 1.1 (RFC 9110, section 2.5).
        isHTTP10 = bytes[version - 1] == ASCII.zero
        var start = version
        while start < line.upperBound, bytes[start] == ASCII.space { start += 1 }
        let end = start + 3
        guard end <= line.upperBound,
            end == line.upperBound || ASCII.isWhitespace(bytes[end])
        else { throw .malformedStatusLine }
        var status = 0
        for index in start..<end {
            guard ASCII.isDigit(bytes[index]) else { throw .malformedStatusLine }
            status = status * 10 + Int(bytes[index] &- ASCII.zero)
        }
        // Beyond 599 nothing is defined, but such numbers are in use.
        guard status >= 100 else { throw .malformedStatusLine }
        self.status = status
    }

    /// Refuses what cannot become a status line or the empty line before one, at its first wrong
    /// byte.
    static func admit(_ line: Range<Int>, in bytes: Span<UInt8>) throws(MessageError) {
        let start = line.lowerBound
        if line.count == 1, bytes[start] == ASCII.carriageReturn { return }
        let expected: StaticString = "HTTP/1."
        for offset in 0..<min(line.count, expected.utf8CodeUnitCount)
        where bytes[start + offset] != expected.utf8Start[offset] {
            let isVersion = offset == 5 && ASCII.isDigit(bytes[start + offset])
            throw isVersion ? .unsupportedVersion : .malformedStatusLine
        }
    }
}
