import ControlPlane
import Foundation
import SQLite

/// How much history is kept; nil keeps all of it.
package struct Retention: Equatable, Sendable {
    package var maxAge: Duration?
    /// Runs that are over, newest first; and as many runs of suites.
    package var maxRuns: Int?

    package init(maxAge: Duration? = nil, maxRuns: Int? = nil) {
        self.maxAge = maxAge
        self.maxRuns = maxRuns
    }
}

extension HistoryStore {
    /// Runs deleted in one transaction: few enough that callbacks wait only shortly.
    static let retentionBatch = 20

    /// Deletes what the retention does not cover, with all that belongs to it. Live runs stay, and
    /// those that are pinned as baselines.
    ///
    /// - Returns: how many runs were deleted, without those of suites.
    package nonisolated func enforce(_ retention: Retention, at now: Date)
        async throws(ControlPlaneError)
        -> Int
    {
        let deleted = try await inBatches { () async throws(ControlPlaneError) in
            try await self.deleteBatch(retention, at: now)
        }
        _ = try await inBatches { () async throws(ControlPlaneError) in
            try await self.deleteBatchOfSuiteRuns(retention, at: now)
        }
        return deleted
    }

    /// In line with the observations: nobody waits for it.
    private nonisolated func inBatches(
        _ delete: @Sendable () async throws(ControlPlaneError) -> Int
    ) async throws(ControlPlaneError) -> Int {
        var deleted = 0
        while true {
            try await observations.enter()
            defer { observations.leave() }
            let batch = try await delete()
            deleted += batch
            if batch < Self.retentionBatch { return deleted }
        }
    }

    private func deleteBatchOfSuiteRuns(_ retention: Retention, at now: Date)
        throws(ControlPlaneError) -> Int
    {
        var conditions: [String] = []
        var values: [Value] = []
        if let age = retention.maxAge {
            conditions.append("ended_at < ?")
            values.append(Self.oldest(age, at: now))
        }
        if let count = retention.maxRuns {
            conditions.append(
                """
                (ended_at, id) <= (SELECT ended_at, id FROM suite_runs WHERE ended_at > 0
                    ORDER BY ended_at DESC, id DESC LIMIT 1 OFFSET ?)
                """)
            values.append(.int(Int64(count)))
        }
        guard !conditions.isEmpty else { return 0 }
        let sql = """
            DELETE FROM suite_runs WHERE id IN (
                SELECT id FROM suite_runs INDEXED BY ended_suite_runs
                WHERE ended_at > 0 AND (\(conditions.joined(separator: " OR ")))
                LIMIT \(Self.retentionBatch))
            """
        return try transact { connection in
            let deleted = try connection.run(sql, values)
            if deleted > 0 {
                try record(
                    AuditChange(
                        "history.prune", of: nil, "\(deleted) old runs of suites deleted", at: now),
                    connection)
            }
            return deleted
        }
    }

    private static func oldest(_ age: Duration, at now: Date) -> Value {
        Coding.milliseconds(now.addingTimeInterval(-Double(age.components.seconds)))
    }

    private func deleteBatch(_ retention: Retention, at now: Date) throws(ControlPlaneError) -> Int
    {
        var conditions: [String] = []
        var values: [Value] = []
        if let age = retention.maxAge {
            conditions.append("ended_at < ?")
            values.append(Self.oldest(age, at: now))
        }
        if let count = retention.maxRuns {
            conditions.append(
                """
                (ended_at, id) <= (SELECT ended_at, id FROM runs INDEXED BY ended_runs
                    WHERE state IN ('Finished', 'Failed')
                    ORDER BY ended_at DESC, id DESC LIMIT 1 OFFSET ?)
                """)
            values.append(.int(Int64(count)))
        }
        guard !conditions.isEmpty else { return 0 }
        // The index is named, because SQLite would take the one by state and sort all ended runs.
        let sql = """
            DELETE FROM runs WHERE id IN (SELECT id FROM runs INDEXED BY ended_runs
                WHERE state IN ('Finished', 'Failed')
                AND (\(conditions.joined(separator: " OR ")))
                AND NOT EXISTS (SELECT 1 FROM load_tests WHERE baseline_run_id = runs.id)
                LIMIT \(Self.retentionBatch))
            """
        return try transact { connection in
            let deleted = try connection.run(sql, values)
            if deleted > 0 {
                try record(
                    AuditChange("history.prune", of: nil, "\(deleted) old runs deleted", at: now),
                    connection)
            }
            return deleted
        }
    }
}
