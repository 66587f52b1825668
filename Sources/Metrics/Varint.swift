/// Numbers in as few bytes as they need: seven bits each, the lowest first, the eighth set while
/// more follow (LEB128).
enum Varint {
    static func append(_ number: some FixedWidthInteger & UnsignedInteger, to bytes: inout [UInt8])
    {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    /// Reads one number from the front of `bytes`, which must be its only notation.
    static func read<Number: FixedWidthInteger & UnsignedInteger>(
        from bytes: inout ArraySlice<UInt8>
    ) throws(HistogramError) -> Number {
        var number: Number = 0
        var shift = 0
        while true {
            guard let byte = bytes.popFirst() else { throw .truncated }
            let digits = Number(byte & 0x7F)
            let placed = digits << shift
            guard shift < Number.bitWidth, placed >> shift == digits else {
                throw .malformedNumber
            }
            number |= placed
            if byte & 0x80 == 0 {
                guard byte != 0 || shift == 0 else { throw .malformedNumber }
                return number
            }
            shift += 7
        }
    }
}
