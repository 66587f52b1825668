import JSON

/// Percentiles are members named by their fraction, and which ones there are is a setting.
enum PercentileKeys {
    static let prefix = "response_time_percentile_"

    /// The names of 2.20 and before.
    private static let oldNames = [
        "ninetieth_response_time": 0.9, "ninety_ninth_response_time": 0.99,
    ]

    /// The members of `json` that are percentiles and have a value, by fraction.
    static func values(in json: JSONValue) -> [Double: Double] {
        var values: [Double: Double] = [:]
        for (key, member) in json.members ?? [:] {
            guard let fraction = fraction(of: key), let value = member.number else { continue }
            values[fraction] = plausible(value)
        }
        return values
    }

    /// Of milliseconds: a locustfile runs within its master, and can make it say anything.
    static func plausible(_ milliseconds: Double) -> Double { min(max(milliseconds, 0), 1e12) }

    private static func fraction(of key: String) -> Double? {
        if let fraction = oldNames[key] { return fraction }
        guard key.hasPrefix(prefix), let fraction = Double(key.dropFirst(prefix.count)),
            (0...1).contains(fraction)
        else { return nil }
        return fraction
    }
}
