import JSON
import Metrics

/// The figures by which a report tells a histogram of microseconds.
enum LatencyFigures {
    /// Names in JSON, titles for people, and what they are.
    static let all: [(name: String, title: String, value: @Sendable (Histogram) -> Double)] = [
        ("min", "min", { Double($0.min) }),
        ("mean", "mean", { $0.mean }),
        ("p50", "p50", { Double($0.percentile(50)) }),
        ("p75", "p75", { Double($0.percentile(75)) }),
        ("p90", "p90", { Double($0.percentile(90)) }),
        ("p95", "p95", { Double($0.percentile(95)) }),
        ("p99", "p99", { Double($0.percentile(99)) }),
        ("p999", "p99.9", { Double($0.percentile(99.9)) }),
        ("max", "max", { Double($0.max) }),
    ]

    /// In milliseconds; null each where nothing was measured, which 0 would claim.
    static func json(_ histogram: Histogram) -> JSONValue {
        var members: [String: JSONValue] = [:]
        for figure in all {
            members[figure.name] =
                histogram.isEmpty ? .null : milliseconds(figure.value(histogram))
        }
        return .object(members)
    }

    static func milliseconds(_ microseconds: Double) -> JSONValue {
        .double(microseconds.rounded() / 1000)
    }

    /// A percentile for people; a dash where nothing was measured.
    static func text(_ histogram: Histogram, percentile share: Double) -> String {
        histogram.isEmpty
            ? "-" : Figures.time(microseconds: Double(histogram.percentile(share)))
    }
}
