import ControlPlane
import Foundation
import SQLite

extension HistoryStore: RunStore {
    package func insert(_ run: Run, room: Room) throws(ControlPlaneError) {
        try transact { connection in
            let usage = try Self.usage(
                of: run.clusterID, within: room.ceilings, at: room.now, connection)
            try room.check(Usage.Share(run), beside: usage)
            try Self.insert(run, isAlone: room.capacity == .oneRun, connection)
            try Self.countForDay(run, at: room.now, connection)
            try recordStart(of: run, connection)
        }
    }

    package func enqueue(_ run: Run) throws(ControlPlaneError) {
        try transact { connection in
            try Self.insert(run, isAlone: false, connection)
            try recordStart(of: run, connection)
        }
    }

    private func recordStart(of run: Run, _ connection: Connection) throws {
        try record(
            AuditChange(
                "run.start", of: .run(run), after: run.auditedStart, at: run.audit.createdAt),
            connection)
    }

    /// - Parameter isAlone: whether the run has its cluster for itself.
    private static func insert(_ run: Run, isAlone: Bool, _ connection: Connection) throws {
        _ = try connection.run(
            """
            INSERT INTO runs (id, load_test_id, tenant_id, env_id, cluster_id, name, state,
                created_at, started_at, ended_at, created_by, revision, search, spec, plan,
                audit, progress, exclusive_cluster_id, target_users, requests_per_second)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .text(run.id.text), run.loadTestID.map { .text($0.text) } ?? .null,
                .text(run.spec.tenantId), .text(run.spec.envId), .text(run.clusterID),
                .text(run.spec.name), .text(run.state.rawValue),
                Coding.milliseconds(run.audit.createdAt), Coding.milliseconds(run.startedAt),
                Coding.milliseconds(run.endedAt), .text(run.audit.createdBy),
                .int(Int64(run.revision)),
                Coding.searchText(name: run.spec.name, id: run.id.text),
                try Coding.json(run.spec),
                try Coding.json(run.plan), try Coding.json(run.audit),
                try Coding.json(run.progress), isAlone ? .text(run.clusterID) : .null,
                .int(Int64(run.targetUsers)), .double(run.plan.reach?.requestsPerSecond ?? 0),
            ])
        for tag in Set(run.spec.tags) {
            _ = try connection.run(
                "INSERT INTO run_tags (tag, run_id) VALUES (?, ?)",
                [.text(tag), .text(run.id.text)])
        }
        for (key, value) in run.labels {
            _ = try connection.run(
                "INSERT INTO run_labels (key, value, run_id) VALUES (?, ?, ?)",
                [.text(key), .text(value), .text(run.id.text)])
        }
        try insertHosts(of: run, connection)
        try add(.accepted(run), to: run.id, connection)
    }

    package func reserve(_ users: Int, for run: RunID, room: Room) throws(ControlPlaneError) {
        try transact { connection in
            let found = try Self.shares(
                where: "id = ?", [.text(run.text)], withHosts: true, connection
            ).first
            guard let share = found else { throw ControlPlaneError.unknownRun(run) }
            let usage = try Self.usage(
                of: share.clusterID, within: room.ceilings, at: room.now, connection)
            try room.check(users, of: share, beside: usage)
            _ = try connection.run(
                "UPDATE runs SET target_users = ? WHERE id = ?",
                [.int(Int64(users)), .text(run.text)])
        }
    }

    package func save(_ run: Run, numbers: LastMetrics?) throws(ControlPlaneError) {
        let hasNews = try transact { connection in
            let stored = try connection.first(
                "SELECT state, progress, last_metrics FROM runs WHERE id = ? AND revision < ?",
                [.text(run.id.text), .int(Int64(run.revision))]
            ) { (state: try $0.text(0), progress: try $0.text(1), numbers: try $0.optionalText(2)) }
            // A save that comes late, behind a newer one, finds a higher revision and does nothing.
            guard let stored else { return false }
            _ = try connection.run(
                """
                UPDATE runs SET state = ?, started_at = ?, ended_at = ?, revision = ?, audit = ?,
                    progress = ?, last_metrics = coalesce(?, last_metrics), verdict = ?
                WHERE id = ?
                """,
                [
                    .text(run.state.rawValue), Coding.milliseconds(run.startedAt),
                    Coding.milliseconds(run.endedAt), .int(Int64(run.revision)),
                    try Coding.json(run.audit), try Coding.json(run.progress),
                    try numbers.map { try Coding.json($0) } ?? .null,
                    run.verdict.map { .text($0.result.rawValue) } ?? .null, .text(run.id.text),
                ])
            try record(run, since: stored.progress, connection)
            guard stored.state != run.state.rawValue else { return false }
            try Self.add(.stateChanged(from: stored.state, run), to: run.id, connection)
            if let verdict = run.verdict {
                try Self.add(.judged(run, verdict), to: run.id, connection)
            }
            guard let before = RunState(rawValue: stored.state) else { return false }
            let known = try stored.numbers.map { try Coding.decode(LastMetrics.self, $0) }
            return try Self.addNotices(
                of: run, since: before, numbers: numbers ?? known, connection)
        }
        // Whoever delivers looks only when it is stored.
        if hasNews { outboxBell.ring() }
    }

    package func setNumbers(_ numbers: LastMetrics, of run: RunID) throws(ControlPlaneError) {
        try perform { connection in
            _ = try connection.run(
                "UPDATE runs SET last_metrics = ? WHERE id = ?",
                [try Coding.json(numbers), .text(run.text)])
        }
    }

    package nonisolated func run(_ id: RunID, in scope: Scope)
        async throws(ControlPlaneError) -> RunRecord?
    {
        try await read { connection in
            var filter = Filter()
            filter.require("id = ?", .text(id.text))
            filter.require(scope)
            return try connection.query(
                "SELECT \(Self.runColumns) FROM runs \(filter.clause)", filter.values
            ) { try Self.record($0, from: 0) }.first
        }
    }

    package nonisolated func liveRuns() async throws(ControlPlaneError) -> [Run] {
        try await read { connection in
            try connection.query(
                "SELECT \(Self.runColumns) FROM runs WHERE \(Self.isLive) ORDER BY created_at", []
            ) { try Self.record($0, from: 0).run }
        }
    }

    package nonisolated func liveRunsByCluster() async throws(ControlPlaneError) -> [String:
        [RunID]]
    {
        try await read { connection in
            let pairs = try connection.query(
                "SELECT cluster_id, id FROM runs WHERE \(Self.isLive) ORDER BY created_at, id", []
            ) { (try $0.text(0), RunID(try $0.text(1))) }
            return Dictionary(grouping: pairs) { $0.0 }.mapValues { $0.map(\.1) }
        }
    }

    package nonisolated func runs(_ query: RunQuery) async throws(ControlPlaneError)
        -> Page<RunRecord>
    {
        try await readMuch { connection in
            try ListQuery(query).page(connection, item: Self.record)
        }
    }
}

extension HistoryStore {
    /// Written out as in the unique index, which SQLite otherwise would not use.
    static let isLive = "state IN ('Pending', 'Starting', 'Running', 'Stopping')"

    static let runColumns =
        "id, load_test_id, cluster_id, spec, plan, audit, progress, last_metrics"

    /// Reads `runColumns`, the first of which is number `start`.
    static func record(_ row: Row, from start: Int) throws -> RunRecord {
        let run = Run(
            restoring: RunID(try row.text(start)),
            loadTestID: try row.optionalText(start + 1).map(LoadTestID.init),
            spec: try Coding.decode(LoadTestSpec.self, row.text(start + 3)),
            plan: try Coding.decode(RunPlan.self, row.text(start + 4)),
            clusterID: try row.text(start + 2),
            audit: try Coding.decode(Audit.self, row.text(start + 5)),
            progress: try Coding.decode(Run.Progress.self, row.text(start + 6)))
        return RunRecord(
            run: run,
            lastMetrics: try row.optionalText(start + 7).map {
                try Coding.decode(LastMetrics.self, $0)
            })
    }
}
