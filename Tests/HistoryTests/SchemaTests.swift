import CSQLite
import Foundation
import TestSupport
import Testing

@testable import ControlPlane
@testable import History
@testable import SQLite

struct SchemaTests {
    private func file(at version: Int, in folder: TemporaryFolder) throws -> String {
        let path = folder.path("v\(version).db")
        try Migrator(Array(Schema.migrations.prefix(version))).migrate(Connection(path: path))
        return path
    }

    @Test(arguments: 0..<Schema.migrations.count)
    func `a file of every earlier version opens, keeps its data and works`(version: Int)
        async throws
    {
        let folder = try TemporaryFolder()
        let path = try file(at: version, in: folder)
        if version > 0 {
            let spec = try JSONEncoder().encode(LoadTest.sample("old").spec)
            try Connection(path: path).execute(
                """
                INSERT INTO load_tests (id, tenant_id, env_id, name, created_at, updated_at,
                    created_by, version, search, spec, audit)
                VALUES ('old', 'tenant-1', 'dev', 'n', 1, 1, 'ci', 1, 'n',
                    '\(String(decoding: spec, as: UTF8.self))',
                    '{"createdAt":1,"createdBy":"ci","updatedAt":1,"updatedBy":"ci"}')
                """)
        }
        let store = try HistoryStore(path: path, logger: .quiet)
        let kept = try await store.loadTest(LoadTestID("old"), in: .everything)
        #expect((kept != nil) == (version > 0))
        try await store.insert(.sample("r", .running), liveRunsMax: nil)
        try await store.append(.sample(1, requests: 4), to: RunID("r"), numbers: nil)
        #expect(try await store.totals(of: RunID("r")).count == 1)
        let key = IdempotencyKey(principal: "p", key: "k")
        let claim = try await store.claim(key, digest: "d", newID: "a", at: epoch)
        #expect(claim == .granted(objectID: "a"))
        try await store.check()
        #expect(try Connection(path: path, readOnly: true).integrityCheck().isEmpty)
    }

    @Test func `there are steps enough to test the way from one to the next`() {
        #expect(Schema.migrations.count >= 3)
    }

    @Test func `a newer file is refused and left alone`() throws {
        let folder = try TemporaryFolder()
        let path = try file(at: Schema.migrations.count, in: folder)
        let newer = Schema.migrations.count + 1
        try Connection(path: path).execute("PRAGMA user_version=\(newer)")
        #expect(throws: ControlPlaneError.self) { try HistoryStore(path: path, logger: .quiet) }
        let version = try Connection(path: path).first("PRAGMA user_version") { try $0.int(0) }
        #expect(version == newer)
    }

    @Test func `a file that is no database, or a folder that is not there, is refused`() throws {
        let folder = try TemporaryFolder()
        try Data(repeating: 65, count: 5000).write(to: URL(filePath: folder.path("text")))
        for name in ["text", "missing/history.db"] {
            #expect(throws: ControlPlaneError.self) {
                try HistoryStore(path: folder.path(name), logger: .quiet)
            }
        }
    }

    /// What a killed process leaves: the file and its log, never closed.
    @Test func `what was answered survives a kill`() async throws {
        let home = try StoreFolder()
        var run = Run.sample("r", .running, started: epoch)
        try await home.store.insert(run, liveRunsMax: nil)
        for sequence in 1...50 {
            try await home.store.append(
                .sample(sequence, requests: sequence, responseMs: [3]), to: run.id, numbers: nil)
        }
        _ = try run.apply(.stopRequested(by: "anna"), at: epoch)
        try await home.store.save(run)
        for suffix in ["", "-wal"] {
            try FileManager.default.copyItem(
                atPath: home.path + suffix, toPath: home.folder.path("copy.db") + suffix)
        }
        let survivor = try HistoryStore(path: home.folder.path("copy.db"), logger: .quiet)
        #expect(try await survivor.run(run.id, in: .everything)?.run == run)
        #expect(try await survivor.totals(of: run.id).count == 50)
        #expect(
            try await survivor.totals(of: run.id) == (try await home.store.totals(of: run.id)))
    }
}

