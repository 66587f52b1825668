/// Finds one line after the other in bytes that arrive piece by piece.
///
/// The bytes offered always begin at the same place and only ever grow, so nothing is searched
/// twice.
struct LineScanner: Sendable {
    /// Where the line now looked for begins: all before it was returned.
    private(set) var position = 0
    private var searched = 0

    /// The next line without its CRLF, or nothing while its end has not arrived or where it would
    /// end beyond `endMax`; then `tooLong` is thrown.
    ///
    /// A line feed alone ends no line: two programs that disagree on it see different messages
    /// (RFC 9112, section 2.2).
    mutating func next(
        in bytes: Span<UInt8>, endMax: Int, orThrow tooLong: MessageError
    ) throws(MessageError) -> Range<Int>? {
        guard let lineFeed = bytes.firstIndex(of: ASCII.lineFeed, from: searched) else {
            searched = bytes.count
            guard bytes.count < endMax else { throw tooLong }
            return nil
        }
        guard lineFeed < endMax else { throw tooLong }
        let start = position
        guard lineFeed > start, bytes[lineFeed - 1] == ASCII.carriageReturn else {
            throw .bareLineFeed
        }
        position = lineFeed + 1
        searched = position
        return start..<(lineFeed - 1)
    }
}
