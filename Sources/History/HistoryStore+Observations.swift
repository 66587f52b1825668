import ControlPlane
import Foundation
import Metrics
import SQLite

extension HistoryStore {
    package nonisolated func append(
        _ observation: Observation, to run: RunID, numbers: LastMetrics?
    ) async throws(ControlPlaneError) {
        try await observations.enter()
        defer { observations.leave() }
        try await insert(observation, of: run, numbers: numbers)
    }

    private func insert(_ observation: Observation, of run: RunID, numbers: LastMetrics?)
        throws(ControlPlaneError)
    {
        try transact { connection in
            let inserted = try connection.query(
                """
                INSERT INTO observations
                    (run_id, source, epoch, sequence, time, users, workers, is_final, engine,
                     generator)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (run_id, source, epoch, sequence) DO NOTHING RETURNING id
                """,
                [
                    .text(run.text), .text(observation.key.source.rawValue),
                    .text(observation.key.epoch), .int(Int64(observation.key.sequence)),
                    Coding.milliseconds(observation.time), .int(Int64(observation.users)),
                    observation.workers.map { .int(Int64($0)) } ?? .null,
                    .int(observation.isFinal ? 1 : 0),
                    try observation.engine.map { try Coding.json($0) } ?? .null,
                    try observation.generator.map { try Coding.json($0) } ?? .null,
                ]
            ) { try $0.int(0) }
            guard let id = inserted.first else { return }  // It is stored already.
            if observation.engine != nil {
                // One a second, each of which contains the one before: a long run keeps the last.
                _ = try connection.run(
                    """
                    UPDATE observations SET engine = NULL
                    WHERE run_id = ? AND engine IS NOT NULL AND id <> ?
                    """, [.text(run.text), .int(Int64(id))])
            }
            try Self.insert(observation.totals, of: nil, observation, id, run, connection)
            for row in observation.endpoints {
                try Self.insert(row.sample, of: row.endpoint, observation, id, run, connection)
            }
            for error in observation.errors {
                try Self.upsert(error, from: observation.key.source, run, connection)
            }
            if let numbers {
                _ = try connection.run(
                    "UPDATE runs SET last_metrics = ? WHERE id = ?",
                    [try Coding.json(numbers), .text(run.text)])
            }
        }
    }

    package nonisolated func totals(of run: RunID) async throws(ControlPlaneError)
        -> [Observation]
    {
        try await readMuch { connection in
            try connection.query(
                """
                SELECT \(Self.sampleColumns), o.epoch, o.sequence, o.is_final
                FROM observations o
                JOIN endpoints e ON e.run_id = o.run_id AND e.is_total = 1
                JOIN samples s ON s.endpoint_id = e.id AND s.time = o.time
                    AND s.observation_id = o.id
                WHERE o.run_id = ? ORDER BY o.id
                """, [.text(run.text)]
            ) { row in
                let timed = try Self.timedSample(row)
                return Observation(
                    key: .init(
                        source: timed.source, epoch: try row.text(14),
                        sequence: Int(try row.int(15))),
                    time: timed.time, users: timed.users, workers: timed.workers,
                    totals: timed.sample, endpoints: [], errors: [],
                    isFinal: try row.int(16) != 0)
            }
        }
    }

    private static func insert(
        _ sample: Sample, of endpoint: Endpoint?, _ observation: Observation,
        _ observationID: Int, _ run: RunID, _ connection: Connection
    ) throws {
        let key: [Value] = [
            .text(run.text), .int(endpoint == nil ? 1 : 0), .text(endpoint?.method ?? ""),
            .text(endpoint?.name ?? ""),
        ]
        _ = try connection.run(
            """
            INSERT INTO endpoints (run_id, is_total, method, name) VALUES (?, ?, ?, ?)
            ON CONFLICT DO NOTHING
            """, key)
        let found = try connection.query(
            """
            SELECT id FROM endpoints WHERE run_id = ? AND is_total = ? AND method = ? AND name = ?
            """, key
        ) { try $0.int(0) }
        guard let endpointID = found.first else { return }
        _ = try connection.run(
            """
            INSERT INTO samples (endpoint_id, time, observation_id, requests, failures,
                average_ms, min_ms, max_ms, p50_ms, p95_ms, p99_ms, histogram)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT DO NOTHING
            """,
            [
                .int(Int64(endpointID)), Coding.milliseconds(observation.time),
                .int(Int64(observationID)),
                .int(Int64(sample.requests)), .int(Int64(sample.failures)),
                .optional(sample.averageMs), .optional(sample.minMs), .optional(sample.maxMs),
                .optional(sample.p50Ms), .optional(sample.p95Ms), .optional(sample.p99Ms),
                Value(sample.encodedHistogramDelta),
            ])
    }

    private static func upsert(
        _ error: ErrorSample, from source: Observation.Source, _ run: RunID,
        _ connection: Connection
    ) throws {
        _ = try connection.run(
            """
            INSERT INTO run_errors
                (run_id, source, method, name, message, occurrences, first_seen, last_seen)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET occurrences = max(occurrences, excluded.occurrences),
                first_seen = coalesce(first_seen, excluded.first_seen),
                last_seen = coalesce(excluded.last_seen, last_seen)
            """,
            [
                .text(run.text), .text(source.rawValue), .text(error.endpoint.method),
                .text(error.endpoint.name), .text(error.message),
                .int(Int64(error.occurrences)),
                error.firstSeen.map { Coding.milliseconds($0) } ?? .null,
                error.lastSeen.map { Coding.milliseconds($0) } ?? .null,
            ])
    }
}

