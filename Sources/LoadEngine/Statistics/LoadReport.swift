/// How a run of the engine stands: after each second, and at its end.
package struct LoadReport: Sendable {
    /// Since the start of the load. In the last report until its end, without the wait for what
    /// was on its way then, so it may be less than in the report before; but a number of requests
    /// of users ends with its last answer.
    package let elapsed: Duration
    /// What has come since the last report.
    package let interval: LoadStatistics
    /// Everything since the start.
    package let total: LoadStatistics
    /// Users that are active: of an open model those that have something under way.
    package let users: Int
    /// Connections that stand.
    package let connections: Int
    /// Requests sent, wholly or in part, and not answered.
    package let inFlight: Int
    /// Whether the generator and not the target limits the rate, as far as can be told.
    package let warnings: [GeneratorWarning]
    /// Why it ended; nil as long as it goes on. The report with it is the last one.
    package let end: LoadEnd?

    package var isFinal: Bool { end != nil }
}

/// A sign that the generator was the limit, and not the target.
package enum GeneratorWarning: Equatable, Sendable {
    /// A thread used nearly all of its core, in most of the seconds.
    case processorBusy(share: Double)
    /// Arrivals were sent late although they had a connection; the 99th percentile.
    case sendsLate(p99Microseconds: UInt64)
    /// Arrivals had to wait for a connection: the pool was too small for this target.
    case arrivalsDelayed(UInt64)
    /// Arrivals were not sent.
    case arrivalsDropped(UInt64)
    /// There was no local port for a connection.
    case portsExhausted(UInt64)
    /// There were not enough descriptors or memory for a connection.
    case socketsExhausted(UInt64)

    /// Whether it is the generator's own limit; otherwise the target may be too slow for what was
    /// asked for as well.
    package var isOfGenerator: Bool {
        switch self {
        case .processorBusy, .sendsLate, .portsExhausted, .socketsExhausted: true
        case .arrivalsDelayed, .arrivalsDropped: false
        }
    }
}
