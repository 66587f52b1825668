import ControlPlane
import Foundation
import SQLite

extension HistoryStore: MeasurementSource {
    package nonisolated func measuredRuns(endedAfter time: Date, limit: Int)
        async throws(ControlPlaneError) -> [FollowedRun]
    {
        try await read { connection in
            let columns = """
                SELECT id, load_test_id, tenant_id, env_id, cluster_id, name, target_users,
                    progress, last_metrics FROM runs
                """
            let live = try connection.query(
                "\(columns) WHERE \(Self.isLive) ORDER BY created_at DESC LIMIT ?",
                [.int(Int64(limit))], Self.followedRun)
            let ended = try connection.query(
                """
                \(columns) WHERE state IN ('Finished', 'Failed') AND ended_at > ?
                ORDER BY ended_at DESC LIMIT ?
                """, [Coding.milliseconds(time), .int(Int64(limit))], Self.followedRun)
            // One that ended between the two is told as it ended.
            let over = Set(ended.map(\.id))
            return live.filter { !over.contains($0.id) } + ended
        }
    }

    private static func followedRun(_ row: Row) throws -> FollowedRun {
        FollowedRun(
            id: RunID(try row.text(0)),
            loadTestID: try row.optionalText(1).map(LoadTestID.init),
            environment: EnvironmentKey(tenantID: try row.text(2), envID: try row.text(3)),
            clusterID: try row.text(4), name: try row.text(5), targetUsers: try row.int(6),
            progress: try Coding.decode(Run.Progress.self, row.text(7)),
            lastMetrics: try row.optionalText(8).map { try Coding.decode(LastMetrics.self, $0) })
    }

    package nonisolated func liveCounts() async throws(ControlPlaneError) -> [LiveCount] {
        try await read { connection in
            let states = RunState.live.map { "'\($0.rawValue)'" }.joined(separator: ", ")
            let counts = try connection.query(
                """
                SELECT tenant_id, env_id, state, count(*) FROM runs WHERE state IN (\(states))
                GROUP BY tenant_id, env_id, state
                """, []
            ) { row -> LiveCount? in
                guard let state = RunState(rawValue: try row.text(2)) else { return nil }
                let environment = EnvironmentKey(
                    tenantID: try row.text(0), envID: try row.text(1))
                return LiveCount(environment: environment, state: state, count: try row.int(3))
            }
            return counts.compactMap { $0 }
        }
    }

    package nonisolated func measurements(of run: RunID, after mark: Int, endpointsMax: Int)
        async throws(ControlPlaneError) -> MeasurementPiece
    {
        try await readMuch { connection in
            let ids = try Self.observations(of: run, after: mark, connection)
            guard let last = ids.last else {
                return MeasurementPiece(rows: [], mark: mark, endpointCount: 0, isLast: true)
            }
            // Read after the observations, so that none of their endpoints is missing.
            let count = try connection.query(
                "SELECT count(*) FROM endpoints WHERE run_id = ? AND is_total = 0",
                [.text(run.text)]
            ) { try $0.int(0) }
            let rows = try Self.rows(
                of: run, after: mark, upTo: last, endpointsMax: endpointsMax, connection)
            return MeasurementPiece(
                rows: rows, mark: last, endpointCount: count.first ?? 0,
                isLast: ids.count < MeasurementPiece.observationsMax)
        }
    }

    /// By the number that observations are stored under, which grows: what is new is found
    /// without a look at what is old.
    private static func observations(
        of run: RunID, after mark: Int, _ connection: Connection
    ) throws -> [Int] {
        var mark = mark
        if mark == 0 {
            let first = try connection.query(
                "SELECT coalesce(min(id), 0) FROM observations WHERE run_id = ?",
                [.text(run.text)]
            ) { try $0.int(0) }
            guard let id = first.first, id > 0 else { return [] }
            mark = id - 1
        }
        // The plus keeps SQLite from going through all that the run ever had.
        return try connection.query(
            "SELECT id FROM observations WHERE id > ? AND +run_id = ? ORDER BY id LIMIT ?",
            [
                .int(Int64(mark)), .text(run.text),
                .int(Int64(MeasurementPiece.observationsMax)),
            ]
        ) { try $0.int(0) }
    }

    private static func rows(
        of run: RunID, after mark: Int, upTo last: Int, endpointsMax: Int,
        _ connection: Connection
    ) throws -> [MeasurementPiece.Row] {
        // Endpoints are numbered as they come, so that the first of them stay the first.
        try connection.query(
            """
            WITH shown (id, is_total, method, name) AS MATERIALIZED (
                SELECT id, is_total, method, name FROM endpoints
                WHERE run_id = ?1 AND is_total = 1
                UNION ALL
                SELECT * FROM (
                    SELECT id, is_total, method, name FROM endpoints
                    WHERE run_id = ?1 AND is_total = 0 ORDER BY id LIMIT ?2))
            SELECT e.is_total, e.method, e.name, o.workers, s.requests, s.failures, s.histogram
            FROM observations o CROSS JOIN shown e
            CROSS JOIN samples s ON s.endpoint_id = e.id AND s.time = o.time
                AND s.observation_id = o.id
            WHERE o.id > ?3 AND o.id <= ?4 AND +o.run_id = ?1 ORDER BY o.id
            """,
            [
                .text(run.text), .int(Int64(endpointsMax)), .int(Int64(mark)),
                .int(Int64(last)),
            ]
        ) { row in
            var sample = Sample(
                requests: Int(try row.int(4)), failures: Int(try row.int(5)))
            sample.encodedHistogramDelta = try row.optionalBlob(6)
            let isTotal = try row.int(0) == 1
            return MeasurementPiece.Row(
                endpoint: isTotal
                    ? nil : Endpoint(method: try row.text(1), name: try row.text(2)),
                workers: try row.optionalInt(3).map { Int($0) }, sample: sample)
        }
    }
}
