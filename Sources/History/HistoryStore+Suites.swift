import ControlPlane
import Foundation
import SQLite

extension HistoryStore: SuiteStore {
    package func insert(_ suite: Suite) throws(ControlPlaneError) {
        try transact { connection in
            let count = try connection.first(
                "SELECT count(*) FROM suites WHERE tenant_id = ?", [.text(suite.spec.tenantId)]
            ) { try $0.int(0) }
            guard count ?? 0 < Suite.countMax else {
                throw ControlPlaneError.tooManySuites(max: Suite.countMax)
            }
            _ = try connection.run(
                """
                INSERT INTO suites
                    (tenant_id, env_id, created_at, version, search, spec, audit, id)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """, try Self.values(of: suite))
            try record(
                AuditChange(
                    "suite.create", of: .suite(suite), after: suite.spec.audited,
                    at: suite.audit.createdAt), connection)
        }
    }

    package nonisolated func suite(_ id: SuiteID, in scope: Scope)
        async throws(ControlPlaneError) -> Suite?
    {
        try await read { connection in
            var filter = Filter()
            filter.require("id = ?", .text(id.text))
            filter.require(scope)
            return try connection.first(
                "SELECT \(Self.suiteColumns) FROM suites \(filter.clause)", filter.values
            ) { try Self.suite($0, from: 0) }
        }
    }

    package nonisolated func suites(_ query: SuiteQuery) async throws(ControlPlaneError)
        -> Page<Suite>
    {
        try await readMuch { connection in
            var filter = Filter()
            filter.require(query.scope)
            filter.require("tenant_id", equals: query.tenantID)
            filter.require("env_id", equals: query.envID)
            filter.requireText(query.text)
            return try ListQuery(
                table: "suites", columns: Self.suiteColumns, filter: filter,
                column: "created_at", isDescending: true, isNumber: true, page: query.page
            ).page(connection, item: Self.suite)
        }
    }

    package func update(_ suite: Suite) throws(ControlPlaneError) {
        try transact { connection in
            let old = try Self.stored(suite.id, connection)
            guard let old else { throw ControlPlaneError.unknownSuite(suite.id) }
            guard old.version == suite.version - 1 else {
                throw ControlPlaneError.versionConflict(current: old.version)
            }
            _ = try connection.run(
                """
                UPDATE suites SET tenant_id = ?, env_id = ?, created_at = ?, version = ?,
                    search = ?, spec = ?, audit = ? WHERE id = ?
                """, try Self.values(of: suite))
            try record(
                AuditChange(
                    "suite.replace", of: .suite(suite), before: old.spec.audited,
                    after: suite.spec.audited, "version \(suite.version)",
                    at: suite.audit.updatedAt), connection)
        }
    }

    package func delete(_ id: SuiteID, version: Int?, in scope: Scope)
        throws(ControlPlaneError)
    {
        try transact { connection in
            let old = try Self.stored(id, connection)
            guard let old, scope.covers(old.spec.environment) else {
                throw ControlPlaneError.unknownSuite(id)
            }
            guard version ?? old.version == old.version else {
                throw ControlPlaneError.versionConflict(current: old.version)
            }
            _ = try connection.run("DELETE FROM suites WHERE id = ?", [.text(id.text)])
            try record(
                AuditChange("suite.delete", of: .suite(old), before: old.spec.audited),
                connection)
        }
    }
}

extension HistoryStore {
    private static let suiteColumns = "id, version, spec, audit"

    private static func suite(_ row: Row, from start: Int) throws -> Suite {
        Suite(
            id: SuiteID(try row.text(start)),
            spec: try Coding.decode(SuiteSpec.self, row.text(start + 2)),
            version: try row.int(start + 1),
            audit: try Coding.decode(Audit.self, row.text(start + 3)))
    }

    private static func stored(_ id: SuiteID, _ connection: Connection) throws -> Suite? {
        try connection.first(
            "SELECT \(suiteColumns) FROM suites WHERE id = ?", [.text(id.text)]
        ) { try suite($0, from: 0) }
    }

    private static func values(of suite: Suite) throws -> [Value] {
        [
            .text(suite.spec.tenantId), .text(suite.spec.envId),
            Coding.milliseconds(suite.audit.createdAt), .int(Int64(suite.version)),
            Coding.searchText(name: suite.spec.name, id: suite.id.text),
            try Coding.json(suite.spec), try Coding.json(suite.audit), .text(suite.id.text),
        ]
    }
}
