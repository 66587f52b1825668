/// What is measured of a run.
package enum Measure: Hashable, Sendable {
    /// Of response times; above 0, at most 100, with at most three decimals.
    case percentile(Double)
    case min
    case mean
    case max
    /// Failures by requests.
    case errorRate
    /// Requests per second.
    case rps
    case count
    case failures
    /// Arrivals of the open model that could not be sent.
    case dropped

    package enum Kind: Sendable {
        case time, share, rate, count
    }

    package var kind: Kind {
        switch self {
        case .percentile, .min, .mean, .max: .time
        case .errorRate: .share
        case .rps: .rate
        case .count, .failures, .dropped: .count
        }
    }

    /// Whether it has a regression: of a largest value nobody can tell how much of it is chance,
    /// and counts grow with the length of a run.
    package var isComparable: Bool {
        switch self {
        case .percentile(let share): share < 100
        case .mean, .errorRate, .rps: true
        case .min, .max, .count, .failures, .dropped: false
        }
    }

    package var name: String {
        switch self {
        case .percentile(let share): "p\(Number.text(share))"
        case .min: "min"
        case .mean: "mean"
        case .max: "max"
        case .errorRate: "errorRate"
        case .rps: "rps"
        case .count: "count"
        case .failures: "failures"
        case .dropped: "dropped"
        }
    }

    /// A limit as its text tells it: rounded to what a person can have written.
    func normalised(_ limit: Double) -> Double {
        switch kind {
        case .time: Number.rounded(limit, decimals: 6)
        case .share: Self.percent(limit) / 100
        case .rate, .count: limit
        }
    }

    /// 0.07 by 100 is not 7 in binary.
    static func percent(_ share: Double) -> Double { Number.rounded(share * 100, decimals: 9) }

    private static let named: [(name: String, measure: Measure)] = [
        ("min", .min), ("mean", .mean), ("avg", .mean), ("max", .max), ("median", .percentile(50)),
        ("errorrate", .errorRate), ("rps", .rps), ("count", .count), ("failures", .failures),
        ("dropped", .dropped),
    ]

    /// For whoever wrote something else.
    static let allowed =
        "p95 (or any percentile), min, mean, max, errorRate, rps, count, "
        + "failures or dropped"

    static let comparable = "p95 (or any percentile below 100), mean, errorRate or rps"

    init?(name: String) {
        let name = name.lowercased()
        if let known = Self.named.first(where: { $0.name == name }) {
            self = known.measure
        } else if name.hasPrefix("p"), let share = Self.share(name.dropFirst()) {
            self = .percentile(share)
        } else {
            return nil
        }
    }

    /// A percentile as it is written behind the `p`.
    static func share(_ text: Substring) -> Double? {
        guard let share = Number.value(text), share > 0, share <= 100 else { return nil }
        let decimals = text.split(separator: ".", omittingEmptySubsequences: false).dropFirst()
        return decimals.first.map { $0.count <= 3 } ?? true ? share : nil
    }
}
