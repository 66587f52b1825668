import Testing

@testable import SQLite

struct TransactionTests {
    private struct Refusal: Error {}
    private let connection: Connection

    init() throws {
        connection = try Connection(path: ":memory:")
        try connection.execute(
            """
            CREATE TABLE t (a INTEGER PRIMARY KEY) STRICT;
            CREATE TABLE later (a INTEGER REFERENCES t DEFERRABLE INITIALLY DEFERRED) STRICT;
            """)
    }

    private func insert(_ number: Int) throws {
        try connection.run("INSERT INTO t VALUES (?)", [.int(number)])
    }

    private func stored() throws -> [Int] {
        try connection.query("SELECT a FROM t ORDER BY a") { try $0.int(0) }
    }

    @Test func `a transaction returns what its body returns, and keeps its work`() throws {
        let result = try connection.transaction {
            try insert(1)
            return "done"
        }
        #expect(result == "done")
        #expect(try stored() == [1])
        #expect(connection.depth == 0)
    }

    @Test func `a body that throws leaves nothing, and its own error`() throws {
        #expect(throws: Refusal.self) {
            try connection.transaction {
                try insert(1)
                throw Refusal()
            }
        }
        #expect(try stored() == [])
        try connection.transaction { try insert(2) }
        #expect(try stored() == [2])
    }

    @Test func `an inner transaction is undone alone`() throws {
        try connection.transaction {
            try insert(1)
            #expect(throws: Refusal.self) {
                try connection.transaction {
                    try insert(2)
                    try connection.transaction { try insert(3) }
                    throw Refusal()
                }
            }
            try connection.transaction { try insert(4) }
        }
        #expect(try stored() == [1, 4])
    }

    @Test func `an outer transaction undoes what inner ones did`() throws {
        #expect(throws: Refusal.self) {
            try connection.transaction {
                try connection.transaction { try insert(1) }
                throw Refusal()
            }
        }
        #expect(try stored() == [])
    }

    @Test func `a commit that fails rolls back`() throws {
        let error = #expect(throws: SQLiteError.self) {
            try connection.transaction {
                try insert(1)
                try connection.run("INSERT INTO later VALUES (9)")
            }
        }
        #expect(error?.isForeignKeyConstraint == true)
        #expect(try stored() == [])
        try connection.transaction { try insert(2) }
        #expect(try stored() == [2])
    }

    @Test func `nothing runs on outside a transaction that SQLite has ended itself`() throws {
        let error = #expect(throws: SQLiteError.self) {
            try connection.transaction {
                try insert(1)
                let attempts: [() throws -> Void] = [
                    { try connection.run("INSERT OR ROLLBACK INTO t VALUES (1)") },
                    { try insert(2) },
                    { try connection.execute("INSERT INTO t VALUES (2)") },
                ]
                for attempt in attempts {
                    // A body that does not care about errors is what this test is about.
                    try? connection.transaction(attempt)
                    try? attempt()
                }
            }
        }
        #expect(error?.message == "the transaction was rolled back")
        #expect(connection.depth == 0)
        #expect(try stored() == [])
        try insert(3)
    }
}
