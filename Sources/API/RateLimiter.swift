import ControlPlane
import HTTPServer
import Synchronization

/// Counts what each caller asks over time, and refuses what is more than its limit.
///
/// That is a rule for callers and not a measure of load: it holds also where the service is idle.
/// What it lets through still has to find a place (`Admission`).
package final class RateLimiter: Sendable {
    /// Whether a request is worked on, and what its answer says of the limit.
    struct Decision: Equatable {
        let isAllowed: Bool
        let budget: RateBudget
        let state: RateLimitState
    }

    /// Of tokens, of addresses, and of both together. With some 200 bytes each they take 10 MB.
    static let ownersMax = 16_384

    private struct State {
        var limits: RateLimits
        var tokens = BucketTable(countMax: RateLimiter.ownersMax)
        var addresses = BucketTable(countMax: RateLimiter.ownersMax)
        /// When a token was last used from an address.
        var familiar: [String: Duration] = [:]
    }

    private let state: Mutex<State>

    package init(_ limits: RateLimits = .init()) {
        state = Mutex(State(limits: limits))
    }

    /// From now on these limits hold. What was taken stays so.
    package func replace(_ limits: RateLimits) {
        state.withLock { $0.limits = limits }
    }

    /// Takes from the budget for one request.
    ///
    /// Whose address has just shown many wrong tokens is told the same whether the next one is
    /// right, or a guesser would find that out as fast as ever; but who has used a token from there
    /// before is no guesser, and must be able to stop load next to one.
    ///
    /// - Parameters:
    ///   - principal: nil for a caller without a valid token, which is the address's budget then.
    ///   - budget: nil for what is not limited.
    func decide(
        _ principal: Principal?, from remoteAddress: String, on budget: RateBudget?,
        at now: Duration
    ) -> Decision? {
        guard let budget else { return nil }
        // What is no address is one that nobody else has.
        let address = ClientAddress(remoteAddress)?.network.description ?? remoteAddress
        return state.withLock { state in
            let anonymous = state.limits.limit(of: .anonymous, for: nil)
            guard let principal else {
                return Self.take(.anonymous, anonymous, from: address, in: &state.addresses, now)
            }
            let name = "\(principal.scope) \(principal.name)"
            let place = "\(address) \(name)"
            let ofAddress = state.addresses.state(of: address, anonymous, at: now)
            guard ofAddress.remaining > 0 || state.familiar[place] != nil else {
                return Decision(isAllowed: false, budget: .anonymous, state: ofAddress)
            }
            Self.remember(place, &state, at: now)
            let owner = "\(budget.rawValue) \(budget == .callbacks ? place : name)"
            let limit = state.limits.limit(of: budget, for: principal)
            return Self.take(budget, limit, from: owner, in: &state.tokens, now)
        }
    }

    private static func take(
        _ budget: RateBudget, _ limit: RateLimit, from owner: String,
        in table: inout BucketTable, _ now: Duration
    ) -> Decision {
        let isTaken = table.take(from: owner, limit, at: now)
        return Decision(
            isAllowed: isTaken, budget: budget, state: table.state(of: owner, limit, at: now))
    }

    /// Forgets an eighth when there are too many: those that were used longest ago.
    private static func remember(_ place: String, _ state: inout State, at now: Duration) {
        if state.familiar[place] == nil, state.familiar.count >= ownersMax {
            let oldest = state.familiar.sorted { $0.value < $1.value }.prefix(ownersMax / 8)
            for (place, _) in oldest { state.familiar[place] = nil }
        }
        state.familiar[place] = now
    }
}

extension Problem {
    /// What is answered instead of working on a request.
    init(_ decision: RateLimiter.Decision) {
        let (limit, seconds) = (decision.state.limit, max(1, decision.state.secondsToNext))
        let whose =
            decision.budget == .anonymous
            ? "address, for requests without a valid token," : "token for such requests"
        self.init(
            .rateLimited,
            detail: "the limit of this \(whose) is \(limit.rateText) a second and "
                + "\(limit.burst) at once; come again in \(seconds) s",
            headers: ["Retry-After": "\(seconds)"])
        refusedBy = "rate.\(decision.budget.rawValue)"
    }
}
