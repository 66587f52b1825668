/// Counts values such that any percentile can be told within 0.1 %, and such that the histograms of
/// many threads, endpoints and seconds add up to the one of all.
///
/// The unit is the caller's, usually microseconds; see `Buckets` for the scale. Counts and the sum
/// stop at their maximum rather than overflow.
package struct Histogram: Sendable {
    /// Values recorded.
    package private(set) var count: UInt64 = 0
    /// The exact sum of all values.
    package private(set) var sum: UInt128 = 0

    /// The counts of the buckets from `first` on; grows in both directions as values come, because
    /// the response times of one endpoint lie close together.
    private(set) var counts: [UInt64] = []
    private(set) var first = 0
    private var lowest = UInt64.max
    private var highest = UInt64.min

    package init() {}

    /// The exact smallest value; 0 when there is none.
    package var min: UInt64 { count == 0 ? 0 : lowest }
    /// The exact largest value, also above the scale; 0 when there is none.
    package var max: UInt64 { highest }
    /// The exact mean; 0 when there are no values.
    package var mean: Double { count == 0 ? 0 : Double(sum) / Double(count) }
    package var isEmpty: Bool { count == 0 }

    /// Counts `value` once: what is done for every request, and so without what only many need.
    package mutating func record(_ value: UInt64) {
        let offset = Buckets.index(of: value) &- first
        guard offset >= 0, offset < counts.count else { return record(value, count: 1) }
        counts[offset] = counts[offset].addingOrMax(1)
        count = count.addingOrMax(1)
        sum = sum.addingOrMax(UInt128(value))
        lowest = Swift.min(lowest, value)
        highest = Swift.max(highest, value)
    }

    /// Counts `value`, `count` times.
    package mutating func record(_ value: UInt64, count: UInt64) {
        guard count > 0 else { return }
        add(count, toBucket: Buckets.index(of: value))
        include(
            count: count, sum: UInt128(value) * UInt128(count), lowest: value, highest: value)
    }

    /// Counts everything that `other` has counted.
    package mutating func merge(_ other: Histogram) {
        guard other.count > 0 else { return }
        reserve(other.first..<other.first + other.counts.count)
        for (offset, count) in other.counts.enumerated() where count > 0 {
            add(count, toBucket: other.first + offset)
        }
        include(
            count: other.count, sum: other.sum, lowest: other.lowest, highest: other.highest)
    }

    /// The smallest value that at least `share` per cent of the values do not exceed (the nearest
    /// rank), never understated and at most 0.1 % overstated up to `Buckets.valueMax`.
    ///
    /// - Parameter share: 0...100; what lies outside, or is no number, becomes the nearer end or 0.
    /// - Returns: a value within `min...max`; 0 when there are no values.
    package func percentile(_ share: Double) -> UInt64 {
        guard count > 0, share > 0 else { return min }
        guard share < 100 else { return max }
        let rank = Self.rank(of: share, count: count)
        var passed: UInt64 = 0
        for (offset, count) in counts.enumerated() {
            passed = passed.addingOrMax(count)
            if passed >= rank {
                return Swift.min(Swift.max(Buckets.highest(in: first + offset), min), max)
            }
        }
        return max
    }

    /// How many values are at most `value`, for counts under fixed bounds; those in the bucket of
    /// `value` are all counted.
    package func count(atMost value: UInt64) -> UInt64 {
        let end = Buckets.index(of: value) - first + 1
        guard end > 0 else { return 0 }
        return counts.prefix(end).reduce(0) { $0.addingOrMax($1) }
    }

    private static func rank(of share: Double, count: UInt64) -> UInt64 {
        let exact = share * Double(count) / 100
        // 99.9 % of 1,000 is rank 999, even where the product is a rounding error above it.
        let rank = (exact - 3 * exact.ulp).rounded(.up)
        return UInt64(exactly: Swift.max(rank, 1)) ?? count
    }

    /// Takes values that `add` has put into their buckets into the figures for all.
    mutating func include(
        count: UInt64, sum: UInt128, lowest: UInt64, highest: UInt64
    ) {
        self.count = self.count.addingOrMax(count)
        self.sum = self.sum.addingOrMax(sum)
        self.lowest = Swift.min(self.lowest, lowest)
        self.highest = Swift.max(self.highest, highest)
    }
}

extension Histogram {
    /// Counts in a bucket only; `include` must follow.
    mutating func add(_ count: UInt64, toBucket index: Int) {
        if !counts.indices.contains(index - first) { reserve(index..<index + 1) }
        counts[index - first] = counts[index - first].addingOrMax(count)
    }

    /// Makes room for `buckets`, and for some beside them, so that a rising series of values does
    /// not grow it one by one.
    private mutating func reserve(_ buckets: Range<Int>) {
        let held = first..<first + counts.count
        guard !counts.isEmpty else {
            first = buckets.lowerBound
            counts = [UInt64](repeating: 0, count: buckets.count)
            return
        }
        let spare = counts.count / 2
        if buckets.lowerBound < held.lowerBound {
            let start = Swift.max(0, buckets.lowerBound - spare)
            counts.insert(
                contentsOf: repeatElement(0, count: held.lowerBound - start), at: 0)
            first = start
        }
        if buckets.upperBound > held.upperBound {
            let end = Swift.min(Buckets.countMax, buckets.upperBound + spare)
            counts.append(contentsOf: repeatElement(0, count: end - held.upperBound))
        }
    }
}

extension Histogram: Equatable {
    /// Whether both have counted the same, whatever room they hold.
    package static func == (left: Histogram, right: Histogram) -> Bool {
        left.count == right.count && left.sum == right.sum && left.min == right.min
            && left.max == right.max && left.occupied.elementsEqual(right.occupied, by: ==)
    }

    /// The buckets that are not empty, from the lowest, each with the highest value that it counts.
    package var buckets: [(highest: UInt64, count: UInt64)] {
        occupied.map { (Swift.min(Buckets.highest(in: $0.index), max), $0.count) }
    }

    /// The buckets that are not empty, from the lowest.
    var occupied: some Sequence<(index: Int, count: UInt64)> {
        counts.enumerated().lazy.filter { $0.element > 0 }
            .map { [first] in (index: first + $0.offset, count: $0.element) }
    }
}

extension FixedWidthInteger {
    /// The sum, or the maximum where that would overflow.
    func addingOrMax(_ other: Self) -> Self {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