/// How SQLite would look for the answers: never through a whole table.
struct QueryPlanTests {
    private static let tables = [
        "runs", "load_tests", "run_tags", "load_test_tags", "observations", "endpoints", "samples",
        "run_errors", "idempotency_keys", "api_tokens", "e", "s", "o",
    ]

    private static func check(_ plan: [String], _ sql: String) {
        for line in plan where line.hasPrefix("SCAN ") {
            let table = line.split(separator: " ").dropFirst().first.map(String.init) ?? ""
            let isWhole = tables.contains(table) && !line.contains(" INDEX ")
            #expect(!isWhole, "\(line): \(sql)")
        }
        #expect(!plan.isEmpty, "\(sql)")
    }

    private static let scopes: [Scope] = [
        .everything, .tenant("t"), .environments(["e", "f"], of: "t"),
    ]

    private func eachSubset(of count: Int, _ body: (Int) throws -> Void) rethrows {
        for bits in 0..<(1 << count) { try body(bits) }
    }

    @Test func `no list of runs reads the whole table`() throws {
        let home = try StoreFolder()
        let connection = try Connection(path: home.path, readOnly: true)
        for scope in Self.scopes {
            for field in RunQuery.SortField.allCases {
                try eachSubset(of: 9) { bits in
                    var query = RunQuery(scope: scope)
                    query.sort = .init(field: field, isDescending: bits.isMultiple(of: 2))
                    if bits & 1 != 0 { query.tenantID = "t" }
                    if bits & 2 != 0 { query.envID = "e" }
                    if bits & 4 != 0 { query.tags = ["a", "b"] }
                    if bits & 8 != 0 { query.states = [.running, .failed] }
                    if bits & 16 != 0 { query.loadTestID = LoadTestID("l") }
                    if bits & 32 != 0 { query.createdBy = "c" }
                    if bits & 64 != 0 { query.startedAfter = epoch }
                    if bits & 128 != 0 { query.startedBefore = epoch }
                    if bits & 256 != 0 { query.page.after = PageMark(value: "1", id: "r") }
                    query.text = bits.isMultiple(of: 3) ? "x" : nil
                    let list = ListQuery(query)
                    Self.check(try connection.explain(list.sql, list.values), list.sql)
                }
            }
        }
    }

    @Test func `no list of load tests reads the whole table`() throws {
        let home = try StoreFolder()
        let connection = try Connection(path: home.path, readOnly: true)
        for scope in Self.scopes {
            for field in LoadTestQuery.SortField.allCases {
                try eachSubset(of: 6) { bits in
                    var query = LoadTestQuery(scope: scope)
                    query.sort = .init(field: field, isDescending: bits.isMultiple(of: 2))
                    if bits & 1 != 0 { query.tenantID = "t" }
                    if bits & 2 != 0 { query.envID = "e" }
                    if bits & 4 != 0 { query.tags = ["a"] }
                    if bits & 8 != 0 { query.createdBy = "c" }
                    if bits & 16 != 0 { query.page.after = PageMark(value: "1", id: "r") }
                    if bits & 32 != 0 { query.text = "x" }
                    let list = ListQuery(query)
                    Self.check(try connection.explain(list.sql, list.values), list.sql)
                }
            }
        }
    }

