/// What a run is compared with, or why there is nothing.
package struct Baseline: Equatable, Sendable {
    /// The newest first; empty where there is none.
    package let runs: [Run]
    /// Other earlier runs of the same load, which only tell how much runs differ among themselves;
    /// the newest first.
    package let history: [Run]
    /// Why there is none, or fewer than were asked for.
    package let missing: String?

    package init(_ runs: [Run], history: [Run] = [], missing: String? = nil) {
        self.runs = runs
        self.history = history
        self.missing = missing
    }

    package static func none(_ reason: String) -> Baseline { Baseline([], missing: reason) }
}

/// The baseline that a run was judged by, as it is stored with its verdict.
package struct JudgedBaseline: Equatable, Sendable, Codable {
    private let runIds: [String]
    /// Nil in what was stored before there were any.
    private let historyRunIds: [String]?
    package let missing: String?

    package var runs: [RunID] { runIds.map { RunID($0) } }
    package var history: [RunID] { (historyRunIds ?? []).map { RunID($0) } }

    package init(_ baseline: Baseline) {
        runIds = baseline.runs.map(\.id.text)
        historyRunIds = baseline.history.map(\.id.text)
        missing = baseline.missing
    }
}

/// The port to the runs that a baseline is chosen from.
package protocol BaselineRuns: RunMeasurements {
    func run(_ id: RunID, in scope: Scope) async throws(ControlPlaneError) -> RunRecord?

    func runs(_ query: RunQuery) async throws(ControlPlaneError) -> Page<RunRecord>
}
