import JSON

extension JSONValue {
    /// A number of things: never negative, a fraction cut off, and held at `countMax`.
    var count: Int? {
        guard let value = number else { return nil }
        return Int(min(max(value, 0), Self.countMax))
    }

    /// 2^53: up to here a double is exact, and beyond it nothing that Locust counts is real.
    static let countMax = 9_007_199_254_740_992.0
}
