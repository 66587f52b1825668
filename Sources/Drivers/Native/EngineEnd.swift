import JSON

/// Why an engine ended its load, in its own words.
package struct EngineEnd: Equatable, Sendable {
    package enum Cause: String, CaseIterable, Sendable {
        case durationElapsed
        /// The number of requests was reached, or a list of unique data used up.
        case budgetSpent
        /// The service asked for it.
        case stopped
        /// Somebody else asked for it, by a signal.
        case signalled
        /// Nobody renewed the lease.
        case leaseExpired
        case stopRuleBroken
        /// The engine could not go on.
        case failed
    }

    package let cause: Cause
    /// In words, to be read by the owner of the run.
    package let detail: String

    package init(_ cause: Cause, _ detail: String) {
        self.cause = cause
        self.detail = EngineProtocol.shortened(detail)
    }
}

extension EngineEnd {
    init(_ object: WireObject) throws(WireFault) {
        guard let cause = Cause(rawValue: try object.text("cause")) else {
            throw object.expected("cause", "one that is known")
        }
        self.init(cause, try object.text("detail"))
    }

    var json: JSONValue {
        .object(["cause": .string(cause.rawValue), "detail": .string(detail)])
    }
}
