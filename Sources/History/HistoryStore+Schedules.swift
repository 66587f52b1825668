import ControlPlane
import Foundation
import SQLite

extension HistoryStore: ScheduleStore {
    package func insert(_ schedule: Schedule) throws(ControlPlaneError) {
        try transact { connection in
            let count = try connection.first(
                "SELECT count(*) FROM schedules WHERE tenant_id = ?",
                [.text(schedule.spec.tenantId)]
            ) { try $0.int(0) }
            guard count ?? 0 < Schedule.countMax else {
                throw ControlPlaneError.tooManySchedules(max: Schedule.countMax)
            }
            _ = try connection.run(
                """
                INSERT INTO schedules (tenant_id, env_id, created_at, version, search, is_enabled,
                    spec, audit, requester, mark, id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                try Self.values(of: schedule)
                    + [Coding.milliseconds(schedule.mark), .text(schedule.id.text)])
            try record(
                AuditChange(
                    "schedule.create", of: .schedule(schedule), after: schedule.spec.audited,
                    at: schedule.audit.createdAt), connection)
        }
    }

    package nonisolated func schedule(_ id: ScheduleID, in scope: Scope)
        async throws(ControlPlaneError) -> Schedule?
    {
        try await read { connection in
            var filter = Filter()
            filter.require("id = ?", .text(id.text))
            filter.require(scope)
            return try connection.first(
                "SELECT \(Self.scheduleColumns) FROM schedules \(filter.clause)", filter.values
            ) { try Self.schedule($0, from: 0) }
        }
    }

    package nonisolated func schedules(_ query: ScheduleQuery) async throws(ControlPlaneError)
        -> Page<Schedule>
    {
        try await readMuch { connection in
            var filter = Filter()
            filter.require(query.scope)
            filter.require("tenant_id", equals: query.tenantID)
            filter.require("env_id", equals: query.envID)
            filter.requireText(query.text)
            return try ListQuery(
                table: "schedules", columns: Self.scheduleColumns, filter: filter,
                column: "created_at", isDescending: true, isNumber: true, page: query.page
            ).page(connection, item: Self.schedule)
        }
    }

    package func update(_ schedule: Schedule, movesMark: Bool) throws(ControlPlaneError) {
        try transact { connection in
            let old = try Self.stored(schedule.id, connection)
            guard let old else { throw ControlPlaneError.unknownSchedule(schedule.id) }
            guard old.version == schedule.version - 1 else {
                throw ControlPlaneError.versionConflict(current: old.version)
            }
            let mark = movesMark ? schedule.mark : old.mark
            _ = try connection.run(
                """
                UPDATE schedules SET tenant_id = ?, env_id = ?, created_at = ?, version = ?,
                    search = ?, is_enabled = ?, spec = ?, audit = ?, requester = ?, mark = ?,
                    disabled_because = ? WHERE id = ?
                """,
                try Self.values(of: schedule) + [
                    Coding.milliseconds(mark),
                    schedule.disabledBecause.map { .text($0) } ?? .null, .text(schedule.id.text),
                ])
            try record(
                AuditChange(
                    "schedule.replace", of: .schedule(schedule), before: old.spec.audited,
                    after: schedule.spec.audited, "version \(schedule.version)",
                    at: schedule.audit.updatedAt), connection)
        }
    }

    package func delete(_ id: ScheduleID, version: Int?, in scope: Scope)
        throws(ControlPlaneError)
    {
        try transact { connection in
            let old = try Self.stored(id, connection)
            guard let old, scope.covers(old.spec.environment) else {
                throw ControlPlaneError.unknownSchedule(id)
            }
            guard version ?? old.version == old.version else {
                throw ControlPlaneError.versionConflict(current: old.version)
            }
            _ = try connection.run("DELETE FROM schedules WHERE id = ?", [.text(id.text)])
            try record(
                AuditChange("schedule.delete", of: .schedule(old), before: old.spec.audited),
                connection)
        }
    }

    package func disable(_ id: ScheduleID, version: Int, because reason: String, at now: Date)
        throws(ControlPlaneError)
    {
        try transact { connection in
            guard var schedule = try Self.stored(id, connection), schedule.spec.isEnabled,
                schedule.version == version
            else { return }
            let before = schedule.spec.audited
            schedule.spec.isEnabled = false
            schedule.version += 1
            schedule.audit.updatedAt = now
            schedule.audit.updatedBy = schedule.actor
            _ = try connection.run(
                """
                UPDATE schedules SET is_enabled = 0, disabled_because = ?, version = ?, spec = ?,
                    audit = ? WHERE id = ?
                """,
                [
                    .text(reason), .int(Int64(schedule.version)), try Coding.json(schedule.spec),
                    try Coding.json(schedule.audit), .text(id.text),
                ])
            try record(
                AuditChange(
                    "schedule.disable", of: .schedule(schedule), before: before,
                    after: schedule.spec.audited, reason, at: now), connection)
        }
    }

    /// Some hundred short rows, once per process: behind no export, which may take a minute.
    package nonisolated func enabledSchedules() async throws(ControlPlaneError) -> [Schedule] {
        try await read { connection in
            try connection.query(
                "SELECT \(Self.scheduleColumns) FROM schedules WHERE is_enabled = 1", []
            ) { try Self.schedule($0, from: 0) }
        }
    }
}

extension HistoryStore {
    private static let scheduleColumns =
        "id, version, spec, audit, requester, mark, forgotten_through, disabled_because"

    private static func schedule(_ row: Row, from start: Int) throws -> Schedule {
        var schedule = Schedule(
            id: ScheduleID(try row.text(start)),
            spec: try Coding.decode(ScheduleSpec.self, row.text(start + 2)),
            version: try row.int(start + 1),
            audit: try Coding.decode(Audit.self, row.text(start + 3)),
            requester: try row.text(start + 4), mark: Coding.date(try row.int(start + 5)))
        let forgotten = try row.int(start + 6)
        if forgotten > 0 { schedule.forgottenThrough = Coding.date(forgotten) }
        schedule.disabledBecause = try row.optionalText(start + 7)
        return schedule
    }

    static func stored(_ id: ScheduleID, _ connection: Connection) throws -> Schedule? {
        try connection.first(
            "SELECT \(scheduleColumns) FROM schedules WHERE id = ?", [.text(id.text)]
        ) { try schedule($0, from: 0) }
    }

    private static func values(of schedule: Schedule) throws -> [Value] {
        [
            .text(schedule.spec.tenantId), .text(schedule.spec.envId),
            Coding.milliseconds(schedule.audit.createdAt), .int(Int64(schedule.version)),
            Coding.searchText(name: schedule.spec.name, id: schedule.id.text),
            .int(schedule.spec.isEnabled ? 1 : 0), try Coding.json(schedule.spec),
            try Coding.json(schedule.audit), .text(schedule.requester),
        ]
    }
}
