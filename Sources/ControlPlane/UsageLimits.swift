/// How much load somebody may use at the most; a limit that is not there does not hold.
package struct UsageLimits: Equatable, Sendable {
    /// By the name that the configuration and the API give it.
    package enum Name: String, CaseIterable, Sendable {
        /// Live runs at a time. 0 forbids any.
        case maxConcurrentRuns
        /// Runs that begin within one calendar day, UTC, whatever becomes of them.
        case maxRunsPerDay
        /// Runs that wait in the queue.
        case maxQueuedRuns
        /// Users of one run.
        case maxUsers
        /// Users over all live runs.
        case maxTotalUsers
        /// Users that one run starts per second.
        case maxSpawnRate
        /// Requests per second that one run with an open load model asks for.
        case maxRequestsPerSecond
        /// The same over all live runs.
        case maxTotalRequestsPerSecond
        case maxDurationSeconds
    }

    private var values: [Name: Double] = [:]

    package init() {}

    package subscript(name: Name) -> Double? {
        get { values[name] }
        set { values[name] = newValue }
    }

    package var isEmpty: Bool { values.isEmpty }
}

extension UsageLimits: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (Name, Double)...) {
        for (name, value) in elements { values[name] = value }
    }
}

extension UsageLimits.Name {
    /// Those that make sense for the target of load, whoever makes it.
    package static let ofTargets: [Self] = [
        .maxConcurrentRuns, .maxTotalUsers, .maxTotalRequestsPerSecond,
    ]

    /// A queue is a tenant's, whatever environments its runs are for.
    package static let ofEnvironments: [Self] = allCases.filter { $0 != .maxQueuedRuns }

    /// Whether its value is a whole number.
    package var isCount: Bool {
        switch self {
        case .maxSpawnRate, .maxRequestsPerSecond, .maxTotalRequestsPerSecond: false
        default: true
        }
    }
}
