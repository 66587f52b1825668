/// Looks at one threshold while the run goes on.
package struct ThresholdWatch: Sendable {
    package struct Broken: Equatable, Sendable {
        package let value: Double
        /// Seconds since load was asked for.
        package let since: Double
        package let at: Double
    }

    private let threshold: Threshold
    private var total: MeasuredTotal
    private var slider: WindowSlider?
    private var brokenSince: Double?

    package init(_ threshold: Threshold, lateness: Double) {
        self.threshold = threshold
        total = MeasuredTotal(of: threshold.measure)
        slider = threshold.windowSeconds.map { WindowSlider(threshold, $0, lateness: lateness) }
    }

    /// - Returns: what to stop the run for; nil as long as the threshold holds, or was not broken
    ///   for long enough.
    package mutating func take(_ interval: MeasuredInterval) -> Broken? {
        guard let patience = threshold.abortAfterSeconds,
            interval.from >= threshold.ignoredSeconds
        else { return nil }
        guard let (value, isBroken) = look(interval) else { return nil }
        guard isBroken else {
            brokenSince = nil
            return nil
        }
        let since = brokenSince ?? interval.to
        brokenSince = since
        guard interval.to - since >= patience else { return nil }
        return Broken(value: value, since: since, at: interval.to)
    }

    private mutating func look(_ interval: MeasuredInterval) -> (value: Double, isBroken: Bool)? {
        if let look = slider?.take(interval) {
            return look.value.map { ($0, look.finding == .broken) }
        }
        guard slider == nil else { return nil }
        total.add(interval)
        return total.value().map { ($0, !threshold.holds(for: $0)) }
    }
}
