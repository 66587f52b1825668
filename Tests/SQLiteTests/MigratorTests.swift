import TestSupport
import Testing

@testable import SQLite

struct MigratorTests {
    private let connection: Connection
    private static let all = [
        Migration(number: 1, name: "tables", sql: "CREATE TABLE a (x INTEGER PRIMARY KEY);"),
        Migration(
            number: 2, name: "children",
            sql: """
                CREATE TABLE b (x INTEGER REFERENCES a ON DELETE CASCADE);
                INSERT INTO a VALUES (1)
                """),
        Migration(
            number: 3, name: "rebuild a",
            sql: """
                CREATE TABLE new (x INTEGER PRIMARY KEY, y TEXT);
                INSERT INTO new (x) SELECT x FROM a; DROP TABLE a; ALTER TABLE new RENAME TO a;
                """),
    ]

    init() throws { connection = try Connection(path: ":memory:") }

    private func schema() throws -> [String] {
        try connection.query("SELECT sql FROM sqlite_schema WHERE sql NOT NULL ORDER BY name") {
            try $0.text(0)
        }
    }

    private func version() throws -> Int? {
        try connection.first("PRAGMA user_version") { try $0.int(0) }
    }

    private func refusal(by migrations: [Migration]) -> String? {
        #expect(throws: SQLiteError.self) { try Migrator(migrations).migrate(connection) }?.message
    }

    @Test func `a new file gets every migration once`() throws {
        #expect(try Migrator(Self.all).migrate(connection) == 3)
        #expect(try Migrator(Self.all).migrate(connection) == 0)
        #expect(try version() == 3)
        #expect(try connection.first("PRAGMA foreign_keys") { try $0.int(0) } == 1)
        let names = try connection.query("SELECT name FROM schema_migration ORDER BY number") {
            try $0.text(0)
        }
        #expect(names == ["tables", "children", "rebuild a"])
    }

    @Test(arguments: 0...3)
    func `a file of any earlier version ends with the same schema`(earlier: Int) throws {
        try Migrator(Array(Self.all.prefix(earlier))).migrate(connection)
        if earlier >= 2 { try connection.execute("INSERT INTO b VALUES (1)") }
        #expect(try Migrator(Self.all).migrate(connection) == 3 - earlier)
        let fresh = try MigratorTests()
        try Migrator(Self.all).migrate(fresh.connection)
        #expect(try schema() == fresh.schema())
        // Rebuilding the parent has not cascaded.
        let children = try connection.first("SELECT count(*) FROM b") { try $0.int(0) }
        #expect(children == (earlier >= 2 ? 1 : 0))
    }

    @Test func `an edited migration is refused and nothing is applied`() throws {
        try Migrator(Array(Self.all.prefix(2))).migrate(connection)
        var edited = Self.all
        edited[1] = Migration(number: 2, name: "children", sql: "CREATE TABLE c (x)")
        #expect(
            refusal(by: edited)
                == "migration 2 (children) is not the one that was applied to the file")
        #expect(try version() == 2)
        #expect(connection.depth == 0)
    }

    @Test func `a file of a newer program is refused and left alone`() throws {
        try Migrator(Self.all).migrate(connection)
        let before = try schema()
        #expect(
            refusal(by: Array(Self.all.prefix(2)))
                == "the file is at version 3, this program knows versions up to 2: "
                + "use a newer program")
        #expect(try schema() == before)
    }

    @Test func `a file of some other program is refused and left alone`() throws {
        try connection.execute("PRAGMA user_version=2; CREATE TABLE theirs (x)")
        #expect(refusal(by: Self.all)?.contains("records 0 migrations") == true)
        #expect(try schema() == ["CREATE TABLE theirs (x)"])
        try connection.execute("PRAGMA user_version=-1")
        #expect(refusal(by: Self.all) != nil)
    }

    @Test(arguments: [
        "CREATE TABLE c (x); INSERT INTO missing VALUES (1)",
        "CREATE TABLE c (x); INSERT INTO b VALUES (77)",  // There is no 77 in a.
    ])
    func `a failure in the middle leaves the last complete step`(sql: String) throws {
        let failing = Self.all + [Migration(number: 4, name: "fails", sql: sql)]
        #expect(refusal(by: failing) != nil)
        #expect(try version() == 3)
        #expect(try !schema().contains { $0.contains("TABLE c") })
        #expect(try connection.first("PRAGMA foreign_keys") { try $0.int(0) } == 1)
        let repaired = Self.all + [Migration(number: 4, name: "works", sql: "CREATE TABLE c (x)")]
        #expect(try Migrator(repaired).migrate(connection) == 1)
    }

    @Test func `a script that ends the transaction is refused`() throws {
        let script = [Migration(number: 1, name: "x", sql: "CREATE TABLE c (x); COMMIT")]
        #expect(refusal(by: script) == "the transaction was rolled back")
        #expect(try version() == 0)
    }

    @Test func `two programs that start at once migrate once`() throws {
        let folder = try TemporaryFolder()
        let first = try Connection(path: folder.path("a.db"))
        let second = try Connection(path: folder.path("a.db"))
        #expect(try Migrator(Array(Self.all.prefix(1))).migrate(first) == 1)
        #expect(try Migrator(Self.all).migrate(second) == 2)
        #expect(try Migrator(Self.all).migrate(first) == 0)
    }
}
