import HTTP

/// Where a caller stands with its limit, as its answers say.
struct RateLimitState: Equatable {
    let limit: RateLimit
    /// Requests that would be answered now.
    let remaining: Int
    /// Until at least one more will be.
    let secondsToNext: Int
    /// Until `burst` of them will be.
    let secondsToFull: Int

    static let fieldNames = [
        "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset",
    ]

    func mark(_ response: inout Response) {
        let values = [limit.burst, remaining, secondsToFull]
        for (name, value) in zip(Self.fieldNames, values) {
            response.headers.set(name, "\(value)")
        }
    }
}
