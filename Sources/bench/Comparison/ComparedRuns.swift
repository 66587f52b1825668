import Comparison
import Metrics

/// What one comparison is of.
struct ComparedRuns {
    /// Runs that only tell how much runs differ among themselves.
    var history: [Comparison.Course]
    var before: [Comparison.Course]
    var after: Comparison.Course

    /// Of runs in a row, what the last is compared with by a rule that takes the median of so many.
    ///
    /// - Parameter tellingMax: the most earlier runs that are looked at, as the service does.
    init(last runs: [Comparison.Course], medianOf count: Int, tellingMax: Int = 10) {
        let earlier = runs.dropLast().suffix(tellingMax)
        history = Array(earlier.dropLast(count))
        before = Array(earlier.suffix(count))
        after = runs[runs.count - 1]
    }

    init(history: [Comparison.Course], before: [Comparison.Course], after: Comparison.Course) {
        (self.history, self.before, self.after) = (history, before, after)
    }
}

extension Comparison.Course {
    /// The same run with longer response times.
    func slower(by share: Double) -> Comparison.Course {
        Comparison.Course(
            intervals.map { interval in
                var times = Histogram()
                for (highest, count) in interval.responseTimes.buckets {
                    times.record(UInt64(Double(highest) * (1 + share)), count: count)
                }
                return Interval(
                    seconds: interval.seconds, requests: interval.requests, responseTimes: times,
                    failures: interval.failures)
            })
    }
}
