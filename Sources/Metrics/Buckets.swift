/// The scale of a histogram: which values share a bucket.
///
/// Values below `exactMax` have a bucket each. Above, every power of two is divided into 1,024
/// buckets of equal width, so that a bucket is never wider than 1/1,024 of its values. This is the
/// scale of HdrHistogram at three significant digits.
enum Buckets {
    private static let exactBits = 11
    private static let halfBits = exactBits - 1

    /// Values below it are counted exactly.
    static let exactMax: UInt64 = 1 << exactBits

    /// The highest value with a bucket of its own scale: 19 hours in microseconds. Higher ones are
    /// counted in the last bucket.
    static let valueMax: UInt64 = (1 << 36) - 1

    /// Buckets there are, which bounds the memory of a histogram: 221 KB at 8 bytes each.
    static let countMax = index(of: valueMax) + 1

    static func index(of value: UInt64) -> Int {
        let value = min(value, valueMax)
        guard value >= exactMax else { return Int(value) }
        let shift = UInt64.bitWidth - value.leadingZeroBitCount - exactBits
        return shift << halfBits + Int(value >> UInt64(shift))
    }

    /// The lowest value counted in bucket `index`.
    static func lowest(in index: Int) -> UInt64 {
        guard index >= Int(exactMax) else { return UInt64(index) }
        let shift = index >> halfBits - 1
        return UInt64(index - shift << halfBits) << UInt64(shift)
    }

    /// The highest value counted in bucket `index`; the last one has no end.
    static func highest(in index: Int) -> UInt64 {
        index + 1 < countMax ? lowest(in: index + 1) - 1 : .max
    }
}
