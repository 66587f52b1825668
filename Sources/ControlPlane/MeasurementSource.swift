import Foundation

/// The port to what was measured, read piece by piece as it is stored: for figures that follow
/// live runs without asking them.
package protocol MeasurementSource: Sendable {
    /// The runs that have begun and are not over, and those that ended after `time`; the newest
    /// `limit` of each.
    func measuredRuns(endedAfter time: Date, limit: Int) async throws(ControlPlaneError)
        -> [FollowedRun]

    /// How many runs there are in each state that is no end.
    func liveCounts() async throws(ControlPlaneError) -> [LiveCount]

    /// What was stored of a run behind `mark`, for its totals and its first `endpointsMax`
    /// endpoints.
    ///
    /// - Parameter mark: where the previous piece ended; 0 for the first.
    func measurements(of run: RunID, after mark: Int, endpointsMax: Int)
        async throws(ControlPlaneError) -> MeasurementPiece
}

/// A run that figures follow: without its definition, which may be large.
package struct FollowedRun: Equatable, Sendable {
    package let id: RunID
    package let loadTestID: LoadTestID?
    package let environment: EnvironmentKey
    package let clusterID: String
    package let name: String
    package let state: RunState
    package let endReason: EndReason?
    package let startRequestedAt: Date?
    package let deadline: Date?
    package let endedAt: Date?
    package let targetUsers: Int
    package let lastMetrics: LastMetrics?

    package init(
        id: RunID, loadTestID: LoadTestID?, environment: EnvironmentKey, clusterID: String,
        name: String, targetUsers: Int, progress: Run.Progress, lastMetrics: LastMetrics?
    ) {
        self.id = id
        self.loadTestID = loadTestID
        self.environment = environment
        self.clusterID = clusterID
        self.name = name
        self.targetUsers = targetUsers
        self.lastMetrics = lastMetrics
        state = progress.state
        endReason = progress.endReason
        startRequestedAt = progress.startRequestedAt
        deadline = progress.deadline
        endedAt = progress.endedAt
    }
}

package struct LiveCount: Equatable, Sendable {
    package let environment: EnvironmentKey
    package let state: RunState
    package let count: Int

    package init(environment: EnvironmentKey, state: RunState, count: Int) {
        (self.environment, self.state, self.count) = (environment, state, count)
    }
}

/// Some stored observations, in the order in which they were stored.
package struct MeasurementPiece: Sendable {
    /// One row of one observation.
    package struct Row: Sendable {
        /// Nil for the totals.
        package let endpoint: Endpoint?
        package let workers: Int?
        package let sample: Sample

        package init(endpoint: Endpoint?, workers: Int?, sample: Sample) {
            (self.endpoint, self.workers, self.sample) = (endpoint, workers, sample)
        }
    }

    /// Observations in one piece, so that a long history keeps nobody else from the store.
    package static let observationsMax = 500

    package let rows: [Row]
    /// Behind the last of them.
    package let mark: Int
    /// Endpoints that the run has, those without rows here included.
    package let endpointCount: Int
    /// Whether there may be more.
    package let isLast: Bool

    package init(rows: [Row], mark: Int, endpointCount: Int, isLast: Bool) {
        (self.rows, self.mark, self.endpointCount, self.isLast) = (
            rows, mark, endpointCount, isLast
        )
    }
}
