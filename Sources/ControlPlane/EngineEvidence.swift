/// What the native engine tells of itself: whether its numbers are the target's or its own. Counts
/// and percentiles are since the start of the run.
package struct EngineEvidence: Equatable, Sendable, Codable {
    /// Arrivals of an open model that no connection was free for.
    package var droppedArrivals: Int
    /// Requests that were sent and not answered yet.
    package var inFlight: Int
    package var bytesIn: Int
    package var bytesOut: Int
    /// Responses by their status, such as `200`.
    package var statusCodes: [String: Int]
    /// Failed requests by the engine's word for the kind of failure.
    package var failuresByKind: [String: Int]
    package var connectionsOpened: Int
    /// How late requests were sent, against their schedule.
    package var latenessP50Ms: Double
    package var latenessP99Ms: Double
    package var latenessMaxMs: Double
    /// The longest that a generating thread was kept from its events.
    package var loopLagMaxMs: Double
    /// How busy the generating threads were, 0...1, each on average; not cumulative.
    package var cpuShare: Double
    /// Connections that found no free local port.
    package var portsExhausted: Int
    /// Whether the generator, and not the target, was what limited the load.
    package var generatorLimited: Bool
    /// What was seen that says so, in words; nil in what earlier versions have stored.
    package var generatorWarnings: [String]?
    /// The slowest traced response of each endpoint that has one, slowest first; nil where nothing
    /// was traced.
    package var slowestTraces: [TracedResponse]?
    /// Response times from when a request was really sent, where that differs from its schedule.
    package var serviceTimeP50Ms: Double?
    package var serviceTimeP95Ms: Double?
    package var serviceTimeP99Ms: Double?

    package init(
        droppedArrivals: Int = 0, inFlight: Int = 0, bytesIn: Int = 0, bytesOut: Int = 0,
        statusCodes: [String: Int] = [:], failuresByKind: [String: Int] = [:],
        connectionsOpened: Int = 0, latenessP50Ms: Double = 0, latenessP99Ms: Double = 0,
        latenessMaxMs: Double = 0, loopLagMaxMs: Double = 0, cpuShare: Double = 0,
        portsExhausted: Int = 0, generatorLimited: Bool = false,
        serviceTimeP50Ms: Double? = nil, serviceTimeP95Ms: Double? = nil,
        serviceTimeP99Ms: Double? = nil, generatorWarnings: [String]? = nil
    ) {
        self.droppedArrivals = droppedArrivals
        self.inFlight = inFlight
        self.bytesIn = bytesIn
        self.bytesOut = bytesOut
        self.statusCodes = statusCodes
        self.failuresByKind = failuresByKind
        self.connectionsOpened = connectionsOpened
        self.latenessP50Ms = latenessP50Ms
        self.latenessP99Ms = latenessP99Ms
        self.latenessMaxMs = latenessMaxMs
        self.loopLagMaxMs = loopLagMaxMs
        self.cpuShare = cpuShare
        self.portsExhausted = portsExhausted
        self.generatorLimited = generatorLimited
        self.generatorWarnings = generatorWarnings
        self.serviceTimeP50Ms = serviceTimeP50Ms
        self.serviceTimeP95Ms = serviceTimeP95Ms
        self.serviceTimeP99Ms = serviceTimeP99Ms
    }
}

/// A response that can be found in the target's traces.
package struct TracedResponse: Equatable, Sendable, Codable {
    /// Endpoints of which one is told.
    package static let countMax = 20

    package let method: String
    package let name: String
    /// 32 digits.
    package let traceId: String
    package let responseMs: Double

    package init(method: String, name: String, traceId: String, responseMs: Double) {
        (self.method, self.name, self.traceId, self.responseMs) = (
            method, name, traceId, responseMs
        )
    }
}
