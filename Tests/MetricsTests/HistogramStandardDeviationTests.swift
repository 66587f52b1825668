import Testing

@testable import Metrics

struct HistogramStandardDeviationTests {
    @Test func `nothing and equal values are not spread`() {
        var histogram = Histogram()
        #expect(histogram.standardDeviation == 0)
        histogram.record(123_457, count: 1000)
        #expect(histogram.standardDeviation == 0)
    }

    @Test func `the spread is right within the width of a bucket`() {
        var histogram = Histogram()
        histogram.record(2, count: 2)
        histogram.record(6, count: 2)
        #expect(histogram.standardDeviation == 2)
        var wide = Histogram()
        for value in UInt64(1)...1000 { wide.record(value * 1000) }
        // Of the numbers 1...n it is the root of (n² - 1) / 12.
        #expect(abs(wide.standardDeviation / 288_674.99 - 1) < 0.001)
    }
}
