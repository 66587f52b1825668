import Metrics

extension Histogram {
    /// The percentile of a histogram of microseconds, in milliseconds.
    ///
    /// - Parameters:
    ///   - share: 0...100.
    ///   - maxMs: the longest response as the source told it. A bucket is told by its upper end,
    ///     and Locust rounds what it counts, so that a percentile could otherwise be above it.
    func percentileMilliseconds(_ share: Double, atMost maxMs: Double?) -> Double {
        Swift.min(Double(percentile(share)) / 1000, maxMs ?? .infinity)
    }
}
