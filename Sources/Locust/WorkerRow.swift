import JSON

/// A worker as its master sees it.
package struct WorkerRow: Equatable, Sendable {
    package let id: String
    /// `.missing` after 3 heartbeats not received, which takes about 5 s.
    package let state: RunnerState
    package let userCount: Int
    /// Per cent of one core, refreshed every 10 s; 0 before.
    package let cpuPercent: Double?
    /// Resident set; 0 in the first 10 s.
    package let memoryBytes: Int?

    init(_ json: JSONValue) {
        id = json["id"]?.text ?? ""
        state = RunnerState(json["state"]?.text ?? "")
        userCount = json["user_count"]?.count ?? 0
        cpuPercent = json["cpu_usage"]?.number
        memoryBytes = json["memory_usage"]?.count
    }
}
