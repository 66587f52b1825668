import LoadEngine

/// What an attack does where neither the command line nor the scenario says anything: little, so
/// that a first try harms nobody.
enum AttackDefaults {
    static let users = 10
    static let duration = Duration.seconds(10)
    /// Of an attack that ends with a number of requests, however slow the target is.
    static let budgetDuration = Duration.seconds(24 * 3600)
    /// Connections of an open model: as many as arrivals in a second, so that a target that stands
    /// still for so long delays nothing.
    static let connections = 100...10_000

    /// Fills in what is said neither by `settings` nor by the `scenario` that they are laid over.
    static func fill(_ settings: LoadSettings, over scenario: LoadSettings) -> LoadSettings {
        var filled = settings
        let isOpen = settings.isOpen || scenario.isOpen && !settings.isClosed
        let said = isOpen == scenario.isOpen ? scenario : LoadSettings()
        let stages = settings.stages ?? (settings.rate == nil ? said.stages : nil)
        if settings.users == nil, said.users == nil {
            if isOpen {
                filled.users = connections(for: settings.rateMax ?? said.rateMax ?? 0)
            } else if stages == nil {  // Stages of users begin with none.
                filled.users = users
            }
        }
        if settings.duration == nil, scenario.duration == nil, stages == nil {
            let hasBudget = (settings.requestsMax ?? scenario.requestsMax) != nil
            filled.duration = hasBudget ? budgetDuration : duration
        }
        return filled
    }

    private static func connections(for rate: Double) -> Int {
        // A rate beyond the range of Int is bounded before it is converted.
        let rate = min(max(rate, Double(connections.lowerBound)), Double(connections.upperBound))
        return Int(rate.rounded(.up))
    }
}

extension LoadSettings {
    fileprivate var isOpen: Bool { model == .open || rateMax != nil }

    /// Whether these settings alone make a closed model.
    fileprivate var isClosed: Bool {
        if case .users = stages { return true }
        return model == .closed
    }

    fileprivate var rateMax: Double? {
        guard case .rates(let stages) = stages else { return rate }
        return max(rate ?? 0, stages.map(\.rate).max() ?? 0)
    }
}
