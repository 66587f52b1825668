/// The first line of a response (RFC 9112, section 4). The reason is for people and not read.
struct StatusLine {
    let status: Int
    let isHTTP10: Bool

    private static let versionBytes = 8

    /// Reads what nearly every server sends, `HTTP/1.1 200` and then a blank or nothing, in three
    /// looks. Whatever else there may be is nil and for `admit` and `init(_:in:)` to judge.
    init?(usual line: Range<Int>, in bytes: Span<UInt8>) {
        let versionAndBlank = 9
        guard line.count >= versionAndBlank + 3,
            bytes.word(at: line.lowerBound) == ASCII.http11,
            bytes[line.lowerBound + Self.versionBytes] == ASCII.space
        else { return nil }
        let start = line.lowerBound + versionAndBlank
        let hundreds = bytes[start] &- ASCII.zero
        let tens = bytes[start + 1] &- ASCII.zero
        let ones = bytes[start + 2] &- ASCII.zero
        guard hundreds > 0, hundreds < 10, tens < 10, ones < 10,
            start + 3 == line.upperBound || bytes[start + 3] == ASCII.space
        else { return nil }
        isHTTP10 = false
        status = Int(hundreds) * 100 + Int(tens) * 10 + Int(ones)
    }

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
