import Testing

@testable import SQLite

struct ConnectionTests {
    @Test func `what was stored is read back`() throws {
        let connection = try Connection(path: ":memory:")
        try connection.execute("CREATE TABLE t (a INTEGER, b TEXT) STRICT")
        #expect(try connection.run("INSERT INTO t VALUES (?, ?)", [1, "x"]) == 1)
        let rows = try connection.query("SELECT a, b FROM t") { row in
            "\(try row.int(0))\(try row.text("b"))"
        }
        #expect(rows == ["1x"])
    }
}
