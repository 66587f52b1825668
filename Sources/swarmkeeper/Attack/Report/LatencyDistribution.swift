import Metrics

/// How often responses took how long, under round bounds that people can compare.
enum LatencyDistribution {
    struct Row: Equatable {
        /// In microseconds, included.
        let bound: UInt64
        /// Above the bound before.
        let count: UInt64
    }

    /// More are no picture any more.
    static let rowsMax = 12

    /// Steps within a power of ten, from the finest; times are spread over powers, so that equal
    /// steps would put all but one row into the tail.
    private static let scales: [[Double]] = [
        [1, 1.25, 1.6, 2, 2.5, 3.2, 4, 5, 6.3, 8], [1, 1.6, 2.5, 4, 6.3], [1, 2, 5], [1, 3], [1],
    ]

    static func rows(_ histogram: Histogram) -> [Row] {
        guard !histogram.isEmpty else { return [] }
        let candidates = scales.lazy.map { rows(histogram, bounds: bounds($0)) }
        return candidates.first { $0.count <= rowsMax } ?? rows(histogram, bounds: bounds([1]))
    }

    /// Up to the longest time that a histogram tells apart, 19 hours.
    private static func bounds(_ steps: [Double]) -> [UInt64] {
        var bounds: [UInt64] = []
        var power = 1.0
        while power < 1e11 {
            for step in steps {
                let bound = UInt64((step * power).rounded())
                if bound != bounds.last { bounds.append(bound) }
            }
            power *= 10
        }
        return bounds
    }

    private static func rows(_ histogram: Histogram, bounds: [UInt64]) -> [Row] {
        var rows: [Row] = []
        var passed: UInt64 = 0
        for bound in bounds where bound >= histogram.min {
            let count = histogram.count(atMost: bound)
            rows.append(Row(bound: bound, count: count - passed))
            passed = count
            if count == histogram.count { break }
        }
        return rows
    }
}
