/// What is left of a rate limit: a bucket that fills steadily and from which each request takes
/// one.
struct TokenBucket: Equatable {
    /// Between 0 and the limit's burst.
    private var level: Double
    /// When it was at that level, as uptime.
    private(set) var time: Duration

    init(full limit: RateLimit, at now: Duration) {
        level = Double(limit.burst)
        time = now
    }

    /// What it holds, after any time. A clock that stands or goes back fills nothing.
    private func level(_ limit: RateLimit, at now: Duration) -> Double {
        let grown = max(.zero, now - time) / .seconds(1) * limit.requestsPerSecond
        return min(level + grown, Double(limit.burst))
    }

    /// Whether it says no more than that nothing was taken.
    func isFull(_ limit: RateLimit, at now: Duration) -> Bool {
        level(limit, at: now) >= Double(limit.burst)
    }

    /// What is said of it, with or without taking from it.
    func state(_ limit: RateLimit, at now: Duration) -> RateLimitState {
        let level = level(limit, at: now)
        return RateLimitState(
            limit: limit, remaining: Int(level),
            secondsToNext: Self.seconds(1 - level, limit),
            secondsToFull: Self.seconds(Double(limit.burst) - level, limit))
    }

    /// Takes for one request, if there is enough.
    mutating func take(_ limit: RateLimit, at now: Duration) -> Bool {
        level = level(limit, at: now)
        time = max(time, now)
        guard level >= 1 else { return false }
        level -= 1
        return true
    }

    /// Whole seconds in which `amount` has come, at least that.
    private static func seconds(_ amount: Double, _ limit: RateLimit) -> Int {
        Int(max(0, (amount / limit.requestsPerSecond).rounded(.up)))
    }
}
