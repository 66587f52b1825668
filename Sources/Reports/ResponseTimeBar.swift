import Foundation
import Metrics

/// How many requests took about as long.
package struct ResponseTimeBar: Equatable, Sendable {
    /// Bars between the shortest and the longest time: more would show the noise.
    static let countMax = 48
    /// A bar is at least a tenth of its time wide, twice what Locust's two digits tell apart.
    private static let widthMin = 1.1

    /// Above this, in microseconds.
    package let from: Double
    /// Up to this.
    package let to: Double
    package let count: UInt64

    /// Bars that are equally wide on a logarithmic scale, from the shortest time to the longest;
    /// none where there are no times.
    static func bars(of histogram: Histogram) -> [ResponseTimeBar] {
        guard !histogram.isEmpty else { return [] }
        // Some room on both sides, so that also one value alone has a bar.
        let low = max(1, Double(histogram.min)) * 0.97
        let high = max(low * 1.5, Double(histogram.max) * 1.03)
        let count = max(1, min(countMax, Int(log(high / low) / log(widthMin))))
        let width = pow(high / low, 1 / Double(count))
        var bars: [ResponseTimeBar] = []
        var passed = UInt64(0)
        for index in 0..<count {
            let to = low * pow(width, Double(index + 1))
            let isLast = index == count - 1
            let until = isLast ? histogram.count : histogram.count(atMost: UInt64(to))
            bars.append(
                ResponseTimeBar(from: to / width, to: to, count: until - min(until, passed)))
            passed = max(passed, until)
        }
        return bars
    }
}
