import ControlPlane

/// How often somebody may ask: steadily, and at once after a while of silence.
package struct RateLimit: Equatable, Sendable {
    package let requestsPerSecond: Double
    /// At least 1.
    package let burst: Int

    package init(requestsPerSecond: Double, burst: Int) {
        precondition(requestsPerSecond > 0 && burst >= 1, "a limit lets something through")
        self.requestsPerSecond = requestsPerSecond
        self.burst = burst
    }

    /// The rate as people write it: a whole number without a fraction.
    package var rateText: String {
        Int(exactly: requestsPerSecond).map { "\($0)" } ?? "\(requestsPerSecond)"
    }
}

/// Requests that are counted together. What one of them has used up, the others do not miss.
enum RateBudget: String, CaseIterable, Sendable {
    /// All that a token asks, but for the following.
    case general
    /// What stops load: enough for all runs of a tenant, each stopped again and again.
    case stops
    /// What hooks report, each host with a budget of its own: many share a token.
    case callbacks
    /// What is asked without a valid token, by address. Slows down who guesses tokens.
    case anonymous
}

/// The limits of all budgets.
package struct RateLimits: Equatable, Sendable {
    /// Another limit of the general budget, for one token or for each of a tenant.
    package struct Override: Equatable, Sendable {
        /// Nil for the tokens of no tenant.
        package let tenantID: String?
        /// Nil for all of the tenant's.
        package let token: String?
        package let limit: RateLimit

        package init(tenantID: String?, token: String?, limit: RateLimit) {
            self.tenantID = tenantID
            self.token = token
            self.limit = limit
        }
    }

    /// Far above what people and pipelines do, and far below what the service can serve.
    package var general = RateLimit(requestsPerSecond: 100, burst: 200)
    package var stops = RateLimit(requestsPerSecond: 100, burst: 1_000)
    package var callbacks = RateLimit(requestsPerSecond: 500, burst: 2_000)
    package var anonymous = RateLimit(requestsPerSecond: 10, burst: 50)
    package var overrides: [Override] = []

    package init() {}

    func limit(of budget: RateBudget, for principal: Principal?) -> RateLimit {
        switch budget {
        case .general: principal.flatMap(override) ?? general
        case .stops: stops
        case .callbacks: callbacks
        case .anonymous: anonymous
        }
    }

    /// The token's own comes before its tenant's.
    private func override(of principal: Principal) -> RateLimit? {
        var tenantID: String?
        if case .tenant(let id) = principal.scope { tenantID = id }
        let ofTenant = overrides.filter { $0.tenantID == tenantID }
        let found =
            ofTenant.first { $0.token == principal.name } ?? ofTenant.first { $0.token == nil }
        return found?.limit
    }
}
