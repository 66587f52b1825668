import Testing

@testable import SQLite

struct StatementTests {
    private let connection: Connection

    init() throws {
        connection = try Connection(path: ":memory:")
        try connection.execute(
            """
            CREATE TABLE t (id INTEGER PRIMARY KEY, a ANY, b TEXT UNIQUE CHECK (b <> 'bad')) STRICT;
            CREATE TABLE child (parent INTEGER NOT NULL REFERENCES t) STRICT;
            """)
    }

    @Test(
        arguments: [
            .null, 0, .int(Int64.min), .int(Int64.max), 0.5, .double(-.infinity),
            .double(.leastNonzeroMagnitude), "", "a\0b", "ß😀\u{301}",
            .blob([]), .blob([0, 255]), .blob([UInt8](repeating: 7, count: 100_000)),
        ] as [Value])
    func `every value is read back as it was stored`(value: Value) throws {
        #expect(try connection.run("INSERT INTO t (a) VALUES (?)", [value]) == 1)
        #expect(try connection.query("SELECT a FROM t") { try $0.value("a") } == [value])
    }

    @Test func `typed columns are read by position and by name`() throws {
        let sql = "SELECT 1 AS i, 2.5 AS d, 'x' AS t, x'01' AS b, 1 AS f, NULL AS n"
        let names = try connection.query(sql) { row in
            try check(row)
            return row.name(of: 2)
        }
        #expect(names == ["t"])
    }

    private func check(_ row: Row) throws {
        #expect([try row.int(0), try row.int("i")] == [1, 1])
        #expect([try row.double(1), try row.double("d"), try row.double("i")] == [2.5, 2.5, 1])
        #expect([try row.text(2), try row.text("t")] == ["x", "x"])
        #expect([try row.blob(3), try row.blob("b")] == [[1], [1]])
        #expect([try row.bool(4), try row.bool("f")] == [true, true])
        #expect([try row.optionalInt("n"), try row.optionalInt(0)] == [nil, 1])
        #expect([try row.optionalText("n"), try row.optionalText(2)] == [nil, "x"])
        #expect([try row.optionalDouble("n"), try row.optionalDouble("d")] == [nil, 2.5])
        #expect([try row.optionalBlob("n"), try row.optionalBlob("b")] == [nil, [1]])
        #expect([try row.optionalBool("n"), try row.optionalBool("f")] == [nil, true])
    }

