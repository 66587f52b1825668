/// The form in which HdrHistogram's own tools read a histogram: version 2 of its encoding, not
/// compressed, as `AbstractHistogram.encodeIntoByteBuffer` of the Java library writes it. Numbers
/// are big-endian.
extension Histogram {
    /// "V2" with a word size of one byte, which says that the counts are of variable length.
    private static let cookie: UInt32 = 0x1c84_9303 | 0x10
    private static let significantDigits: UInt32 = 3

    /// Readers find the exact counts and each value in its bucket; the exact smallest, largest and
    /// mean value have no place in it.
    package func hdrEncoded() -> [UInt8] {
        let counts = hdrCounts()
        var bytes: [UInt8] = []
        Self.append(Self.cookie, to: &bytes)
        Self.append(UInt32(counts.count), to: &bytes)
        Self.append(0 as UInt32, to: &bytes)  // No offset of the buckets.
        Self.append(Self.significantDigits, to: &bytes)
        Self.append(1 as UInt64, to: &bytes)  // The lowest value that can be told from 0.
        Self.append(Buckets.valueMax, to: &bytes)
        Self.append((1.0).bitPattern, to: &bytes)  // The values are integers as they are.
        return bytes + counts
    }

    /// The count of each bucket from the first to the last that is occupied; of empty ones in a
    /// row, how many they are, as a negative number.
    private func hdrCounts() -> [UInt8] {
        var bytes: [UInt8] = []
        var next = 0
        for (index, count) in occupied {
            if index > next { Self.appendZigZag(-Int64(index - next), to: &bytes) }
            Self.appendZigZag(Int64(clamping: count), to: &bytes)
            next = index + 1
        }
        return bytes
    }

    private static func append(_ number: some FixedWidthInteger, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
    }

    /// ZigZag in groups of seven bits, the lowest first. A ninth byte has all of the eight bits
    /// that are left: the library's `ZigZagEncoding`, which ends there.
    private static func appendZigZag(_ number: Int64, to bytes: inout [UInt8]) {
        var rest = UInt64(bitPattern: number << 1 ^ number >> 63)
        for _ in 0..<8 {
            guard rest >= 0x80 else { return bytes.append(UInt8(rest)) }
            bytes.append(UInt8(rest & 0x7f | 0x80))
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }
}
