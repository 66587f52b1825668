import Testing

@testable import Metrics

struct HistogramTests {
    @Test(arguments: Distribution.allCases, [1, 2, 10, 999, 5000])
    func `percentiles are the exact ones, overstated by at most 0.1 per cent`(
        distribution: Distribution, count: Int
    ) {
        let values = distribution.values(count, seed: UInt64(count))
        let histogram = Histogram(values)
        let sorted = values.sorted()
        for permille in [1, 10, 250, 500, 750, 900, 950, 990, 999] {
            let exact = sorted[(permille * count + 999) / 1000 - 1]
            let told = histogram.percentile(Double(permille) / 10)
            #expect(told >= exact)
            #expect(Double(told - exact) <= Double(exact) * 0.001, "\(permille) of \(count)")
        }
    }

    @Test(arguments: Distribution.allCases)
    func `count, smallest, largest and mean are exact`(distribution: Distribution) {
        let values = distribution.values(3000, seed: 7)
        let histogram = Histogram(values)
        #expect(histogram.count == 3000)
        #expect(histogram.min == values.min())
        #expect(histogram.max == values.max())
        #expect(histogram.percentile(0) == values.min())
        #expect(histogram.percentile(100) == values.max())
        #expect(histogram.sum == values.reduce(0) { $0 + UInt128($1) })
        #expect(histogram.mean == Double(histogram.sum) / 3000)
    }

    @Test(arguments: Distribution.allCases)
    func `merging parts is the same as recording everything`(distribution: Distribution) {
        let values = distribution.values(2000, seed: 3)
        var merged = Histogram()
        for start in stride(from: 0, to: 2000, by: 250) {
            merged.merge(Histogram(values[start..<start + 250]))
        }
        #expect(merged == Histogram(values))
        #expect(merged == Histogram(values.reversed()))
    }

    @Test func `a value counted once is a value counted one time`() {
        var (once, times) = (Histogram(), Histogram())
        for value: UInt64 in [500, 3, 500, 499, 70_000, 0, .max, 70_001, 3] {
            once.record(value)
            times.record(value, count: 1)
            #expect(once == times)
        }
    }

    @Test func `an empty histogram answers zero and merges to nothing`() {
        var histogram = Histogram()
        #expect(histogram.isEmpty)
        #expect(histogram.percentile(50) == 0)
        #expect(histogram.min == 0 && histogram.max == 0 && histogram.mean == 0)
        histogram.merge(Histogram())
        histogram.record(5, count: 0)
        #expect(histogram == Histogram())
        histogram.record(5, count: 3)
        #expect(histogram == Histogram([5, 5, 5]))
    }

    @Test func `a different count, bucket or sum is a different histogram`() {
        #expect(Histogram([1, 2]) != Histogram([1]))
        #expect(Histogram([1, 5, 9]) != Histogram([1, 6, 9]))
        #expect(Histogram([0, 100_001, 200_000]) != Histogram([0, 100_002, 200_000]))
    }

    @Test(arguments: [(-1.0, 10 as UInt64), (.nan, 10), (101, 30), (.infinity, 30)])
    func `a share that is none becomes an end`(share: Double, expected: UInt64) {
        #expect(Histogram([10, 20, 30]).percentile(share) == expected)
    }

    @Test func `values at the end of the scale are exact at the end, and only counted past it`() {
        var histogram = Histogram([Buckets.valueMax])
        #expect(histogram.percentile(50) == Buckets.valueMax)
        histogram.record(Buckets.valueMax + 1)
        histogram.record(.max)
        #expect(histogram.max == .max)
        #expect(histogram.count == 3)
        #expect(histogram.percentile(99) == .max)
        #expect(histogram.counts.count <= Buckets.countMax)
    }

    @Test func `counts and the sum stop at their maximum`() {
        var histogram = Histogram()
        histogram.record(.max, count: .max)
        histogram.record(.max, count: .max)
        histogram.record(1, count: 5)
        #expect(histogram.count == .max)
        #expect(histogram.sum == .max)
        histogram.merge(histogram)
        #expect(histogram.count == .max)
        #expect(histogram.percentile(50) == .max)
        #expect(histogram.min == 1)
    }

    @Test func `memory is that of the values between the extremes, and never above the maximum`() {
        var histogram = Histogram()
        for value in 10_000...11_000 as ClosedRange<UInt64> { histogram.record(value) }
        #expect(histogram.counts.count < 1000)
        histogram.record(0)
        histogram.record(.max)
        #expect(histogram.counts.count == Buckets.countMax)
        #expect(Buckets.countMax * 8 <= 225_000)
    }

    @Test func `buckets follow each other without gaps and are never wider than 0.1 per cent`() {
        for index in 0..<Buckets.countMax - 1 {
            let (lowest, highest) = (Buckets.lowest(in: index), Buckets.highest(in: index))
            #expect(Buckets.index(of: lowest) == index && Buckets.index(of: highest) == index)
            #expect(Buckets.lowest(in: index + 1) == highest + 1)
            #expect(Double(highest - lowest) <= Double(lowest) * 0.001)
        }
    }

    @Test func `counts under a bound include the bound`() {
        let histogram = Histogram([5, 10, 10, 2000, 100_000])
        #expect(histogram.count(atMost: 4) == 0)
        #expect(histogram.count(atMost: 5) == 1)
        #expect(histogram.count(atMost: 10) == 3)
        #expect(histogram.count(atMost: 99_000) == 4)
        #expect(histogram.count(atMost: .max) == 5)
        #expect(Histogram().count(atMost: 7) == 0)
    }
}

extension Histogram {
    init(_ values: some Sequence<UInt64>) {
        self.init()
        for value in values { record(value) }
    }
}
