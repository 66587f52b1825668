import Foundation
import JSON
import Logging
import SQLite
import TestSupport
import Testing

@testable import ControlPlane
@testable import History

struct AuditTrailTests {
    private let home: StoreFolder
    private var store: HistoryStore { home.store }

    init() throws { home = try StoreFolder() }

    private func records(_ scope: Scope = .everything) async throws -> [AuditRecord] {
        var query = AuditQuery(scope: scope, limit: 1_000)
        query.isNewestFirst = false
        return try await store.records(query)
    }

    private func draft(_ action: String) -> AuditDraft {
        AuditDraft(action, by: .ci, from: "10.0.0.7", request: "r-1", at: epoch + 1)
    }

    @Test func `a record comes back as it was written, with its place`() async throws {
        try await store.append([.full, .sample("service.start", by: .service, about: nil), .full])
        let found = try await records()
        #expect(found.map(\.entry)[0] == .full)
        #expect(found.map(\.number) == [1, 2, 3])
        #expect(found.map(\.tenantNumber) == [1, nil, 2])
        #expect(Set(found.map(\.hash)).count == 3)
        #expect(try await store.auditHead() == AuditHead(number: 3, hash: found[2].hash))
    }

    @Test func `a tenant sees its own records alone, by numbers of its own`() async throws {
        let other = AuditSubject("cluster", "c", tenant: "tenant-2")
        try await store.append([
            .sample(), .sample(about: other), .sample(by: .root, about: nil), .sample(),
        ])
        #expect(try await records(.tenant("tenant-1")).map(\.tenantNumber) == [1, 2])
        #expect(try await records(.tenant("tenant-2")).map(\.number) == [2])
        var query = AuditQuery(scope: .tenant("tenant-1"), limit: 1)
        #expect(try await store.records(query).map(\.tenantNumber) == [2])
        query.after = 2
        #expect(try await store.records(query).map(\.tenantNumber) == [1])
        query.tenantID = "tenant-2"
        #expect(try await store.records(query) == [])
    }

