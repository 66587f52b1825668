/// Moves a window over a run, report by report: at the end of a run as well as while it goes on.
///
/// A window is made of whole intervals, the fewest that are as long as it, because nobody knows how
/// requests lie within one. With a report each second that is exact. What is broken in a longer
/// stretch is broken in some part of it, as its percentiles and means lie between those of its
/// parts; that it holds there says nothing of the parts.
struct WindowSlider {
    enum Finding: Equatable {
        case held
        case broken
        /// Nothing came that could tell.
        case nothing
        case doubtful(String)
    }

    struct Look {
        let from: Double
        let seconds: Double
        let value: Double?
        let finding: Finding
        let quality: MeasuredQuality
    }

    /// Reports that come a little early make no window longer by a report.
    private static let shortest = 0.98
    /// A stretch that is longer by more than this is not taken for the window.
    private static let longest = 1.25

    private let threshold: Threshold
    private let window: Double
    private let lateness: Double
    private var sliding: SlidingTotal

    init(_ threshold: Threshold, _ window: Double, lateness: Double) {
        self.threshold = threshold
        self.window = window
        self.lateness = lateness
        sliding = SlidingTotal(of: threshold.measure)
    }

    /// - Returns: the window that ends with this interval; nil as long as none is whole.
    mutating func take(_ interval: MeasuredInterval) -> Look? {
        // Load begins somewhere in the first one, so that its rate is not known.
        if threshold.measure.kind == .rate, interval.from <= 0 { return nil }
        sliding.append(interval)
        let needed = window * Self.shortest
        while sliding.to - sliding.fromWithoutFirst >= needed { sliding.removeFirst() }
        let seconds = sliding.to - sliding.from
        guard seconds >= needed else { return nil }
        let total = sliding.total
        let value = total.value()
        return Look(
            from: sliding.from, seconds: seconds, value: value,
            finding: finding(value, seconds, lacksTimes: total.lacksTimes),
            quality: total.quality)
    }

    private func finding(_ value: Double?, _ seconds: Double, lacksTimes: Bool) -> Finding {
        if lacksTimes {
            return .doubtful(
                "\(threshold.measure.name) of a window cannot be told without histograms")
        }
        guard let value else { return .nothing }
        guard let holds = threshold.holds(value, within: seconds, late: lateness) else {
            return .doubtful(threshold.tooNear(seconds, lateness))
        }
        guard seconds > window * Self.longest + 1 else { return holds ? .held : .broken }
        // Of more seconds there is more to count.
        let isTold = threshold.measure.kind == .count ? holds == threshold.isUpperBound : !holds
        guard isTold else {
            return .doubtful(
                "numbers came only every \(Number.text(Number.rounded(seconds, decimals: 1))) s")
        }
        return holds ? .held : .broken
    }
}
