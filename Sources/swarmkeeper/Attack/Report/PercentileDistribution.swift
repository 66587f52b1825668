import Foundation
import Metrics

/// The percentiles of a histogram in the plain text that `outputPercentileDistribution` of
/// HdrHistogram writes, and that its plotter reads: milliseconds, five steps in each half of what
/// is left to 100 %.
enum PercentileDistribution {
    private static let ticksPerHalfDistance = 5.0

    static func text(_ histogram: Histogram) -> String {
        var text = "       Value     Percentile TotalCount 1/(1-Percentile)\n\n"
        for share in shares(of: histogram) {
            let value = histogram.percentile(share)
            let count = histogram.count(atMost: value)
            let milliseconds = Double(value) / 1000
            text += String(format: "%12.3f %2.12f %10llu", milliseconds, share / 100, count)
            text += share < 100 ? String(format: " %14.2f\n", 1 / (1 - share / 100)) : "\n"
        }
        text += String(
            format: "#[Mean    = %12.3f, StdDeviation   = %12.3f]\n", histogram.mean / 1000,
            histogram.standardDeviation / 1000)
        text += String(
            format: "#[Max     = %12.3f, Total count    = %12llu]\n",
            Double(histogram.max) / 1000, histogram.count)
        // What HdrHistogram needs for three digits up to an hour in microseconds.
        return text + "#[Buckets =           22, SubBuckets     =         2048]\n"
    }

    /// Per cent, until a step passes the last value; then 100.
    private static func shares(of histogram: Histogram) -> [Double] {
        guard !histogram.isEmpty else { return [] }
        var shares: [Double] = []
        var share = 0.0
        while share < 100 {
            shares.append(share)
            if histogram.percentile(share) == histogram.max { break }
            let halvings = (log2(100 / (100 - share)).rounded(.down)) + 1
            share += 100 / (ticksPerHalfDistance * pow(2, halvings))
        }
        return shares + [100]
    }
}
