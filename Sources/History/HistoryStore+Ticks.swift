import ControlPlane
import Foundation
import SQLite

/// The ticks of schedules.
extension HistoryStore {
    package nonisolated func ticks(_ query: TickQuery) async throws(ControlPlaneError)
        -> Page<ScheduleTick>
    {
        try await readMuch { connection in
            var filter = Filter()
            filter.require("schedule_id = ?", .text(query.schedule.text))
            if !query.outcomes.isEmpty {
                filter.requireAll(
                    "outcome IN (\(Filter.marks(query.outcomes.count)))",
                    query.outcomes.map { .text($0.rawValue) })
            }
            return try ListQuery(
                table: "schedule_ticks", columns: Self.tickColumns, filter: filter,
                column: "time", isDescending: true, isNumber: true, page: query.page
            ).page(connection, item: Self.tick)
        }
    }

    package nonisolated func openTicks(of schedule: ScheduleID?)
        async throws(ControlPlaneError) -> [ScheduleTick]
    {
        try await read { connection in
            // The index is named: of one schedule there are thousands that are not open.
            try connection.query(
                """
                SELECT \(Self.tickColumns) FROM schedule_ticks INDEXED BY open_schedule_ticks
                WHERE outcome IN ('starting', 'waiting') AND schedule_id = coalesce(?, schedule_id)
                ORDER BY time
                """, [Coding.text(schedule?.text)]
            ) { try Self.tick($0, from: 0) }
        }
    }

    package nonisolated func lastTicks(of schedules: [ScheduleID])
        async throws(ControlPlaneError) -> [ScheduleID: ScheduleTick]
    {
        try await read { connection in
            var found: [ScheduleID: ScheduleTick] = [:]
            for id in schedules {
                found[id] = try connection.first(
                    """
                    SELECT \(Self.tickColumns) FROM schedule_ticks WHERE schedule_id = ?
                    ORDER BY time DESC LIMIT 1
                    """, [.text(id.text)]
                ) { try Self.tick($0, from: 0) }
            }
            return found
        }
    }

    package func note(
        _ ticks: [ScheduleTick], of id: ScheduleID, version: Int, mark: Date
    ) throws(ControlPlaneError) -> [ScheduleTick]? {
        try transact { connection in
            let changed = try connection.run(
                "UPDATE schedules SET mark = ? WHERE id = ? AND version = ? AND is_enabled = 1",
                [Coding.milliseconds(mark), .text(id.text), .int(Int64(version))])
            guard changed == 1 else { return nil }
            return try ticks.filter { tick in
                try connection.run(
                    """
                    INSERT INTO schedule_ticks
                        (schedule_id, time, id, is_suite, outcome, count, code, detail, decided_at)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                    ON CONFLICT (schedule_id, time)
                    DO UPDATE SET id = excluded.id, is_suite = excluded.is_suite,
                        outcome = excluded.outcome, count = 1, code = NULL, detail = NULL,
                        decided_at = excluded.decided_at
                    WHERE schedule_ticks.outcome = 'missed' AND excluded.outcome = 'starting'
                    """,
                    [
                        .text(id.text), Coding.milliseconds(tick.time), .text(tick.id),
                        .int(tick.isSuite ? 1 : 0), .text(tick.outcome.rawValue),
                        .int(Int64(tick.count)),
                        Self.value(tick.code), Self.value(tick.detail),
                        Coding.milliseconds(tick.decidedAt),
                    ]) == 1
            }
        }
    }

    package func settle(_ tick: ScheduleTick) throws(ControlPlaneError) {
        try perform { connection in
            _ = try connection.run(
                """
                UPDATE schedule_ticks
                SET is_suite = ?, outcome = ?, code = ?, detail = ?, decided_at = ?
                WHERE schedule_id = ? AND time = ? AND outcome IN ('starting', 'waiting')
                """,
                [
                    .int(tick.isSuite ? 1 : 0), .text(tick.outcome.rawValue),
                    Self.value(tick.code), Self.value(tick.detail),
                    Coding.milliseconds(tick.decidedAt), .text(tick.schedule.text),
                    Coding.milliseconds(tick.time),
                ])
        }
    }

