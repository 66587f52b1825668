import Metrics

/// What one run has measured of one endpoint, interval after interval without gaps, and without its
/// warm-up.
package struct Course: Sendable {
    /// What came back within an interval, usually a second.
    package struct Interval: Sendable {
        package private(set) var seconds: Double
        /// All, those included that had no response and so no time.
        package private(set) var requests: UInt64
        package private(set) var failures: UInt64
        /// In microseconds; empty where nobody knows them one by one.
        package private(set) var responseTimes: Histogram
        /// How many have a time, and the sum of these in microseconds.
        private(set) var timed: Double
        private(set) var timeSum: Double

        /// - Parameters:
        ///   - requests: nil for as many as there are response times.
        ///   - meanTime: in microseconds, of all requests, where `responseTimes` do not tell it.
        package init(
            seconds: Double = 1, requests: UInt64? = nil, responseTimes: Histogram,
            failures: UInt64 = 0, meanTime: Double? = nil
        ) {
            self.seconds = seconds
            self.requests = requests ?? responseTimes.count
            self.responseTimes = responseTimes
            self.failures = failures
            if let meanTime {
                timed = Double(self.requests)
                timeSum = timed * meanTime
            } else {
                timed = Double(responseTimes.count)
                timeSum = Double(responseTimes.sum)
            }
        }

        mutating func merge(_ next: Interval) {
            seconds += next.seconds
            requests &+= next.requests
            failures &+= next.failures
            responseTimes.merge(next.responseTimes)
            timed += next.timed
            timeSum += next.timeSum
        }
    }

    package let intervals: [Interval]

    package init(_ intervals: [Interval]) {
        self.intervals = intervals
    }
}

/// A number of a course that two of them are compared by.
package enum Figure: Hashable, Sendable {
    /// In microseconds; the share in per cent, above 0 and below 100.
    case percentile(Double)
    /// Mean response time in microseconds.
    case mean
    /// Requests per second.
    case rate
    /// Failed requests in per cent of all.
    case errorRate

    /// Requests that must be slower than a percentile, and faster: of fewer, chance alone decides
    /// where it is.
    private static let beyondMin = 10.0

    /// Response times that it takes to tell it.
    package var timesMin: Double {
        guard case .percentile(let share) = self else { return 0 }
        // Not one more because of the last digit of a fraction.
        return (Self.beyondMin / min(1 - share / 100, share / 100) - 1e-6).rounded(.up)
    }
}
