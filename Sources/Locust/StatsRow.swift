import JSON

/// One row of `/stats/requests`: everything since the start of the test or the last reset.
///
/// Times are milliseconds, rounded by Locust: whole below 100, then two significant digits. They
/// are `nil` where there are no requests, for which Locust writes 0.
///
/// `current_rps` and its relatives are left out on purpose: they are relative to the last
/// request, so they keep their last value for ever when the target hangs or the test stops.
/// Rates come from differences of `requests`.
package struct StatsRow: Equatable, Sendable {
    /// Any text, GET for instance; empty on the aggregated row.
    package let method: String
    package let name: String
    /// All requests, the failed ones included.
    package let requests: Int
    package let failures: Int
    package let averageMilliseconds: Double?
    package let minMilliseconds: Double?
    package let maxMilliseconds: Double?
    /// May be above the 95th percentile: the two are rounded differently.
    package let medianMilliseconds: Double?
    /// By fraction: 0.95 is the 95th percentile. Which ones there are, the locustfile decides.
    package let percentiles: [Double: Double]

    init(_ json: JSONValue) {
        method = json["method"]?.text ?? ""
        name = json["name"]?.text ?? ""
        requests = json["num_requests"]?.count ?? 0
        failures = json["num_failures"]?.count ?? 0
        let hasRequests = requests > 0
        func time(_ key: String) -> Double? {
            hasRequests ? json[key]?.number.map(PercentileKeys.plausible) : nil
        }
        averageMilliseconds = time("avg_response_time")
        minMilliseconds = time("min_response_time")
        maxMilliseconds = time("max_response_time")
        medianMilliseconds = time("median_response_time")
        percentiles = hasRequests ? PercentileKeys.values(in: json) : [:]
    }

    /// The row of a test without requests.
    static let none = StatsRow(.null)
}
