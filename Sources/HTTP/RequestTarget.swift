/// The request target, taken apart and decoded (RFC 9112, section 3.2).
package struct RequestTarget: Sendable {
    /// As sent.
    package let raw: String
    /// As sent, without scheme, host and query; `*` for the asterisk form.
    package let rawPath: String
    /// Decoded; empty for `/` and for `*`.
    package let path: [String]
    /// Decoded, in order.
    package let query: [(name: String, value: String)]

    package var isAsterisk: Bool { rawPath == "*" }

    /// Reads the origin form (`/path?query`), the absolute form a proxy would be sent
    /// (`http://host/path?query`), and the asterisk form.
    init(parsing bytes: Span<UInt8>) throws(MessageError) {
        raw = bytes.text(in: 0..<bytes.count)
        guard bytes.count > 0 else { throw .invalidTarget }
        if bytes.count == 1, bytes[0] == ASCII.asterisk {
            (rawPath, path, query) = ("*", [], [])
            return
        }
        let start = try Self.pathStart(in: bytes)
        let question = bytes.firstIndex(of: ASCII.question, from: start)
        let pathRange = start..<(question ?? bytes.count)
        guard bytes.firstByte(in: pathRange, unless: ASCII.isPath) == nil else {
            throw .invalidTarget
        }
        rawPath = pathRange.isEmpty ? "/" : bytes.text(in: pathRange)
        path = try Self.segments(of: pathRange, in: bytes)
        if let question {
            query = try Self.parameters(of: (question + 1)..<bytes.count, in: bytes)
        } else {
            query = []
        }
    }

    /// Where the path begins: at once, or behind scheme and host.
    private static func pathStart(in bytes: Span<UInt8>) throws(MessageError) -> Int {
        if bytes[0] == ASCII.slash { return 0 }
        guard let colon = bytes.firstIndex(of: ASCII.colon, from: 0), bytes.count > colon + 3,
            bytes.equals("http", in: 0..<colon) || bytes.equals("https", in: 0..<colon),
            bytes[colon + 1] == ASCII.slash, bytes[colon + 2] == ASCII.slash
        else { throw .invalidTarget }
        let host = colon + 3
        var end = host
        while end < bytes.count, ASCII.isHost(bytes[end]) { end += 1 }
        guard end > host,
            end == bytes.count || bytes[end] == ASCII.slash || bytes[end] == ASCII.question
        else { throw .invalidTarget }
        return end
    }

    private static func segments(
        of range: Range<Int>, in bytes: Span<UInt8>
    ) throws(MessageError) -> [String] {
        guard range.count > 1 else { return [] }
        var segments: [String] = []
        var start = range.lowerBound + 1
        while start <= range.upperBound {
            let end = bytes.firstIndex(of: ASCII.slash, in: start..<range.upperBound)
            let segment = try PercentEncoding.decode(
                start..<(end ?? range.upperBound), in: bytes, plusIsSpace: false)
            // Clients resolve these themselves; one that arrives hopes to climb out of something.
            guard segment != ".", segment != ".." else { throw .dotSegment }
            segments.append(segment)
            start = (end ?? range.upperBound) + 1
        }
        return segments
    }

    private static func parameters(
        of range: Range<Int>, in bytes: Span<UInt8>
    ) throws(MessageError) -> [(name: String, value: String)] {
        guard bytes.firstByte(in: range, unless: ASCII.isQuery) == nil else {
            throw .invalidTarget
        }
        var parameters: [(name: String, value: String)] = []
        var start = range.lowerBound
        while start < range.upperBound {
            let end =
                bytes.firstIndex(of: ASCII.ampersand, in: start..<range.upperBound)
                ?? range.upperBound
            if end > start {
                let equals = bytes.firstIndex(of: ASCII.equals, in: start..<end)
                let name = try PercentEncoding.decode(
                    start..<(equals ?? end), in: bytes, plusIsSpace: true)
                let value = try PercentEncoding.decode(
                    min((equals ?? end) + 1, end)..<end, in: bytes, plusIsSpace: true)
                parameters.append((name, value))
            }
            start = end + 1
        }
        return parameters
    }
}
