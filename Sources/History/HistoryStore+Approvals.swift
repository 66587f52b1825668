import ControlPlane
import SQLite

extension HistoryStore {
    package func place(_ run: Run, liveRunsMax: Int?, capacity: ClusterCapacity)
        throws(ControlPlaneError)
    {
        try transact { connection in
            try Self.checkRoom(for: run, liveRunsMax: liveRunsMax, capacity, connection)
            let changed = try connection.run(
                """
                UPDATE runs SET state = ?, cluster_id = ?, exclusive_cluster_id = ?, revision = ?,
                    audit = ?, progress = ?
                WHERE id = ? AND state = ?
                """,
                [
                    .text(run.state.rawValue), .text(run.clusterID),
                    capacity == .oneRun ? .text(run.clusterID) : .null, .int(Int64(run.revision)),
                    try Coding.json(run.audit), try Coding.json(run.progress),
                    .text(run.id.text), .text(RunState.awaitingApproval.rawValue),
                ])
            guard changed == 1 else {
                throw ControlPlaneError.notAwaiting(run.id, run.state)
            }
            try Self.add(
                .stateChanged(from: RunState.awaitingApproval.rawValue, run), to: run.id,
                connection)
        }
    }

    package nonisolated func runsAwaitingApproval() async throws(ControlPlaneError) -> [Run] {
        try await read { connection in
            try connection.query(
                "SELECT \(Self.runColumns) FROM runs WHERE state = ? ORDER BY created_at",
                [.text(RunState.awaitingApproval.rawValue)]
            ) { try Self.record($0, from: 0).run }
        }
    }
}
