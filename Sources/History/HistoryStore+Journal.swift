import ControlPlane
import Foundation
import JSON
import SQLite

extension HistoryStore: RunJournal {
    @discardableResult
    package func note(_ note: TimelineNote, of run: RunID) throws(ControlPlaneError)
        -> TimelineMark?
    {
        try transact { connection in try Self.add(note, to: run, connection) }
    }

    package func settle(_ order: TimelineMark, _ outcome: TimelineEntry.Outcome)
        throws(ControlPlaneError)
    {
        try perform { connection in
            _ = try connection.run(
                """
                UPDATE run_timeline SET outcome = ?, outcome_time = ?, outcome_detail = ?
                WHERE run_id = ? AND number = ?
                """,
                [
                    .text(outcome.result.rawValue), Coding.milliseconds(outcome.at),
                    .text(outcome.detail), .text(order.run.text), .int(Int64(order.number)),
                ])
        }
    }

    package nonisolated func timeline(of run: RunID, _ page: PageRequest)
        async throws(ControlPlaneError) -> Page<TimelineEntry>
    {
        let after = page.after.flatMap { Int64($0.value) } ?? 0
        let found = try await read { connection in
            try connection.query(
                """
                SELECT \(Self.timelineColumns) FROM run_timeline WHERE run_id = ? AND number > ?
                ORDER BY number LIMIT ?
                """,
                [.text(run.text), .int(after), .int(Int64(page.limit) + 1)], Self.entry)
        }
        let items = Array(found.prefix(page.limit))
        let next = found.count > items.count ? items.last : nil
        return Page(
            items: items, next: next.map { PageMark(value: "\($0.number)", id: run.text) })
    }

    package nonisolated func landmarks(of run: RunID) async throws(ControlPlaneError)
        -> [TimelineEntry]
    {
        let kinds = TimelineEntry.Kind.allCases.filter(\.isLandmark)
        let marks = kinds.map { _ in "?" }.joined(separator: ", ")
        return try await read { connection in
            try connection.query(
                """
                SELECT \(Self.timelineColumns) FROM run_timeline WHERE run_id = ? AND number IN (
                    SELECT max(number) FROM run_timeline WHERE run_id = ? AND kind IN (\(marks))
                    GROUP BY kind)
                ORDER BY number
                """,
                [.text(run.text), .text(run.text)] + kinds.map { .text($0.rawValue) }, Self.entry)
        }
    }

    /// Adds a line inside the transaction of what it tells of.
    @discardableResult
    static func add(_ note: TimelineNote, to run: RunID, _ connection: Connection) throws
        -> TimelineMark?
    {
        let last =
            try connection.first(
                "SELECT max(number) FROM run_timeline WHERE run_id = ?", [.text(run.text)]
            ) { try $0.optionalInt(0) ?? 0 } ?? 0
        guard
            last < RunJournalLimits.notesMax || note.kind.isOrder || note.kind == .stateChanged
                || note.kind == .verdict
        else { return nil }
        _ = try connection.run(
            """
            INSERT INTO run_timeline (run_id, number, time, kind, detail, facts)
            VALUES (?, ?, ?, ?, ?, ?)
            """,
            [
                .text(run.text), .int(Int64(last + 1)), Coding.milliseconds(note.at),
                .text(note.kind.rawValue), .text(note.detail),
                note.facts.isEmpty
                    ? .null
                    : .text(
                        String(
                            decoding: JSONValue.object(note.facts).encodedBytes, as: UTF8.self)),
            ])
        return TimelineMark(run: run, number: Int(last) + 1)
    }

    private static let timelineColumns =
        "number, time, kind, detail, facts, outcome, outcome_time, outcome_detail"

    private static func entry(_ row: Row) throws -> TimelineEntry {
        let kind = try row.text(2)
        guard let known = TimelineEntry.Kind(rawValue: kind) else {
            throw ControlPlaneError.store("a timeline has a line of the unknown kind \(kind)")
        }
        let facts = try row.optionalText(4).map { try JSONReader.document(Array($0.utf8)) }
        var outcome: TimelineEntry.Outcome?
        if let result = try row.optionalText(5).flatMap(TimelineEntry.Outcome.Result.init) {
            outcome = TimelineEntry.Outcome(
                result, try row.optionalText(7) ?? "",
                at: Coding.date(Int(try row.optionalInt(6) ?? 0)))
        }
        return TimelineEntry(
            number: Int(try row.int(0)), at: Coding.date(Int(try row.int(1))), kind: known,
            detail: try row.text(3), facts: facts?.members ?? [:], outcome: outcome)
    }
}

extension TimelineNote {
    static func accepted(_ run: Run) -> TimelineNote {
        var facts: [String: JSONValue] = ["by": .string(run.audit.createdBy)]
        if !run.clusterID.isEmpty { facts["clusterId"] = .string(run.clusterID) }
        return TimelineNote(
            .accepted, at: run.audit.createdAt,
            (run.state == .queued ? "queued by " : "started by ") + run.audit.createdBy,
            facts: facts)
    }

    static func judged(_ run: Run, _ verdict: Verdict) -> TimelineNote {
        TimelineNote(
            .verdict, at: run.audit.updatedAt,
            verdict.result.rawValue + (verdict.reason.map { ": \($0)" } ?? ""),
            facts: ["verdict": .string(verdict.result.rawValue)])
    }

    static func stateChanged(from before: String, _ run: Run) -> TimelineNote {
        var facts: [String: JSONValue] = [
            "from": .string(before), "to": .string(run.state.rawValue),
        ]
        if before == RunState.queued.rawValue, !run.state.isOver {
            facts["clusterId"] = .string(run.clusterID)
        }
        facts["endReason"] = run.endReason.map { .string($0.rawValue) }
        return TimelineNote(
            .stateChanged, at: run.audit.updatedAt, run.endDetail ?? "", facts: facts)
    }
}