    @Test func `a value of another type is thrown, not converted`() throws {
        let readings: [(Row) throws -> Void] = [
            { _ = try $0.int("t") }, { _ = try $0.int("n") }, { _ = try $0.double("t") },
            { _ = try $0.text("i") }, { _ = try $0.blob("t") }, { _ = try $0.bool("i") },
            { _ = try $0.int("d") }, { _ = try $0.text(9) }, { _ = try $0.text(-1) },
            { _ = try $0.text("missing") }, { _ = try $0.text("invalid") },
        ]
        for reading in readings {
            #expect(throws: SQLiteError.self) {
                try connection.query(
                    "SELECT 7 AS i, 2.5 AS d, 'x' AS t, NULL AS n, CAST(x'ff' AS TEXT) AS invalid",
                    [], reading)
            }
        }
    }

    @Test func `a row is refused once its turn is over`() throws {
        let rows = try connection.query("SELECT 1 UNION SELECT 2") { $0 }
        for row in rows { #expect(throws: SQLiteError.self) { try row.int(0) } }
    }

    @Test func `changes are counted, and nothing where nothing can change`() throws {
        #expect(try connection.run("INSERT INTO t (a) VALUES (1), (2)") == 2)
        #expect(try connection.run("UPDATE t SET a = 3 WHERE a = 9") == 0)
        #expect(try connection.run("CREATE TABLE u (a)") == 0)
        #expect(try connection.run("INSERT INTO t (a) VALUES (7) RETURNING id") == 1)
        #expect(try connection.run("SELECT 1") == 0)
        #expect(try connection.run("DELETE FROM t") == 3)
    }

    @Test func `broken rules of the schema are told apart, without the values`() throws {
        func error(_ sql: String, _ values: [Value]) -> SQLiteError? {
            #expect(throws: SQLiteError.self) { try connection.run(sql, values) }
        }
        try connection.run("INSERT INTO t (id, b) VALUES (1, 'secret')")
        let unique = error("INSERT INTO t (b) VALUES (?)", ["secret"])
        #expect(unique?.isUniqueConstraint == true && unique?.isConstraint == true)
        #expect(unique?.description.contains("secret") == false)
        #expect(unique?.message == "UNIQUE constraint failed: t.b")
        #expect(error("INSERT INTO t (id) VALUES (?)", [1])?.isUniqueConstraint == true)
        let check = error("INSERT INTO t (b) VALUES (?)", ["bad"])
        #expect(check?.isConstraint == true && check?.isUniqueConstraint == false)
        let foreign = error("INSERT INTO child VALUES (?)", [99])
        #expect(foreign?.isForeignKeyConstraint == true && foreign?.isConstraint == true)
        #expect(
            error("INSERT INTO child VALUES (?)", ["secret"])?.description.contains("secret")
                == false)
    }

    @Test(
        arguments: [
            ("SELECT ?", []), ("SELECT 1", [1]), ("SELECT ?", [.double(.nan)]),
            ("SELECT 1; SELECT 2", []), ("", []), ("SELECT 1 \0 FROM", []), ("SELEC", []),
            ("SELECT \"no such column\"", []),
        ] as [(String, [Value])])
    func `a statement that would do something else is refused`(
        sql: String, values: [Value]
    ) throws {
        #expect(throws: SQLiteError.self) { try connection.run(sql, values) }
        #expect(throws: SQLiteError.self) { try connection.execute("SELECT 1 \0") }
        try connection.run("SELECT 1;\n")
    }

    @Test func `the first row ends the search, and the statement lets go of its locks`() throws {
        let numbers =
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n"
        #expect(try connection.first(numbers) { try $0.int(0) } == 1)
        #expect(try connection.first("SELECT 1 WHERE false") { try $0.int(0) } == nil)
        var seen: [Int] = []
        try connection.forEach(numbers) { row in
            seen.append(try row.int(0))
            return seen.count < 3
        }
        #expect(seen == [1, 2, 3])
        try connection.execute("DROP TABLE child")
    }

    @Test func `an error of the row closure ends the query and is told`() throws {
        struct Unknown: Error {}
        let error = #expect(throws: SQLiteError.self) {
            try connection.query("SELECT 1") { _ in throw Unknown() }
        }
        #expect(error?.operation == "read" && error?.message == "Unknown()")
        #expect(try connection.query("SELECT 1") { try $0.int(0) } == [1])
    }

    @Test func `a query may run inside itself`() throws {
        let sql = "SELECT value FROM json_each(?)"
        let pairs = try connection.query(sql, ["[1,2]"]) { outer in
            let inner = try connection.query(sql, ["[3,4]"]) { try $0.int(0) }
            return [try outer.int(0)] + inner
        }
        #expect(pairs == [[1, 3, 4], [2, 3, 4]])
    }

    @Test func `the cache keeps the latest used statements, no more than its maximum`() throws {
        for number in 0..<StatementCache.statementsMax {
            try connection.run("SELECT \(number)")
        }
        #expect(connection.cache.count == StatementCache.statementsMax)
        try connection.run("SELECT 0")
        try connection.run("SELECT 'one more'")
        #expect(connection.cache.count == StatementCache.statementsMax)
        #expect(connection.cache.take("SELECT 0") != nil)
        #expect(connection.cache.take("SELECT 1") == nil)
        #expect(connection.cache.take("SELECT 2") != nil)
    }

    @Test func `a cached statement follows a change of the schema`() throws {
        try connection.run("INSERT INTO t (id) VALUES (5)")
        #expect(try connection.query("SELECT * FROM t") { $0.columnCount } == [3])
        try connection.execute("ALTER TABLE t ADD COLUMN c TEXT")
        #expect(try connection.query("SELECT * FROM t") { $0.columnCount } == [4])
    }

    @Test func `a plan names the index`() throws {
        let plan = try connection.explain("SELECT id FROM t WHERE b = ?", ["x"])
        #expect(plan.count == 1 && plan[0].contains("USING COVERING INDEX"))
    }

    @Test func `long statements are shortened in errors`() {
        let error = SQLiteError(
            operation: "step", subject: "SELECT\n   \(String(repeating: "x", count: 500))",
            extendedCode: 1, message: "m")
        #expect(error.subject.count == SQLiteError.subjectCharactersMax + 1)
        #expect(error.subject.hasPrefix("SELECT xxx"))
    }
}