    package func setBack(_ id: ScheduleID, to mark: Date) throws(ControlPlaneError) {
        try perform { connection in
            _ = try connection.run(
                "UPDATE schedules SET mark = ? WHERE id = ?",
                [Coding.milliseconds(mark), .text(id.text)])
        }
    }

    package nonisolated func unfinished(of id: ScheduleID) async throws(ControlPlaneError)
        -> [String]
    {
        try await read { connection in
            try connection.query(
                """
                SELECT id FROM (
                    SELECT id FROM schedule_ticks WHERE schedule_id = ? AND outcome = 'started'
                    ORDER BY time DESC LIMIT \(Self.startedLookedAt)) AS started
                WHERE EXISTS (
                        SELECT 1 FROM runs
                        WHERE runs.id = started.id AND state NOT IN ('Finished', 'Failed'))
                    OR EXISTS (
                        SELECT 1 FROM suite_runs
                        WHERE suite_runs.id = started.id AND ended_at = 0)
                """, [.text(id.text)]
            ) { try $0.text(0) }
        }
    }

    package nonisolated func isStarted(_ id: String) async throws(ControlPlaneError) -> Bool {
        try await read { connection in
            try connection.first(
                """
                SELECT EXISTS (SELECT 1 FROM runs WHERE id = ?)
                    OR EXISTS (SELECT 1 FROM suite_runs WHERE id = ?)
                """, [.text(id), .text(id)]
            ) { try $0.int(0) } == 1
        }
    }

    /// Deletes the oldest ticks of schedules that have had very many, of one schedule after the
    /// other: stops are stored in between.
    package nonisolated func forgetOldTicks() async throws(ControlPlaneError) {
        for (id, last) in try await oldTicks() { try await forgetTicks(of: id, through: last) }
    }

    /// Up to where schedules have had too many ticks.
    private nonisolated func oldTicks() async throws(ControlPlaneError) -> [(String, Int)] {
        try await readMuch { connection in
            try connection.query(
                """
                SELECT id, (
                    SELECT time FROM schedule_ticks WHERE schedule_id = schedules.id
                    ORDER BY time DESC LIMIT 1 OFFSET \(ScheduleTick.keptMax)) AS last
                FROM schedules WHERE last IS NOT NULL
                """, []
            ) { (try $0.text(0), try $0.int(1)) }
        }
    }

    private func forgetTicks(of id: String, through last: Int) throws(ControlPlaneError) {
        try transact { connection in
            _ = try connection.run(
                """
                DELETE FROM schedule_ticks WHERE schedule_id = ? AND time <= ?
                    AND outcome NOT IN ('starting', 'waiting')
                """, [.text(id), .int(Int64(last))])
            _ = try connection.run(
                """
                UPDATE schedules SET forgotten_through = max(forgotten_through, ?) WHERE id = ?
                """, [.int(Int64(last)), .text(id)])
        }
    }
}

extension HistoryStore {
    /// What is still on was started by one of the last ticks that have started something: where
    /// more may be on at once, they queue.
    private static let startedLookedAt = 50

    private static let tickColumns =
        "schedule_id, time, id, outcome, count, code, detail, decided_at, is_suite"

    private static func tick(_ row: Row, from start: Int) throws -> ScheduleTick {
        let outcome = try row.text(start + 3)
        guard let known = ScheduleTick.Outcome(rawValue: outcome) else {
            throw ControlPlaneError.store("a stored tick is \(outcome)")
        }
        var tick = ScheduleTick(
            schedule: ScheduleID(try row.text(start)), time: Coding.date(try row.int(start + 1)),
            id: try row.text(start + 2), outcome: known,
            decidedAt: Coding.date(try row.int(start + 7)))
        tick.isSuite = try row.int(start + 8) == 1
        tick.count = try row.int(start + 4)
        tick.code = try row.optionalText(start + 5)
        tick.detail = try row.optionalText(start + 6)
        return tick
    }

    private static func value(_ text: String?) -> Value { text.map { .text($0) } ?? .null }
}
