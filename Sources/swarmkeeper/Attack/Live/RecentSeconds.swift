/// What a chart needs of the last seconds; older ones are forgotten.
struct RecentSeconds: Equatable, Sendable {
    struct Second: Equatable, Sendable {
        let rate: Double
        /// In microseconds; nil when nothing came back.
        let p99: Double?
        let failures: UInt64
    }

    /// A minute: what is older is the summary's business.
    static let secondsMax = 60

    /// Whether a rate over so short a time says anything; the last report may come a moment after
    /// the one before.
    static func hasRate(_ interval: Duration) -> Bool { interval > .milliseconds(100) }

    private(set) var seconds: [Second] = []
    /// Of the last report; the final one tells the time without the wait for the last answers,
    /// and so may be behind the one before.
    private(set) var elapsed = Duration.zero

    /// Takes in the next report.
    ///
    /// - Returns: the time since the report before.
    @discardableResult
    mutating func append(_ moment: Moment) -> Duration {
        let (report, statistics) = (moment.report, moment.interval)
        let interval = max(report.elapsed - elapsed, .zero)
        elapsed = max(report.elapsed, elapsed)
        let length = interval / .seconds(1)
        guard Self.hasRate(interval) || seconds.isEmpty && length > 0 else { return interval }
        let latency = statistics.latency
        seconds.append(
            Second(
                rate: Double(statistics.requests) / length,
                p99: latency.isEmpty ? nil : Double(latency.percentile(99)),
                failures: statistics.failures))
        if seconds.count > Self.secondsMax { seconds.removeFirst() }
        return interval
    }

    var rate: Double { seconds.last?.rate ?? 0 }
}
