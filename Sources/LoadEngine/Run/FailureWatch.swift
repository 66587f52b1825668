/// Looks back on the last seconds for a `StopRule`.
struct FailureWatch {
    private let rule: StopRule
    private var seconds: [(requests: UInt64, failures: UInt64)] = []

    init(_ rule: StopRule) {
        self.rule = rule
    }

    /// Takes in another second.
    ///
    /// - Returns: how the rule is broken; nil while it holds.
    mutating func fault(after interval: LoadStatistics) -> String? {
        let requests = interval.endpoints.reduce(0) { $0 + $1.requests }
        let failures = interval.endpoints.reduce(0) { $0 + $1.failures }
        seconds.append((requests, failures))
        let countMax = max(1, Int(rule.window.seconds.rounded(.up)))
        if seconds.count > countMax { seconds.removeFirst(seconds.count - countMax) }
        let recent = seconds.reduce((requests: 0 as UInt64, failures: 0 as UInt64)) {
            ($0.requests + $1.requests, $0.failures + $1.failures)
        }
        guard recent.requests >= rule.requestsMin, recent.requests > 0 else { return nil }
        let percent = Double(recent.failures) / Double(recent.requests) * 100
        guard percent > rule.failurePercentMax else { return nil }
        return "\(recent.failures) of \(recent.requests) requests failed within "
            + "\(seconds.count) s, more than \(rule.failurePercentMax) %"
    }
}
