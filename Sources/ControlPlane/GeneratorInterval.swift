import Thresholds

/// What a generator tells of itself since its report before: whether the numbers of that time are
/// the target's. Stored with each report, because only so the seconds that are clean can be told.
package struct GeneratorInterval: Equatable, Sendable, Codable {
    /// How busy the generating threads were, 0...1, each on average; of Locust, the busiest worker.
    package var cpuShare = 0.0
    /// How late requests were sent that could have been sent, and how long responses took.
    package var latenessP99Ms = 0.0
    package var responseP99Ms = 0.0
    /// The longest that a generating thread was kept from its events.
    package var loopLagMaxMs = 0.0
    package var requests = 0
    /// Arrivals that were not sent, and that had to wait for a connection.
    package var dropped = 0
    package var delayed = 0
    /// Connections that found no local port, and no descriptor or memory.
    package var portsExhausted = 0
    package var socketsExhausted = 0

    package init() {}

    /// This and the one before as one.
    package func including(_ earlier: GeneratorInterval) -> GeneratorInterval {
        var sum = self
        sum.cpuShare = max(cpuShare, earlier.cpuShare)
        sum.latenessP99Ms = max(latenessP99Ms, earlier.latenessP99Ms)
        sum.responseP99Ms = max(responseP99Ms, earlier.responseP99Ms)
        sum.loopLagMaxMs = max(loopLagMaxMs, earlier.loopLagMaxMs)
        sum.requests += earlier.requests
        sum.dropped += earlier.dropped
        sum.delayed += earlier.delayed
        sum.portsExhausted += earlier.portsExhausted
        sum.socketsExhausted += earlier.socketsExhausted
        return sum
    }
}

/// The same with its time.
package struct TimedGeneratorInterval: Equatable, Sendable {
    /// In milliseconds since 1970, as exact as it is stored.
    package let time: Int
    package let source: Observation.Source
    package let interval: GeneratorInterval

    package init(time: Int, source: Observation.Source, interval: GeneratorInterval) {
        self.time = time
        self.source = source
        self.interval = interval
    }
}

/// How a generator gets between a target and its numbers.
enum GeneratorTrouble: Int, CaseIterable, Sendable {
    case processorBusy
    case sendsLate
    case loopStalled
    case portsExhausted
    case socketsExhausted
    case workerBusy
    case workersMissing
    case arrivalsDropped
    case arrivalsDelayed

    /// What is measured meanwhile.
    var quality: MeasuredQuality {
        switch self {
        case .processorBusy, .sendsLate, .loopStalled, .portsExhausted, .socketsExhausted,
            .workerBusy, .workersMissing:
            .generator
        // Whether the pool was too small or the target too slow, nobody here can tell.
        case .arrivalsDropped, .arrivalsDelayed: .shortOfLoad
        }
    }

    /// Amounts of these add up; of the others the largest is told.
    var isCount: Bool {
        switch self {
        case .portsExhausted, .socketsExhausted, .arrivalsDropped, .arrivalsDelayed: true
        case .processorBusy, .sendsLate, .loopStalled, .workerBusy, .workersMissing: false
        }
    }

    func text(_ amount: Double) -> String {
        switch self {
        case .processorBusy:
            "the generating threads used up to \(whole(amount * 100)) % of their cores"
        case .sendsLate:
            "requests were sent up to \((amount * 10).rounded() / 10) ms late (99th percentile)"
        case .loopStalled:
            "a generating thread was kept from its events for up to \(whole(amount)) ms"
        case .portsExhausted: "\(whole(amount)) connections found no free local port"
        case .socketsExhausted: "\(whole(amount)) connections found no descriptor or memory"
        case .workerBusy: "a worker used up to \(whole(amount * 100)) % of its core"
        case .workersMissing: "up to \(whole(amount)) of the workers were missing"
        case .arrivalsDropped: "\(whole(amount)) arrivals were not sent"
        case .arrivalsDelayed: "\(whole(amount)) arrivals waited for a connection"
        }
    }

    /// Also of what a master or a damaged store says.
    private func whole(_ amount: Double) -> Int {
        amount.isNaN ? 0 : Int(min(max(amount.rounded(), 0), 1e15))
    }
}

extension GeneratorInterval {
    /// What is left of a core is not enough to say that a response was read when it came.
    private static let busyShareMin = 0.95
    /// Locust itself warns of workers above this.
    private static let workerBusyShareMin = 0.9
    /// A millisecond is what somebody who looks at response times sees, and a tenth of them what
    /// changes a conclusion: as `GeneratorWatch` has it.
    private static let latenessMaxMs = 1.0
    private static let latenessShareMax = 0.1
    /// A quarter of a second in which nothing was read shows in any percentile of that second.
    private static let loopLagMaxMs = 250.0
    /// Of the requests: more that had to wait for a connection say something about the pool.
    private static let delayedShareMax = 0.01

    func troubles(of source: Observation.Source) -> [(GeneratorTrouble, Double)] {
        if source != .engine {
            return cpuShare >= Self.workerBusyShareMin ? [(.workerBusy, cpuShare)] : []
        }
        var found: [(GeneratorTrouble, Double)] = []
        if cpuShare >= Self.busyShareMin { found.append((.processorBusy, cpuShare)) }
        // Before the first responses nobody knows what they will take: a target may be slow.
        let response = responseP99Ms > 0 ? responseP99Ms : 1000
        if latenessP99Ms > Self.latenessMaxMs, latenessP99Ms > response * Self.latenessShareMax {
            found.append((.sendsLate, latenessP99Ms))
        }
        if loopLagMaxMs > Self.loopLagMaxMs { found.append((.loopStalled, loopLagMaxMs)) }
        if portsExhausted > 0 { found.append((.portsExhausted, Double(portsExhausted))) }
        if socketsExhausted > 0 { found.append((.socketsExhausted, Double(socketsExhausted))) }
        if dropped > 0 { found.append((.arrivalsDropped, Double(dropped))) }
        if Double(delayed) > Double(requests) * Self.delayedShareMax {
            found.append((.arrivalsDelayed, Double(delayed)))
        }
        return found
    }
}
