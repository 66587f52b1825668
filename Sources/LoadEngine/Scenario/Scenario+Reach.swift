/// Where a scenario sends its requests, and how fast an open model makes them.
extension Scenario {
    /// Those that it names itself, each once: of whole URLs, and of its base URL where there are
    /// paths. Redirects may lead to others.
    package var origins: [Origin] {
        var origins: [Origin] = []
        let base = needsBaseURL ? baseURL.flatMap { try? BaseURL($0).origin } : nil
        for origin in requests.compactMap(\.target.origin) + [base].compactMap(\.self)
        where !origins.contains(origin) {
            origins.append(origin)
        }
        return origins
    }

    /// The most requests per second that are begun, redirects left out; 0 in a closed model.
    package var requestsPerSecond: Double {
        guard load.kind == .open else { return 0 }
        var rate = load.rate ?? 0
        if case .rates(let stages) = load.stages { rate = stages.map(\.rate).reduce(rate, max) }
        // An arrival goes through all the steps.
        return rate * Double(order == .steps ? requests.count : 1)
    }
}
