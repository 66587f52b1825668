import TestSupport
import Testing

@testable import Metrics

struct HistogramEncodingTests {
    @Test(arguments: Distribution.allCases, [0, 1, 3, 3000])
    func `what is decoded equals what was encoded`(distribution: Distribution, count: Int) throws {
        let histogram = Histogram(distribution.values(count, seed: 11))
        #expect(try Histogram(decoding: histogram.encoded()) == histogram)
    }

    @Test func `a decoded histogram goes on counting`() throws {
        var decoded = try Histogram(decoding: Histogram([10, 3000]).encoded())
        decoded.record(2)
        decoded.merge(Histogram([900_000]))
        #expect(decoded == Histogram([2, 10, 3000, 900_000]))
    }

    @Test func `the extremes survive`() throws {
        var histogram = Histogram([0, 0, .max])
        histogram.record(.max, count: .max)
        #expect(try Histogram(decoding: histogram.encoded()) == histogram)
    }

    @Test func `a second of a hundred requests takes some 300 bytes`() {
        let histogram = Histogram(Distribution.exponential.values(100, seed: 5))
        #expect(histogram.encoded().count < 320)
    }

    @Test(
        arguments: [
            ([], .truncated),
            ([2, 0], .unknownVersion(2)),
            ([1], .truncated),
            ([1, 0, 0], .trailingBytes),
            ([1, 1, 5, 5, 5, 5], .truncated),
            ([1, 1, 5, 5, 5, 5, 0], .inconsistent),  // An empty bucket is not stored.
            ([1, 1, 6, 5, 5, 5, 1], .inconsistent),  // The smallest is above the largest.
            ([1, 1, 4, 5, 5, 5, 1], .inconsistent),  // The smallest is in no bucket.
            ([1, 1, 5, 6, 5, 5, 1], .inconsistent),  // The largest is in no bucket.
            ([1, 1, 5, 5, 4, 5, 1], .inconsistent),  // The sum is too small.
            ([1, 1, 5, 5, 6, 5, 1], .inconsistent),  // The sum is too large.
            ([1, 1, 5, 5, 5, 0xFF, 0xFF, 0x7F, 1], .inconsistent),  // Past the last bucket.
            ([1, 1, 0x85, 0, 5, 5, 5, 1], .malformedNumber),  // 5 in two bytes.
            ([1] + [UInt8](repeating: 0xFF, count: 12), .malformedNumber),
        ] as [([UInt8], HistogramError)])
    func `what encoding does not write is refused`(bytes: [UInt8], expected: HistogramError) {
        #expect(throws: expected) { try Histogram(decoding: bytes) }
    }

    @Test func `every cut is refused`() {
        let bytes = Histogram([1, 70, 5000, 1_000_000]).encoded()
        for count in bytes.indices {
            #expect(throws: HistogramError.self) {
                try Histogram(decoding: bytes.prefix(count))
            }
        }
    }

    @Test func `damaged bytes are refused or are the only encoding of what they mean`() {
        var random = SeededGenerator(seed: 20)
        let valid = Histogram(Distribution.exponential.values(20, seed: 6)).encoded()
        for round in 0..<1500 {
            var bytes = valid
            if round.isMultiple(of: 4) {
                bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                    .random(in: 0...255, using: &random)
                }
                if !bytes.isEmpty { bytes[0] = 1 }
            } else {
                for _ in 0..<Int.random(in: 1...3, using: &random) {
                    bytes[Int.random(in: 1..<bytes.count, using: &random)] =
                        .random(in: 0...255, using: &random)
                }
            }
            // Most damage is refused, which is as good an answer as any here.
            guard let histogram = try? Histogram(decoding: bytes) else { continue }
            #expect(histogram.encoded() == bytes)
            #expect(histogram.counts.count <= Buckets.countMax)
            #expect((histogram.min...histogram.max).contains(histogram.percentile(50)))
        }
    }
}
