/// Where name and value of one header field lie in the bytes of a head.
struct FieldLine {
    let name: Range<Int>
    /// Without the white space around it.
    let value: Range<Int>

    /// Reads a line without its CRLF (RFC 9112, section 5).
    init(_ line: Range<Int>, in bytes: Span<UInt8>) throws(MessageError) {
        guard let first = line.first, !ASCII.isWhitespace(bytes[first]) else {
            throw .foldedField
        }
        guard let colon = bytes.firstIndex(of: ASCII.colon, in: line) else {
            throw .missingColon
        }
        name = line.lowerBound..<colon
        // White space before the colon is among what this refuses: it has hidden fields before.
        guard !name.isEmpty, bytes.firstByte(in: name, unless: ASCII.isToken) == nil else {
            throw .invalidFieldName
        }
        value = bytes.trimmingWhitespace((colon + 1)..<line.upperBound)
        if let byte = bytes.firstByte(in: value, unless: ASCII.isFieldValue) {
            throw byte == ASCII.carriageReturn ? .bareCarriageReturn : .invalidFieldValue
        }
    }
}