    @Test func `records are found by who, what, when, and about what`() async throws {
        try await store.append([
            .sample("a.b", at: 0), .sample("c.d", by: .root, at: 10),
            .sample("a.b", at: 20, about: AuditSubject("run", "r", tenant: "tenant-1")), .full,
        ])
        func found(_ change: (inout AuditQuery) -> Void) async throws -> [Int] {
            var query = AuditQuery(scope: .everything)
            change(&query)
            return try await store.records(query).map(\.number)
        }
        #expect(try await found { _ in } == [4, 3, 2, 1])
        #expect(try await found { $0.by = "administrator" } == [2])
        #expect(try await found { $0.action = "a.b" } == [3, 1])
        #expect(try await found { $0.outcome = .refused } == [4])
        #expect(try await found { $0.objectID = "r" } == [3])
        #expect(try await found { $0.from = epoch + 10 } == [3, 2])
        #expect(try await found { $0.to = epoch + 10 } == [4, 1])
        #expect(try await found { $0.limit = 2 } == [4, 3])
        #expect(try await found { $0.after = 3 } == [2, 1])
        #expect(
            try await found {
                $0.isNewestFirst = false
                $0.after = 3
            } == [4])
    }

    @Test func `the file itself refuses to change, remove or put in records`() async throws {
        try await store.append([.sample(), .sample()])
        let connection = try Connection(path: home.path)
        for sql in [
            "UPDATE audit_records SET actor = 'x'", "DELETE FROM audit_records",
            "DELETE FROM audit_head", "UPDATE audit_head SET number = 1",
            "INSERT INTO audit_records SELECT * FROM audit_records WHERE number = 1",
            "REPLACE INTO audit_records SELECT * FROM audit_records WHERE number = 2",
        ] {
            #expect(throws: SQLiteError.self, "\(sql)") { try connection.execute(sql) }
        }
        #expect(try await records().count == 2)
    }

    @Test func `a change and its record are in one transaction`() async throws {
        let test = LoadTest.sample("t")
        try await AuditDraft.$current.withValue(draft("loadTest.create")) {
            try await store.insert(test)
            #expect(AuditDraft.current?.isRecorded == true)
        }
        let record = try #require(try await records().first?.entry)
        #expect(record.actor == .ci)
        #expect(record.action == "loadTest.create")
        #expect(record.subject == .loadTest(test))
        #expect((record.address, record.requestID) == ("10.0.0.7", "r-1"))
        #expect(record.at == epoch + 1)
        #expect(record.before == nil)
        #expect(record.after?.encodedBytes == test.spec.audited.encodedBytes)
        // The same once more fails, and leaves neither.
        await AuditDraft.$current.withValue(draft("loadTest.create")) {
            await #expect(throws: ControlPlaneError.self) { try await store.insert(test) }
            #expect(AuditDraft.current?.isRecorded == false)
        }
        #expect(try await records().count == 1)
    }

    @Test func `a change whose record cannot be written is not made`() async throws {
        try Connection(path: home.path).execute(
            """
            CREATE TRIGGER no_more BEFORE INSERT ON audit_records BEGIN
                SELECT RAISE(ABORT, 'no');
            END
            """)
        await #expect(throws: ControlPlaneError.self) { try await store.insert(.sample("t")) }
        #expect(try await store.loadTest(LoadTestID("t"), in: .everything) == nil)
        await #expect(throws: ControlPlaneError.self) {
            try await store.insert(.sample("r"), liveRunsMax: nil, capacity: .oneRun)
        }
        #expect(try await store.run(RunID("r"), in: .everything) == nil)
    }

    @Test func `what the service does by itself is recorded as its own`() async throws {
        try await store.insert(.sample("r"), liveRunsMax: nil, capacity: .oneRun)
        try await store.save(.sample("r", .starting, revision: 2), numbers: nil)
        try await store.save(.sample("r", .stopping, revision: 3), numbers: nil)
        try await store.save(.sample("r", .stopping, revision: 4), numbers: nil)
        try await store.save(.sample("r", .finished, ended: epoch + 5, revision: 5), numbers: nil)
        let found = try await records().map(\.entry)
        #expect(found.map(\.action) == ["run.start", "run.stop", "run.end"])
        #expect(found.allSatisfy { $0.actor == .service })
        #expect(found[1].before == .object(["state": .string("Starting")]))
        #expect(found[2].after?["state"] == .string("Finished"))
        _ = try await store.enforce(Retention(maxRuns: 0), at: epoch + 100)
        #expect(try await records().last?.entry.action == "history.prune")
    }

    @Test func `an update tells what was changed, without what may be secret`() async throws {
        var test = LoadTest.sample("t")
        test.spec.scenario = .object(["header": .string("Bearer s3cret-of-the-target")])
        test.spec.targetUrl = "https://user:pass@shop.example/path?key=s3cret"
        try await store.insert(test)
        test.spec.scenario = .object(["header": .string("Bearer another-s3cret")])
        test.spec.defaultUsers = 9
        test.version = 2
        try await store.update(test)
        try await store.delete(test.id, version: nil, in: .everything)
        let found = try await records().map(\.entry)
        #expect(found.map(\.action) == ["loadTest.create", "loadTest.replace", "loadTest.delete"])
        #expect(
            found[1].after?["changed"] == .array([.string("scenario"), .string("defaultUsers")]))
        #expect(found[1].before?["defaultUsers"] == .int(1))
        #expect(found[1].after?["defaultUsers"] == .int(9))
        #expect(found[1].after?["targetUrl"] == .string("https://***@shop.example/path"))
        #expect(found[2].before?["name"] == .string("checkout"))
        let text = "\(found)"
        #expect(!text.contains("s3cret") && !text.contains("pass@"))
    }

    @Test func `no record shows a secret of the configuration, and none grows without end`()
        async throws
    {
        let logger = Logger(sink: MemorySink(), secrets: SecretRegistry(["0123456789-secret"]))
        let path = home.folder.path("other.db")
        let store = try HistoryStore(path: path, logger: logger)
        var entry = AuditEntry.full
        entry.detail = "a 0123456789-secret " + String(repeating: "x", count: 5_000)
        entry.before = .array([.object(["k": .string("0123456789-secret")])])
        entry.subject?.id = "0123456789-secret"
        try await store.append([entry])
        let found = try await store.records(AuditQuery(scope: .everything))
        #expect(!"\(found)".contains("0123456789-secret"))
        #expect(found[0].entry.detail.utf8.count < 1_100)
        #expect(try AuditVerification(storePath: path, keys: AuditKeys(), kept: nil).isSound)
    }

    @Test func `two processes on one file make one chain`() async throws {
        let other = try HistoryStore(path: home.path, logger: .quiet)
        await withTaskGroup(of: Void.self) { group in
            for store in [store, other] {
                group.addTask {
                    for second in 0..<20 {
                        await #expect(throws: Never.self) {
                            try await store.append([.sample(at: Double(second))])
                        }
                    }
                }
            }
        }
        let found = try AuditVerification(storePath: home.path, keys: AuditKeys(), kept: nil)
        #expect(found.faults == [])
        #expect(found.records == 40)
    }

    /// Whatever clients put into names, ids and values.
    @Test(arguments: 0..<12 as Range<UInt64>)
    func `any text comes back as it was written, and leaves the chain sound`(seed: UInt64)
        async throws
    {
        var random = SeededGenerator(seed: seed)
        let entries = (0..<25).map { _ in Self.anything(&random) }
        try await store.append(entries)
        let found = try await records()
        #expect(found.count == entries.count)
        for (record, entry) in zip(found, entries) {
            #expect(Array(record.entry.detail.utf8) == Array(entry.detail.utf8))
            #expect(record.entry.subject?.id.utf8.count == entry.subject?.id.utf8.count)
            #expect(record.entry.before?.encodedBytes == entry.before?.encodedBytes)
        }
        let verified = try AuditVerification(storePath: home.path, keys: AuditKeys(), kept: nil)
        #expect(verified.faults == [])
    }

    private static func anything(_ random: inout SeededGenerator) -> AuditEntry {
        func text() -> String {
            let pieces = [
                "\0", "\r\n", "'; DROP TABLE audit_records; --", "\u{202E}", "e\u{301}", "\u{E9}",
                "<script>", "\u{1F468}\u{200D}\u{1F469}", "\u{FEFF}", "\\", "\"", "a", " ", "%n",
                "\u{10FFFF}", "\u{7F}",
            ]
            return (0..<Int.random(in: 0...12, using: &random)).map { _ in random.pick(pieces) }
                .joined()
        }
        var entry = AuditEntry.sample(text(), by: AuditActor(.token, text(), of: text()))
        entry.subject = AuditSubject(text(), text(), tenant: text(), env: text())
        entry.detail = text()
        entry.before = .object([text(): .string(text()), "n": .array([.null, .string(text())])])
        (entry.address, entry.requestID) = (text(), text())
        return entry
    }
}