    @Test func `no other statement reads a whole table`() async throws {
        let home = try StoreFolder()
        let store = home.store
        let run = Run.sample("r", .running, tags: ["t"], loadTest: "l")
        let endpoint = Endpoint(method: "GET", name: "/")
        let error = ErrorSample(
            endpoint: endpoint, message: "m", occurrences: 1, firstSeen: nil, lastSeen: nil)
        let key = IdempotencyKey(principal: "p", key: "k")
        try await store.insert(run, liveRunsMax: 3)
        try await store.save(run)
        try await store.append(
            .sample(
                1, requests: 1, endpoints: [.init(endpoint: endpoint, sample: .init())],
                errors: [error]), to: run.id, numbers: nil)
        _ = try await store.run(run.id, in: .tenant("t"))
        _ = try await store.liveRuns()
        _ = try await store.liveRunsByCluster()
        try await store.reserve(5, for: run.id, capacity: .shared(runsMax: 4, usersMax: 10))
        try await store.append(
            .sample(2, .engine, requests: 2, engine: EngineEvidence()), to: run.id, numbers: nil)
        _ = try await store.engineEvidence(of: run.id)
        _ = try await store.totals(of: run.id)
        _ = try await store.endpoints(of: run.id)
        _ = try await store.samples(of: run.id, endpoint: endpoint)
        _ = try await store.errors(of: run.id)
        _ = try await store.claim(key, digest: "d", newID: "a", at: epoch)
        try await store.complete(key, with: .init(status: 200, headers: [:], body: []))
        _ = try await store.claim(key, digest: "d", newID: "a", at: epoch)
        _ = try await store.release(key)
        try await store.forgetExpiredKeys(at: epoch)
        var test = LoadTest.sample("l2", tags: ["t"])
        try await store.insert(test)
        test.version = 2
        try await store.update(test)
        try await store.delete(test.id, version: 2, in: .tenant("tenant-1"))
        for retention in [
            Retention(maxAge: .seconds(1)), Retention(maxRuns: 1),
            Retention(maxAge: .seconds(1), maxRuns: 1),
        ] { _ = try await store.enforce(retention, at: epoch) }
        try await useTokens(of: store)
        let plans = try await store.plansOfPreparedStatements()
        #expect(plans.count >= 25)
        for (sql, plan) in plans where !sql.hasPrefix("INSERT") { Self.check(plan, sql) }
    }

    private func useTokens(of store: HistoryStore) async throws {
        let token = APIToken(
            id: TokenID("t"), name: "n", description: "", role: .viewer, scope: .tenant("t"),
            proof: TokenProof(salt: [], hash: []), createdAt: epoch, createdBy: "c",
            expiresAt: nil)
        try await store.insert(token)
        _ = try await store.unendedTokens(at: epoch)
        for scope in Self.scopes {
            _ = try await store.token(token.id, in: scope)
            _ = try await store.tokens(TokenQuery(scope: scope))
        }
        try await store.noteUses([token.id: epoch])
        try await store.revokeToken(token.id, in: .tenant("t"), by: "c", at: epoch)
        try await store.forgetEndedTokens(at: epoch)
    }
}

extension HistoryStore {
    /// The plans of all statements that this store has prepared so far.
    func plansOfPreparedStatements() async throws -> [String: [String]] {
        let written = try perform { try $0.plansOfPreparedStatements() }
        let read = try await read { try $0.plansOfPreparedStatements() }
        let readMuch = try await readMuch { try $0.plansOfPreparedStatements() }
        return written.merging(read) { $1 }.merging(readMuch) { $1 }
    }
}

extension Connection {
    fileprivate func plansOfPreparedStatements() throws -> [String: [String]] {
        var plans: [String: [String]] = [:]
        var statement = sqlite3_next_stmt(database, nil)
        while let current = statement {
            let sql = String(cString: sqlite3_sql(current))
            let count = Int(sqlite3_bind_parameter_count(current))
            statement = sqlite3_next_stmt(database, current)
            guard !sql.hasPrefix("EXPLAIN"), !sql.hasPrefix("PRAGMA") else { continue }
            plans[sql] = [String](repeating: "", count: count)
        }
        for (sql, marks) in plans { plans[sql] = try explain(sql, marks.map { _ in .null }) }
        return plans
    }
}
