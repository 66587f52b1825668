import ControlPlane
import Foundation
import SQLite

/// The runs that wait for room.
extension HistoryStore {
    package func admit(_ run: Run, room: Room) throws(ControlPlaneError) {
        try transact { connection in
            let stored = try connection.first(
                "SELECT state FROM runs WHERE id = ? AND revision < ?",
                [.text(run.id.text), .int(Int64(run.revision))]
            ) { try $0.text(0) }
            guard stored == RunState.queued.rawValue else {
                throw ControlPlaneError.runIsOver(run.id, run.state)
            }
            let usage = try Self.usage(
                of: run.clusterID, within: room.ceilings, at: room.now, connection)
            try room.check(Usage.Share(run), beside: usage)
            _ = try connection.run(
                """
                UPDATE runs SET state = ?, cluster_id = ?, exclusive_cluster_id = ?, revision = ?,
                    audit = ?, progress = ? WHERE id = ?
                """,
                [
                    .text(run.state.rawValue), .text(run.clusterID),
                    room.capacity == .oneRun ? .text(run.clusterID) : .null,
                    .int(Int64(run.revision)), try Coding.json(run.audit),
                    try Coding.json(run.progress), .text(run.id.text),
                ])
            try Self.add(
                .stateChanged(from: RunState.queued.rawValue, run), to: run.id, connection)
            try Self.countForDay(run, at: room.now, connection)
        }
    }

    package nonisolated func queuedRuns() async throws(ControlPlaneError) -> [Run] {
        try await read { connection in
            try connection.query(
                "SELECT \(Self.runColumns) FROM runs WHERE state = 'Queued' ORDER BY created_at", []
            ) { try Self.record($0, from: 0).run }
        }
    }

    package nonisolated func usage(at now: Date) async throws(ControlPlaneError) -> Usage {
        try await read { connection in
            let today = try connection.query(
                "SELECT tenant_id, env_id, runs FROM daily_runs WHERE day = ?",
                [.int(Int64(RunDay.number(of: now)))]
            ) { row in
                (
                    EnvironmentKey(tenantID: try row.text(0), envID: try row.text(1)),
                    Int(try row.int(2))
                )
            }
            return Usage(
                live: try Self.shares(where: nil, [], withHosts: true, connection),
                today: Dictionary(uniqueKeysWithValues: today), at: now)
        }
    }
}
