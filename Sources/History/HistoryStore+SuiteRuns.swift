import ControlPlane
import Foundation
import SQLite

extension HistoryStore {
    package func insert(_ run: SuiteRun) throws(ControlPlaneError) {
        try transact { connection in
            let live = try connection.first(
                "SELECT count(*) FROM suite_runs WHERE tenant_id = ? AND ended_at = 0",
                [.text(run.spec.tenantId)]
            ) { try $0.int(0) }
            guard live ?? 0 < SuiteRun.liveMax else {
                throw ControlPlaneError.tooManySuiteRuns(max: SuiteRun.liveMax)
            }
            _ = try connection.run(
                """
                INSERT INTO suite_runs (id, suite_id, tenant_id, env_id, schedule_id, created_at,
                    ended_at, revision, requester, spec, audit, progress, labels)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    .text(run.id.text), .text(run.suiteID.text), .text(run.spec.tenantId),
                    .text(run.spec.envId), run.scheduleID.map { .text($0.text) } ?? .null,
                    Coding.milliseconds(run.audit.createdAt),
                    Coding.milliseconds(run.progress.endedAt), .int(Int64(run.progress.revision)),
                    .text(run.requester), try Coding.json(run.spec), try Coding.json(run.audit),
                    try Coding.json(run.progress), try Coding.json(run.labels),
                ])
            try Self.forgetOldRuns(of: run.suiteID, connection)
            try record(
                AuditChange(
                    "suite.start", of: .suiteRun(run), after: run.audited, at: run.audit.createdAt),
                connection)
        }
    }

    package nonisolated func suiteRun(_ id: SuiteRunID, in scope: Scope)
        async throws(ControlPlaneError) -> SuiteRun?
    {
        try await read { connection in
            var filter = Filter()
            filter.require("id = ?", .text(id.text))
            filter.require(scope)
            return try connection.first(
                "SELECT \(Self.suiteRunColumns) FROM suite_runs \(filter.clause)", filter.values
            ) { try Self.suiteRun($0, from: 0) }
        }
    }

    package nonisolated func suiteRuns(_ query: SuiteRunQuery) async throws(ControlPlaneError)
        -> Page<SuiteRun>
    {
        try await readMuch { connection in
            var filter = Filter()
            filter.require(query.scope)
            filter.require("tenant_id", equals: query.tenantID)
            filter.require("env_id", equals: query.envID)
            filter.require("suite_id", equals: query.suiteID?.text)
            return try ListQuery(
                table: "suite_runs", columns: Self.suiteRunColumns, filter: filter,
                column: "created_at", isDescending: true, isNumber: true, page: query.page
            ).page(connection, item: Self.suiteRun)
        }
    }

    package func save(_ run: SuiteRun) throws(ControlPlaneError) {
        try transact { connection in
            let old = try connection.first(
                "SELECT \(Self.suiteRunColumns) FROM suite_runs WHERE id = ? AND revision < ?",
                [.text(run.id.text), .int(Int64(run.progress.revision))]
            ) { try Self.suiteRun($0, from: 0) }
            // A save that comes late, behind a newer one, finds a higher revision.
            guard let old else { return }
            _ = try connection.run(
                "UPDATE suite_runs SET ended_at = ?, revision = ?, progress = ? WHERE id = ?",
                [
                    Coding.milliseconds(run.progress.endedAt), .int(Int64(run.progress.revision)),
                    try Coding.json(run.progress), .text(run.id.text),
                ])
            guard old.state != run.state else { return }
            try record(
                AuditChange(
                    run.state == .finished ? "suiteRun.end" : "suiteRun.stop", of: .suiteRun(run),
                    before: old.audited, after: run.audited, run.progress.verdictReason ?? ""),
                connection)
        }
    }

    package nonisolated func liveSuiteRuns() async throws(ControlPlaneError) -> [SuiteRun] {
        try await readMuch { connection in
            try connection.query(
                """
                SELECT \(Self.suiteRunColumns) FROM suite_runs WHERE ended_at = 0
                ORDER BY created_at, id
                """, []
            ) { try Self.suiteRun($0, from: 0) }
        }
    }

    package nonisolated func outcomes(of runs: [RunID]) async throws(ControlPlaneError)
        -> [RunID: RunOutcome]
    {
        guard !runs.isEmpty else { return [:] }
        // Each second, for all suites: neither definitions nor numbers are read.
        let found = try await read { connection in
            try connection.query(
                """
                SELECT id, name, state,
                    CASE WHEN state IN ('Finished', 'Failed') THEN progress END
                FROM runs WHERE id IN (\(Filter.marks(runs.count)))
                """, runs.map { .text($0.text) }
            ) { (RunID(try $0.text(0)), try Self.outcome($0, from: 1)) }
        }
        return Dictionary(uniqueKeysWithValues: found)
    }

    private static func outcome(_ row: Row, from start: Int) throws -> RunOutcome {
        let state = try row.text(start + 1)
        guard let known = RunState(rawValue: state) else {
            throw ControlPlaneError.store("a stored run is \(state)")
        }
        var outcome = RunOutcome(name: try row.text(start), state: known)
        guard let progress = try row.optionalText(start + 2) else { return outcome }
        let ended = try Coding.decode(Run.Progress.self, progress)
        outcome.verdict = ended.verdict?.result
        outcome.verdictReason = ended.verdict?.reason
        outcome.endDetail = ended.endDetail
        return outcome
    }

    package nonisolated func lastRuns(of suites: [SuiteID]) async throws(ControlPlaneError)
        -> [SuiteID: SuiteRun]
    {
        try await read { connection in
            var found: [SuiteID: SuiteRun] = [:]
            for id in suites {
                found[id] = try connection.first(
                    """
                    SELECT \(Self.suiteRunColumns) FROM suite_runs WHERE suite_id = ?
                    ORDER BY created_at DESC, id DESC LIMIT 1
                    """, [.text(id.text)]
                ) { try Self.suiteRun($0, from: 0) }
            }
            return found
        }
    }

    private static let suiteRunColumns =
        "id, suite_id, schedule_id, requester, spec, audit, progress, labels"

    private static func suiteRun(_ row: Row, from start: Int) throws -> SuiteRun {
        SuiteRun(
            restoring: SuiteRunID(try row.text(start)), suiteID: SuiteID(try row.text(start + 1)),
            spec: try Coding.decode(SuiteSpec.self, row.text(start + 4)),
            requester: try row.text(start + 3),
            schedule: try row.optionalText(start + 2).map(ScheduleID.init),
            labels: try Coding.decode([String: String].self, row.text(start + 7)),
            audit: try Coding.decode(Audit.self, row.text(start + 5)),
            progress: try Coding.decode(SuiteRun.Progress.self, row.text(start + 6)))
    }

    private static func forgetOldRuns(of suite: SuiteID, _ connection: Connection) throws {
        _ = try connection.run(
            """
            DELETE FROM suite_runs WHERE ended_at > 0 AND id IN (
                SELECT id FROM suite_runs WHERE suite_id = ?
                ORDER BY created_at DESC, id DESC LIMIT -1 OFFSET \(SuiteRun.keptMax))
            """, [.text(suite.text)])
    }
}
