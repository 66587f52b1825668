/// When each request of an open model is due: a function of its number alone, so that no lateness
/// of one request moves another and nothing drifts.
///
/// A rate that changes evenly over a stage makes the number of requests due a parabola of time;
/// the time of request *i* is the root of it.
package struct ArrivalSchedule: Equatable, Sendable {
    package struct Stage: Equatable, Sendable {
        /// Requests per second at the end of the stage, reached evenly from the rate before it.
        package let rate: Double
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
        var (seconds, count, rate) = (0.0, 0.0, startRate)
        for stage in stages where stage.duration > .zero {
            let length = stage.duration / .seconds(1)
            let segment = Segment(
                startSeconds: seconds, startCount: count, startRate: rate,
                slope: (stage.rate - rate) / length, seconds: length)
            segments.append(segment)
            (seconds, count) = (seconds + length, segment.count(after: length))
            rate = stage.rate
        }
        self.segments = segments
        requestCount = UInt64(max(0, count.rounded(.down)))
        rateMax = max(startRate, stages.map(\.rate).max() ?? 0)
    }

    /// When request `index`, from 0, is due, in nanoseconds from the start; nil behind the end.
    package func nanoseconds(of index: UInt64) -> UInt64? {
        let count = Double(index)
        guard requestCount.map({ index < $0 }) ?? true,
            let segment = segments.last(where: { $0.startCount <= count })
        else { return nil }
        let seconds = segment.startSeconds + Self.elapsed(to: count, in: segment)
        return UInt64((seconds * 1e9).rounded())
    }

    /// The root of `slope/2 t² + startRate t = due`, in the form that also holds for slope 0.
    private static func elapsed(to count: Double, in segment: Segment) -> Double {
        let due = count - segment.startCount
        let root = (segment.startRate * segment.startRate + 2 * segment.slope * due)
            .squareRoot()
        let denominator = segment.startRate + root
        guard denominator > 0 else { return 0 }
        return 2 * due / denominator
    }
}
