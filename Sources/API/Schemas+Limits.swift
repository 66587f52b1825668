import ControlPlane

/// Limits: as they are configured, and as they are met.
extension Schemas {
    static let limits = limits("Limits", UsageLimits.Name.allCases)
    static let environmentLimits = limits("EnvironmentLimits", UsageLimits.Name.ofEnvironments)

    static let limitBreach = ObjectSchema(
        "LimitBreach",
        [
            required("name", .oneOf(UsageLimits.Name.allCases.map(\.rawValue)), "Which limit"),
            required("of", .oneOf(["tenant", "environment", "target"]), "Whose it is"),
            required("id", .text(max: 1000), "Of the tenant or environment; a target's pattern"),
            required("max", .measure, "The limit"),
            required("requested", .measure, "What was asked for"),
            required(
                "inUse", .nullable(.measure),
                "By other runs, on a target those of all tenants; null where the request alone is "
                    + "too large"),
            required(
                "resetsAt", .nullable(.timestamp),
                "From when it is counted anew; null where it comes free with the end of runs"),
        ])

    private static func limits(_ name: String, _ names: [UsageLimits.Name]) -> ObjectSchema {
        ObjectSchema(
            name,
            names.map {
                required($0.rawValue, .nullable($0.isCount ? .count : .measure), $0.meaning)
            })
    }
}

extension UsageLimits.Name {
    fileprivate var meaning: String {
        switch self {
        case .maxConcurrentRuns: "Live runs at a time"
        case .maxRunsPerDay: "Runs that begin on one calendar day, UTC"
        case .maxQueuedRuns: "Runs that wait in the queue"
        case .maxUsers: "Users of one run"
        case .maxTotalUsers: "Users over all live runs"
        case .maxSpawnRate: "Users that one run starts per second"
        case .maxRequestsPerSecond: "Requests per second of one run with an open load model"
        case .maxTotalRequestsPerSecond: "The same over all live runs"
        case .maxDurationSeconds: "Duration of one run"
        }
    }
}