extension HistoryStore: RunHistory {
    package nonisolated func endpoints(of run: RunID) async throws(ControlPlaneError)
        -> [Endpoint]
    {
        try await readMuch { connection in
            try connection.query(
                """
                SELECT method, name FROM endpoints WHERE run_id = ? AND is_total = 0
                ORDER BY method, name
                """, [.text(run.text)]
            ) { Endpoint(method: try $0.text(0), name: try $0.text(1)) }
        }
    }

    package nonisolated func busiestEndpoints(of run: RunID, _ most: Int)
        async throws(ControlPlaneError) -> [Endpoint]
    {
        try await readMuch { connection in
            try connection.query(
                """
                SELECT e.method, e.name FROM endpoints e JOIN samples s ON s.endpoint_id = e.id
                WHERE e.run_id = ? AND e.is_total = 0
                GROUP BY e.id ORDER BY max(s.requests) DESC, e.method, e.name LIMIT ?
                """, [.text(run.text), .int(Int64(most))]
            ) { Endpoint(method: try $0.text(0), name: try $0.text(1)) }
        }
    }

    package nonisolated func samples(of run: RunID, endpoint: Endpoint?)
        async throws(ControlPlaneError) -> [TimedSample]
    {
        try await readMuch { connection in
            try connection.query(
                """
                SELECT \(Self.sampleColumns) FROM endpoints e
                JOIN samples s ON s.endpoint_id = e.id
                JOIN observations o ON o.id = s.observation_id
                WHERE e.run_id = ? AND e.is_total = ? AND e.method = ? AND e.name = ?
                ORDER BY s.time, s.observation_id
                """,
                [
                    .text(run.text), .int(endpoint == nil ? 1 : 0), .text(endpoint?.method ?? ""),
                    .text(endpoint?.name ?? ""),
                ], Self.timedSample)
        }
    }

    package nonisolated func errors(of run: RunID) async throws(ControlPlaneError)
        -> [ErrorSample]
    {
        try await readMuch { connection in
            // A run's sources count the same failures: the hook's list is complete, the master's
            // is the one to use where there is no hook, and a native run has only the engine's.
            try connection.query(
                """
                SELECT method, name, message, occurrences, first_seen, last_seen FROM run_errors
                WHERE run_id = ?1 AND source =
                    (SELECT min(source) FROM run_errors WHERE run_id = ?1)
                ORDER BY occurrences DESC, method, name, message
                """, [.text(run.text)]
            ) { row in
                ErrorSample(
                    endpoint: Endpoint(method: try row.text(0), name: try row.text(1)),
                    message: try row.text(2), occurrences: Int(try row.int(3)),
                    firstSeen: try row.optionalInt(4).map(Coding.date),
                    lastSeen: try row.optionalInt(5).map(Coding.date))
            }
        }
    }

    package nonisolated func engineEvidence(of run: RunID) async throws(ControlPlaneError)
        -> EngineEvidence?
    {
        try await readMuch { connection in
            try connection.query(
                "SELECT engine FROM observations WHERE run_id = ? AND engine IS NOT NULL",
                [.text(run.text)]
            ) { try Coding.decode(EngineEvidence.self, $0.text(0)) }.first
        }
    }

    package nonisolated func generatorIntervals(of run: RunID) async throws(ControlPlaneError)
        -> [TimedGeneratorInterval]
    {
        try await readMuch { connection in
            try connection.query(
                """
                SELECT time, source, generator FROM observations
                WHERE run_id = ? AND generator IS NOT NULL ORDER BY time, id
                """, [.text(run.text)]
            ) { row in
                TimedGeneratorInterval(
                    time: try row.int(0),
                    source: Observation.Source(rawValue: try row.text(1)) ?? .poll,
                    interval: try Coding.decode(GeneratorInterval.self, row.text(2)))
            }
        }
    }

    static let sampleColumns = """
        s.time, o.source, o.users, o.workers, s.requests, s.failures, s.average_ms, s.min_ms,
        s.max_ms, s.p50_ms, s.p95_ms, s.p99_ms, s.histogram, s.observation_id
        """

    static func timedSample(_ row: Row) throws -> TimedSample {
        var sample = Sample(
            requests: Int(try row.int(4)), failures: Int(try row.int(5)),
            averageMs: try row.optionalDouble(6), minMs: try row.optionalDouble(7),
            maxMs: try row.optionalDouble(8), p50Ms: try row.optionalDouble(9),
            p95Ms: try row.optionalDouble(10), p99Ms: try row.optionalDouble(11))
        sample.encodedHistogramDelta = try row.optionalBlob(12)
        return TimedSample(
            time: Coding.date(try row.int(0)),
            source: Observation.Source(rawValue: try row.text(1)) ?? .poll,
            users: Int(try row.int(2)), workers: try row.optionalInt(3).map { Int($0) },
            sample: sample)
    }
}

extension Value {
    static func optional(_ number: Double?) -> Value {
        number.map { .double($0) } ?? .null
    }
}
