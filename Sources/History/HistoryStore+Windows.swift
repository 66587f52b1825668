import ControlPlane
import Foundation
import SQLite

/// Long runs, a part at a time.
extension HistoryStore {
    /// How far around a window samples count for what a series shows in it: longer than a count can
    /// be old (`RunNumbers.countAgeMax`) and than the usual time between two polls.
    private static let margin: TimeInterval = 60

    package nonisolated func samples(
        of run: RunID, endpoint: Endpoint?, around window: ClosedRange<Date>
    ) async throws(ControlPlaneError) -> [TimedSample] {
        let from = Coding.milliseconds(window.lowerBound.addingTimeInterval(-Self.margin))
        let to = Coding.milliseconds(window.upperBound.addingTimeInterval(Self.margin))
        return try await readMuch { connection in
            let found = try connection.query(
                """
                SELECT id FROM endpoints
                WHERE run_id = ? AND is_total = ? AND method = ? AND name = ?
                """,
                [
                    .text(run.text), .int(endpoint == nil ? 1 : 0), .text(endpoint?.method ?? ""),
                    .text(endpoint?.name ?? ""),
                ]
            ) { Value.int(Int64(try $0.int(0))) }
            guard let id = found.first else { return [] }
            let inside = try connection.query(
                """
                \(Self.selectSamples) AND s.time BETWEEN ? AND ?
                ORDER BY s.time, s.observation_id
                """, [id, from, to], Self.timedSample)
            // Where nothing was seen for long, the next sight that is no older look tells of it.
            let after = try connection.query(
                """
                \(Self.selectSamples) AND s.time > ? AND s.requests >= (
                    SELECT coalesce(max(requests), 0) FROM samples
                    WHERE endpoint_id = ? AND time <= ?)
                ORDER BY s.time, s.observation_id LIMIT 1
                """, [id, to, id, to], Self.timedSample)
            return try Self.summit(of: id, before: from, connection) + inside + after
        }
    }

    package nonisolated func observedTime(of run: RunID) async throws(ControlPlaneError)
        -> ClosedRange<Date>?
    {
        try await readMuch { connection in
            try connection.query(
                "SELECT min(time), max(time) FROM observations WHERE run_id = ?",
                [.text(run.text)]
            ) { row -> ClosedRange<Date>? in
                guard let first = try row.optionalInt(0), let last = try row.optionalInt(1) else {
                    return nil
                }
                return Coding.date(first)...Coding.date(last)
            }.first ?? nil
        }
    }

    private static let selectSamples = """
        SELECT \(sampleColumns) FROM samples s JOIN observations o ON o.id = s.observation_id
        WHERE s.endpoint_id = ?
        """

    /// The last sample before a time with the highest counts of all until then: sources count the
    /// same requests, and the one that spoke last need not have counted most.
    private static func summit(of endpoint: Value, before time: Value, _ connection: Connection)
        throws -> [TimedSample]
    {
        let last = try connection.query(
            """
            \(selectSamples) AND s.time < ? AND s.requests = (
                SELECT max(requests) FROM samples WHERE endpoint_id = ? AND time < ?)
            ORDER BY s.time DESC, s.observation_id DESC LIMIT 1
            """, [endpoint, time, endpoint, time], timedSample)
        let highest = try connection.query(
            """
            SELECT max(requests), max(failures), max(requests * average_ms)
            FROM samples WHERE endpoint_id = ? AND time < ?
            """, [endpoint, time]
        ) { (try $0.optionalInt(0), try $0.optionalInt(1), try $0.optionalDouble(2)) }
        guard let last = last.first, let (requests, failures, sum) = highest.first else {
            return []
        }
        var sample = last.sample
        sample.requests = Int(requests ?? 0)
        sample.failures = Int(failures ?? 0)
        sample.averageMs = sum.map { $0 / Double(max(1, sample.requests)) }
        sample.histogramDelta = nil
        return [
            TimedSample(
                time: last.time, source: last.source, users: last.users, workers: last.workers,
                sample: sample)
        ]
    }
}
