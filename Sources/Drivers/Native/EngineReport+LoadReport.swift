import ControlPlane
import LoadEngine
import Metrics

/// The engine's numbers in the domain's words.
extension EngineReport {
    /// - Parameters:
    ///   - endpoints: of the program that the engine runs.
    ///   - sequence: of this report, from 1.
    package init(_ report: LoadReport, of endpoints: [EndpointName], sequence: Int) {
        self.init(
            sequence: sequence, elapsed: report.elapsed, users: report.users,
            totals: Sample(report.total.total, delta: report.interval.total))
        for (index, name) in endpoints.enumerated()
        where index < report.total.endpoints.count {
            let total = report.total.endpoints[index]
            guard total.requests > 0 else { continue }
            let endpoint = Endpoint(method: name.method, name: name.name)
            self.endpoints.append(
                EndpointSample(
                    endpoint: endpoint,
                    sample: Sample(total, delta: report.interval.endpoints[index])))
            errors += ErrorSample.samples(of: total, at: endpoint)
        }
        evidence = EngineEvidence(report)
        evidence.slowestTraces = TracedResponse.slowest(of: report, endpoints)
        interval = GeneratorInterval(report.interval)
        end = report.end.map(EngineEnd.init)
    }
}

extension TracedResponse {
    fileprivate static func slowest(of report: LoadReport, _ endpoints: [EndpointName])
        -> [TracedResponse]?
    {
        let traces = zip(endpoints, report.total.endpoints).compactMap { name, statistics in
            statistics.slowestTrace.map { slowest in
                TracedResponse(
                    method: name.method, name: name.name, traceId: slowest.trace.text,
                    responseMs: Double(slowest.microseconds) / 1000)
            }
        }
        guard !traces.isEmpty else { return nil }
        return Array(traces.sorted { $0.responseMs > $1.responseMs }.prefix(countMax))
    }
}

extension Sample {
    fileprivate init(_ total: EndpointStatistics, delta: EndpointStatistics) {
        self.init(
            requests: Int(clamping: total.requests), failures: Int(clamping: total.failures))
        if !total.latency.isEmpty {
            averageMs = total.latency.mean / 1000
            minMs = Double(total.latency.min) / 1000
            maxMs = Double(total.latency.max) / 1000
        }
        if !delta.latency.isEmpty { encodedHistogramDelta = delta.latency.encoded() }
    }
}

extension ErrorSample {
    /// One for each kind of failure, told by its first example.
    fileprivate static func samples(of total: EndpointStatistics, at endpoint: Endpoint)
        -> [ErrorSample]
    {
        total.failuresByKind.map { kind, count in
            let example = total.examples[kind].map { ": \(EngineProtocol.shortened($0))" } ?? ""
            return ErrorSample(
                endpoint: endpoint, message: kind.name + example,
                occurrences: Int(clamping: count), firstSeen: nil, lastSeen: nil)
        }
    }
}

extension GeneratorInterval {
    fileprivate init(_ statistics: LoadStatistics) {
        self.init()
        let transport = statistics.transport
        cpuShare = transport.cpuShare
        latenessP99Ms = Double(transport.lateness.percentile(99)) / 1000
        responseP99Ms = Double(statistics.total.latency.percentile(99)) / 1000
        loopLagMaxMs = Double(transport.loopLag.max) / 1000
        requests = Int(clamping: statistics.total.requests)
        dropped = Int(clamping: transport.dropped)
        delayed = Int(clamping: transport.delayed)
        portsExhausted = Int(clamping: transport.portsExhausted)
        socketsExhausted = Int(clamping: transport.socketsExhausted)
    }
}

extension EngineEvidence {
    fileprivate init(_ report: LoadReport) {
        let (total, transport) = (report.total.total, report.total.transport)
        func milliseconds(_ histogram: Histogram, _ share: Double) -> Double {
            Double(histogram.percentile(share)) / 1000
        }
        self.init(
            droppedArrivals: Int(clamping: transport.dropped), inFlight: report.inFlight,
            bytesIn: Int(clamping: total.bytesIn), bytesOut: Int(clamping: total.bytesOut),
            statusCodes: Dictionary(
                uniqueKeysWithValues: total.statuses.map { ("\($0)", Int(clamping: $1)) }),
            failuresByKind: Dictionary(
                uniqueKeysWithValues: total.failuresByKind.map { ($0.name, Int(clamping: $1)) }),
            connectionsOpened: Int(clamping: transport.connectionsOpened),
            latenessP50Ms: milliseconds(transport.lateness, 50),
            latenessP99Ms: milliseconds(transport.lateness, 99),
            latenessMaxMs: Double(transport.lateness.max) / 1000,
            loopLagMaxMs: Double(transport.loopLag.max) / 1000,
            cpuShare: report.interval.transport.cpuShare,
            portsExhausted: Int(clamping: transport.portsExhausted),
            generatorLimited: report.warnings.contains(where: \.isOfGenerator),
            generatorWarnings: report.warnings.filter(\.isOfGenerator).map(\.cause))
        // In a closed model there is only one clock.
        guard !total.ownServiceTime.isEmpty else { return }
        serviceTimeP50Ms = milliseconds(total.ownServiceTime, 50)
        serviceTimeP95Ms = milliseconds(total.ownServiceTime, 95)
        serviceTimeP99Ms = milliseconds(total.ownServiceTime, 99)
    }
}

extension EngineEnd {
    fileprivate init(_ end: LoadEnd) {
        switch end {
        case .durationElapsed: self.init(.durationElapsed, "the planned duration is over")
        case .budgetSpent: self.init(.budgetSpent, "all requests of the test were sent")
        case .dataUsedUp: self.init(.budgetSpent, "the unique data was used up")
        case .stopped: self.init(.stopped, "the load was stopped")
        case .leaseExpired:
            self.init(.leaseExpired, "nobody has renewed the lease of the load")
        case .stopRuleBroken(let rule): self.init(.stopRuleBroken, rule)
        case .failed(let cause): self.init(.failed, cause)
        }
    }
}
