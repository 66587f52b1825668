import LoadEngine

extension LoadEnd {
    /// For reports that programs read.
    var name: String {
        switch self {
        case .durationElapsed: "durationElapsed"
        case .budgetSpent: "budgetSpent"
        case .dataUsedUp: "dataUsedUp"
        case .stopped: "stopped"
        case .leaseExpired: "leaseExpired"
        case .stopRuleBroken: "stopRuleBroken"
        case .failed: "failed"
        }
    }

    /// For people.
    var text: String {
        switch self {
        case .durationElapsed: "as planned, after its duration"
        case .budgetSpent: "as planned, after its requests"
        case .dataUsedUp: "when the unique data was used up"
        case .stopped: "stopped early"
        case .leaseExpired: "as nobody renewed its lease"
        case .stopRuleBroken(let rule): "by its stop rule: \(rule)"
        case .failed(let cause): "as the engine could not go on: \(cause)"
        }
    }
}

extension FailureKind {
    var text: String {
        switch self {
        case .resolve: "name not resolved"
        case .targetNotAllowed: "target not allowed"
        case .connectRefused: "connection refused"
        case .connectTimeout: "connect time-out"
        case .connectFailed: "cannot connect"
        case .tls: "TLS failed"
        case .reset: "connection lost"
        case .readTimeout: "no response in time"
        case .badResponse: "no valid HTTP response"
        case .unexpectedStatus: "unexpected status"
        case .checkFailed: "check failed"
        }
    }
}
