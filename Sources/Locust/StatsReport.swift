import JSON

/// The answer of `/stats/requests`: up to 5 s old, since workers report every 3 s and the master
/// keeps the answer for 2 s, across starts, stops and resets.
package struct StatsReport: Equatable, Sendable {
    /// Most rows, and most errors, that a master sends.
    package static let rowsMax = 500

    package let state: RunnerState
    /// Users as the workers last reported them.
    package let userCount: Int
    /// All workers the master remembers, the missing ones included; `nil` for a standalone.
    package let workers: [WorkerRow]?
    /// Workers that are not missing; `nil` for a standalone.
    package let workerCount: Int?
    /// Per method and name, without the aggregated row.
    package let rows: [StatsRow]
    package let aggregated: StatsRow
    /// The aggregated percentiles of about the last 10 s, by fraction; `nil` when no report came
    /// 2 to 18 s ago. 0 means that a report came and had no requests.
    package let currentPercentiles: [Double: Double]?
    package let errors: [ErrorRow]

    /// Whether rows may be absent: a master with exactly 500 rows looks like one with more.
    /// `aggregated` counts them all in any case.
    package var isTruncated: Bool { rows.count >= Self.rowsMax }

    /// `nil` when `json` is not such an answer.
    init?(_ json: JSONValue) {
        guard let state = json["state"]?.text, var rows = json["stats"]?.items?.map(StatsRow.init)
        else { return nil }
        // A page without a runner has no rows at all; everything else ends with the total.
        guard rows.last.map({ $0.name == "Aggregated" && $0.method.isEmpty }) ?? true
        else { return nil }
        aggregated = rows.popLast() ?? .none
        self.rows = rows
        self.state = RunnerState(state)
        userCount = json["user_count"]?.count ?? 0
        let workers = json["workers"]?.items?.map(WorkerRow.init)
        self.workers = workers
        // 2.32 and older do not count them.
        workerCount =
            json["worker_count"]?.count ?? workers?.filter { $0.state != .missing }.count
        let current = PercentileKeys.values(in: json["current_response_time_percentiles"] ?? .null)
        currentPercentiles = current.isEmpty ? nil : current
        errors = json["errors"]?.items?.map(ErrorRow.init) ?? []
    }
}
