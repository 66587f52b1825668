/// The stored form: a version byte, then numbers as `Varint` writes them. How many buckets are
/// occupied; unless none is, the smallest and the largest value and the sum; then for each occupied
/// bucket how many empty ones precede it, and its count.
extension Histogram {
    private static let version: UInt8 = 1

    /// Some 2 to 4 bytes per occupied bucket.
    package func encoded() -> [UInt8] {
        var bytes = [Self.version]
        let buckets = Array(occupied)
        Varint.append(UInt64(buckets.count), to: &bytes)
        guard !buckets.isEmpty else { return bytes }
        Varint.append(min, to: &bytes)
        Varint.append(max, to: &bytes)
        Varint.append(sum, to: &bytes)
        var next = 0
        for (index, count) in buckets {
            Varint.append(UInt64(index - next), to: &bytes)
            Varint.append(count, to: &bytes)
            next = index + 1
        }
        return bytes
    }

    /// Reads what `encoded()` wrote, and refuses everything else, also what parses but cannot be.
    /// Hostile bytes cost at most the memory of a full histogram.
    package init(decoding bytes: some Sequence<UInt8>) throws(HistogramError) {
        var rest = Array(bytes)[...]
        guard let version = rest.popFirst() else { throw .truncated }
        guard version == Self.version else { throw .unknownVersion(version) }
        let bucketCount: UInt64 = try Varint.read(from: &rest)
        var result = Histogram()
        if bucketCount > 0 {
            let summary = Summary(
                lowest: try Varint.read(from: &rest), highest: try Varint.read(from: &rest),
                sum: try Varint.read(from: &rest))
            try result.decodeBuckets(bucketCount, from: &rest)
            try result.adopt(summary)
        }
        guard rest.isEmpty else { throw .trailingBytes }
        self = result
    }

    private mutating func decodeBuckets(
        _ bucketCount: UInt64, from bytes: inout ArraySlice<UInt8>
    ) throws(HistogramError) {
        var next = 0
        for _ in 0..<bucketCount {
            let gap: UInt64 = try Varint.read(from: &bytes)
            let count: UInt64 = try Varint.read(from: &bytes)
            guard gap < UInt64(Buckets.countMax - next), count > 0 else { throw .inconsistent }
            let index = next + Int(gap)
            add(count, toBucket: index)
            next = index + 1
        }
    }
}

extension Histogram {
    /// The values that the buckets only know approximately.
    private struct Summary {
        let lowest: UInt64
        let highest: UInt64
        let sum: UInt128
    }

    /// Takes the exact values, if the buckets allow them.
    private mutating func adopt(_ summary: Summary) throws(HistogramError) {
        let last = occupied.reduce(first) { $1.index }
        guard summary.lowest <= summary.highest,
            Buckets.index(of: summary.lowest) == first,
            Buckets.index(of: summary.highest) == last
        else { throw .inconsistent }
        let total = occupied.reduce(0 as UInt64) { $0.addingOrMax($1.count) }
        let least = UInt128(summary.lowest) * UInt128(total)
        let most = UInt128(summary.highest) * UInt128(total)
        // A count that has reached its maximum says no longer how large the sum can be.
        guard summary.sum >= least, summary.sum <= most || total == .max else {
            throw .inconsistent
        }
        include(count: total, sum: summary.sum, lowest: summary.lowest, highest: summary.highest)
    }
}
