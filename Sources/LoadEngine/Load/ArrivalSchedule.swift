/// When each request of an open model is due: a function of its number alone, so that no lateness
/// of one request moves another and nothing drifts.
///
/// A rate that changes evenly over a stage makes the number of requests due a parabola of time;
/// the time of request *i* is the root of it.
package struct ArrivalSchedule: Equatable, Sendable {
    package struct Stage: Equatable, Sendable {
        /// Requests per second at the end of the stage, reached evenly from the rate before it.
        package let rate: Double
        /// Zero for a step.
        package let duration: Duration

        package init(rate: Double, duration: Duration) {
            self.rate = rate
            self.duration = duration
        }
    }

    private struct Segment: Equatable, Sendable {
        let startSeconds: Double
        let startCount: Double
        let startRate: Double
        let slope: Double
        let seconds: Double

        func count(after elapsed: Double) -> Double {
            startCount + startRate * elapsed + slope * elapsed * elapsed / 2
        }
    }

    private let segments: [Segment]
    /// The most requests per second at any time.
    package let rateMax: Double
    /// Requests of the whole schedule; nil for one without an end.
    package let requestCount: UInt64?

    /// A rate that never changes and never ends.
    ///
    /// - Parameter rate: requests per second, above 0.
    package init(rate: Double) {
        precondition(rate > 0 && rate.isFinite, "an arrival rate is above 0")
        segments = [
            Segment(startSeconds: 0, startCount: 0, startRate: rate, slope: 0, seconds: .infinity)
        ]
        requestCount = nil
        rateMax = rate
    }

    /// Stages one after the other, the first beginning at `startRate`.
    package init(startRate: Double, stages: [Stage]) {
        var segments: [Segment] = []
        var (time, count, rate) = (Duration.zero, 0.0, startRate)
        for stage in stages {
            let length = stage.duration.seconds
            if length > 0, rate > 0 || stage.rate > 0 {
                let segment = Segment(
                    startSeconds: time.seconds, startCount: count, startRate: rate,
                    slope: (stage.rate - rate) / length, seconds: length)
                segments.append(segment)
                count = Self.withoutRoundingError(segment.count(after: length))
            }
            time += stage.duration
            rate = stage.rate
        }
        self.segments = segments
        // Request 0 is due at once, so that the one numbered by the last part of one is due too.
        requestCount = UInt64(max(0, count.rounded(.up)))
        rateMax = max(startRate, stages.map(\.rate).max() ?? 0)
    }

    /// When request `index`, from 0, is due, in nanoseconds from the start; nil behind the end.
    package func nanoseconds(of index: UInt64) -> UInt64? {
        let count = Double(index)
        guard requestCount.map({ index < $0 }) ?? true,
            let segment = segments.last(where: { $0.startCount <= count })
        else { return nil }
        let seconds = segment.startSeconds + Self.elapsed(to: count, in: segment)
        // At a rate near 0 the next one may be due in more time than the number holds.
        let nanoseconds = (seconds * 1e9).rounded()
        return nanoseconds < 0x1p63 ? UInt64(nanoseconds) : UInt64(Int64.max)
    }

    /// A count of whole requests where it is one but for the sums that it came from: one request
    /// would be missing, or move behind a pause.
    private static func withoutRoundingError(_ count: Double) -> Double {
        let whole = count.rounded()
        return abs(count - whole) < 1e-6 ? whole : count
    }

    /// The root of `slope/2 t² + startRate t = due`, in the form that also holds for slope 0.
    private static func elapsed(to count: Double, in segment: Segment) -> Double {
        let due = count - segment.startCount
        let square = segment.startRate * segment.startRate + 2 * segment.slope * due
        // At the end of a ramp down to nothing it is 0, and a rounding error may be below.
        let denominator = segment.startRate + max(0, square).squareRoot()
        guard denominator > 0 else { return 0 }
        return min(2 * due / denominator, segment.seconds)
    }
}
