/// Notices where the generator and not the target was the limit.
struct GeneratorWatch {
    /// Of a core: what is left is not enough to say that a response was read when it came.
    private static let busyShareMin = 0.95
    /// A millisecond is what somebody who looks at response times sees, and a tenth of them what
    /// changes a conclusion.
    private static let latenessMaxMicroseconds: UInt64 = 1_000
    private static let latenessShareMax = 0.1
    /// Of all arrivals: more that had to wait for a connection say something about the pool.
    private static let delayedShareMax = 0.01

    private var seconds = 0
    private var busySeconds = 0
    private var busyShares = 0.0

    mutating func note(_ interval: LoadStatistics) {
        guard interval.transport.threadNanoseconds > 0 else { return }
        seconds += 1
        let share = interval.transport.cpuShare
        guard share >= Self.busyShareMin else { return }
        busySeconds += 1
        busyShares += share
    }

    /// - Parameter total: since the start.
    func warnings(about total: LoadStatistics) -> [GeneratorWarning] {
        let transport = total.transport
        var warnings: [GeneratorWarning] = []
        if busySeconds * 2 > seconds {
            warnings.append(.processorBusy(share: busyShares / Double(busySeconds)))
        }
        let lateness = transport.lateness.percentile(99)
        if lateness > Self.latenessMaxMicroseconds,
            Double(lateness) > Double(total.total.latency.percentile(99)) * Self.latenessShareMax
        {
            warnings.append(.sendsLate(p99Microseconds: lateness))
        }
        let begun = total.endpoints.reduce(0) { $0 + $1.requests }
        if Double(transport.delayed) > Double(begun) * Self.delayedShareMax {
            warnings.append(.arrivalsDelayed(transport.delayed))
        }
        if transport.dropped > 0 { warnings.append(.arrivalsDropped(transport.dropped)) }
        if transport.portsExhausted > 0 {
            warnings.append(.portsExhausted(transport.portsExhausted))
        }
        if transport.socketsExhausted > 0 {
            warnings.append(.socketsExhausted(transport.socketsExhausted))
        }
        return warnings
    }
}
