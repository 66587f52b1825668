/// How fast a cumulative count grows, over the last stretch of time.
///
/// Takes looks at a counter as they come: repeated ones and late ones change nothing, and a count
/// that falls is a counter that began again at zero. The rate is therefore never negative.
package struct RateWindow: Sendable {
    /// Most samples kept within the window; those closer together replace each other. Enough that
    /// the window moves in steps of under half a per cent.
    static let samplesMax = 256

    private struct Sample {
        var time: Duration
        /// The count as last seen, and what it had reached before it began again.
        var count: UInt64
        var offset: UInt64
        var total: UInt64 { offset.addingOrMax(count) }
    }

    private let window: Duration
    /// By time; the first may be before the window, to know the count at its start.
    private var samples: [Sample] = []

    /// - Parameter window: how far back the rate looks; above zero.
    package init(window: Duration) {
        precondition(window > .zero, "A rate needs a stretch of time.")
        self.window = window
    }

    var sampleCount: Int { samples.count }

    /// Takes a look at the counter.
    ///
    /// - Parameters:
    ///   - time: on any clock, as long as it is always the same.
    ///   - count: events since the counter began.
    package mutating func record(at time: Duration, count: UInt64) {
        guard let latest = samples.last else {
            return samples.append(Sample(time: time, count: count, offset: 0))
        }
        guard time > latest.time || (time == latest.time && count > latest.count) else { return }
        let offset = count < latest.count ? latest.total : latest.offset
        let sample = Sample(time: time, count: count, offset: offset)
        if replacesLatest(time) {
            samples[samples.count - 1] = sample
        } else {
            samples.append(sample)
        }
        forget(before: time - window)
    }

    /// Events per second over the window that ends with the latest sample, or over what there is
    /// of it; nil before there are two samples.
    package var perSecond: Double? {
        guard samples.count > 1, let latest = samples.last else { return nil }
        let start = latest.time - window
        let (first, second) = (samples[0], samples[1])
        guard first.time < start else {
            return rate(of: Double(latest.total - first.total), over: latest.time - first.time)
        }
        // The count at the start of the window lies on the line between the two around it.
        let share = (start - first.time) / (second.time - first.time)
        let growth = Double(latest.total - first.total)
        return rate(of: growth - share * Double(second.total - first.total), over: window)
    }

    private func rate(of growth: Double, over time: Duration) -> Double {
        max(0, growth / (time / .seconds(1)))
    }

    /// Whether the latest sample is so close to the one before it that the rate can do without.
    private func replacesLatest(_ time: Duration) -> Bool {
        guard let latest = samples.last else { return false }
        guard samples.count > 1, time > latest.time else { return time == latest.time }
        // Three are not spaced: the one before the window, and the two at its ends.
        return latest.time - samples[samples.count - 2].time < window / (Self.samplesMax - 3)
    }

    /// Keeps the last sample at or before `start`.
    private mutating func forget(before start: Duration) {
        let within = samples.firstIndex { $0.time > start } ?? samples.count
        if within > 1 { samples.removeFirst(within - 1) }
    }
}
