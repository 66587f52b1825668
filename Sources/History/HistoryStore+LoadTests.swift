import ControlPlane
import Foundation
import SQLite

extension HistoryStore: LoadTestStore {
    package func insert(_ test: LoadTest) throws(ControlPlaneError) {
        try transact { connection in
            _ = try connection.run(
                """
                INSERT INTO load_tests (tenant_id, env_id, name, created_at, updated_at,
                    created_by, version, search, spec, audit, baseline_run_id, id)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """, try Self.values(of: test))
            try Self.setTags(of: test, connection)
            try record(
                AuditChange(
                    "loadTest.create", of: .loadTest(test), after: test.spec.audited,
                    at: test.audit.createdAt), connection)
        }
    }

    package nonisolated func loadTest(_ id: LoadTestID, in scope: Scope)
        async throws(ControlPlaneError) -> LoadTest?
    {
        try await read { connection in
            var filter = Filter()
            filter.require("id = ?", .text(id.text))
            filter.require(scope)
            return try connection.query(
                "SELECT \(Self.loadTestColumns) FROM load_tests \(filter.clause)", filter.values
            ) { try Self.loadTest($0, from: 0) }.first
        }
    }

    package nonisolated func loadTests(_ query: LoadTestQuery) async throws(ControlPlaneError)
        -> Page<LoadTest>
    {
        try await readMuch { connection in
            try ListQuery(query).page(connection, item: Self.loadTest)
        }
    }

    package func update(_ test: LoadTest) throws(ControlPlaneError) {
        try transact { connection in
            let old = try Self.stored(test.id, connection)
            let changed = try connection.run(
                """
                UPDATE load_tests SET tenant_id = ?, env_id = ?, name = ?, created_at = ?,
                    updated_at = ?, created_by = ?, version = ?, search = ?, spec = ?, audit = ?,
                    baseline_run_id = ?
                WHERE id = ? AND version = ?
                """, try Self.values(of: test) + [.int(Int64(test.version - 1))])
            guard changed == 1 else {
                throw try Self.conflict(on: test.id, connection)
            }
            _ = try connection.run(
                "DELETE FROM load_test_tags WHERE load_test_id = ?", [.text(test.id.text)])
            try Self.setTags(of: test, connection)
            try record(
                AuditChange(
                    "loadTest.replace", of: .loadTest(test), before: old?.spec.audited,
                    after: old.map { test.spec.audited(since: $0.spec) },
                    "version \(test.version)", at: test.audit.updatedAt), connection)
        }
    }

    package func delete(_ id: LoadTestID, version: Int?, in scope: Scope)
        throws(ControlPlaneError)
    {
        try transact { connection in
            let live = try connection.query(
                """
                SELECT id FROM runs
                WHERE load_test_id = ?
                    AND (state IN ('Queued', 'AwaitingApproval') OR \(Self.isLive))
                """,
                [.text(id.text)]
            ) { RunID(try $0.text(0)) }
            var filter = Filter()
            filter.require("id = ?", .text(id.text))
            filter.require(scope)
            let exists = try connection.query(
                "SELECT 1 FROM load_tests \(filter.clause)", filter.values
            ) { try $0.int(0) }
            guard !exists.isEmpty else { throw ControlPlaneError.unknownLoadTest(id) }
            guard live.isEmpty else { throw ControlPlaneError.loadTestInUse(live) }
            if let version { filter.require("version = ?", .int(Int64(version))) }
            let old = try Self.stored(id, connection)
            let changed = try connection.run(
                "DELETE FROM load_tests \(filter.clause)", filter.values)
            guard changed == 1 else { throw try Self.conflict(on: id, connection) }
            try record(
                AuditChange(
                    "loadTest.delete", of: old.map { .loadTest($0) }, before: old?.spec.audited),
                connection)
        }
    }
}

extension HistoryStore {
    static let loadTestColumns = "id, version, spec, audit"

    /// Reads `loadTestColumns`, the first of which is number `start`.
    static func loadTest(_ row: Row, from start: Int) throws -> LoadTest {
        LoadTest(
            id: LoadTestID(try row.text(start)),
            spec: try Coding.decode(LoadTestSpec.self, row.text(start + 2)),
            version: try row.int(start + 1),
            audit: try Coding.decode(Audit.self, row.text(start + 3)))
    }

    private static func stored(_ id: LoadTestID, _ connection: Connection) throws -> LoadTest? {
        try connection.first(
            "SELECT \(loadTestColumns) FROM load_tests WHERE id = ?", [.text(id.text)]
        ) { try loadTest($0, from: 0) }
    }

    private static func values(of test: LoadTest) throws -> [Value] {
        [
            .text(test.spec.tenantId), .text(test.spec.envId), .text(test.spec.name),
            Coding.milliseconds(test.audit.createdAt), Coding.milliseconds(test.audit.updatedAt),
            .text(test.audit.createdBy), .int(Int64(test.version)),
            Coding.searchText(name: test.spec.name, id: test.id.text), try Coding.json(test.spec),
            try Coding.json(test.audit),
            test.spec.baseline?.pinnedRun.map { .text($0.text) } ?? .null, .text(test.id.text),
        ]
    }

    private static func setTags(of test: LoadTest, _ connection: Connection) throws {
        for tag in Set(test.spec.tags) {
            _ = try connection.run(
                "INSERT INTO load_test_tags (tag, load_test_id) VALUES (?, ?)",
                [.text(tag), .text(test.id.text)])
        }
    }

    private static func conflict(on id: LoadTestID, _ connection: Connection) throws
        -> ControlPlaneError
    {
        let versions = try connection.query(
            "SELECT version FROM load_tests WHERE id = ?", [.text(id.text)]
        ) { Int(try $0.int(0)) }
        return versions.first.map { .versionConflict(current: $0) } ?? .unknownLoadTest(id)
    }
}
