import Foundation
import TestSupport
import Testing

@testable import SQLite

struct ConnectionTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func pragma(_ name: String, _ connection: Connection) throws -> Value? {
        try connection.first("PRAGMA \(name)") { try $0.value(0) }
    }

    @Test func `a new file is safe by default`() throws {
        let connection = try Connection(path: folder.path("a.db"))
        #expect(try pragma("journal_mode", connection) == "wal")
        #expect(try pragma("foreign_keys", connection) == 1)
        #expect(try pragma("synchronous", connection) == 2)
        #expect(try pragma("trusted_schema", connection) == 0)
        #expect(try pragma("cell_size_check", connection) == 1)
        #expect(try pragma("busy_timeout", connection) == .int(5000))
    }

    @Test func `the file and its log are readable for the owner only`() throws {
        let connection = try Connection(path: folder.path("a.db"))
        try connection.execute("CREATE TABLE t (a)")
        #expect(try folder.names() == ["a.db", "a.db-wal", "a.db-shm"])
        for name in try folder.names() {
            let attributes = try FileManager.default.attributesOfItem(atPath: folder.path(name))
            #expect(attributes[.posixPermissions] as? Int == 0o600)
        }
    }

    @Test func `a name with the form of a URI is a name`() throws {
        // As an instruction it would open a database in memory.
        let error = #expect(throws: SQLiteError.self) {
            try Connection(path: "file:x?mode=memory", readOnly: true)
        }
        #expect(error?.message == "unable to open database file")
    }

    @Test func `a file that cannot be opened is named with its cause`() throws {
        let path = folder.path("missing/a.db")
        let error = #expect(throws: SQLiteError.self) { try Connection(path: path) }
        #expect(error?.description == "sqlite open \(path): No such file or directory (14)")
        #expect(throws: SQLiteError.self) { try Connection(path: path, readOnly: true) }
    }

    @Test func `a file that is no database is corrupt`() throws {
        try Data(repeating: 65, count: 5000).write(to: URL(filePath: folder.path("a.db")))
        let error = #expect(throws: SQLiteError.self) {
            try Connection(path: folder.path("a.db"))
        }
        #expect(error?.isCorrupt == true)
    }

    @Test func `a read-only connection sees commits and changes nothing`() throws {
        let writer = try Connection(path: folder.path("a.db"))
        try writer.execute("CREATE TABLE t (a); INSERT INTO t VALUES (1)")
        let reader = try Connection(path: folder.path("a.db"), readOnly: true)
        func count() throws -> Int? { try reader.first("SELECT count(*) FROM t") { try $0.int(0) } }
        #expect(try count() == 1)
        try writer.run("INSERT INTO t VALUES (2)")
        #expect(try count() == 2)
        let error = #expect(throws: SQLiteError.self) { try reader.run("DELETE FROM t") }
        #expect(error?.isReadOnly == true)
        #expect(try reader.transaction { try count() } == 2)
    }

    @Test func `a reader neither waits for a writer nor sees half of what it does`() throws {
        let writer = try Connection(path: folder.path("a.db"))
        try writer.execute("CREATE TABLE t (a)")
        let reader = try Connection(path: folder.path("a.db"), readOnly: true)
        try writer.transaction {
            try writer.run("INSERT INTO t VALUES (1)")
            #expect(try reader.first("SELECT count(*) FROM t") { try $0.int(0) } == 0)
        }
        #expect(try reader.first("SELECT count(*) FROM t") { try $0.int(0) } == 1)
    }

    @Test func `a second writer is busy as long as the first one writes`() throws {
        let first = try Connection(path: folder.path("a.db"))
        let second = try Connection(path: folder.path("a.db"))
        try second.execute("PRAGMA busy_timeout=0")
        try first.transaction {
            let error = #expect(throws: SQLiteError.self) { try second.transaction {} }
            #expect(error?.isBusy == true)
        }
        try second.transaction {}
    }

    @Test func `a full file is told as full`() throws {
        let connection = try Connection(path: folder.path("a.db"))
        try connection.execute("CREATE TABLE t (a); PRAGMA max_page_count=10")
        let error = #expect(throws: SQLiteError.self) {
            try connection.run("INSERT INTO t VALUES (zeroblob(100000))")
        }
        #expect(error?.isFull == true)
    }

    @Test func `a backup is whole, alone and private`() throws {
        let connection = try Connection(path: folder.path("a.db"))
        try connection.execute("CREATE TABLE t (a); INSERT INTO t VALUES (1)")
        let reader = try Connection(path: folder.path("a.db"), readOnly: true)
        try reader.backup(to: folder.path("b.db"))
        try connection.run("DELETE FROM t")
        #expect(try folder.names().filter { $0.hasPrefix("b") } == ["b.db"])
        let copy = try Connection(path: folder.path("b.db"))
        #expect(try copy.query("SELECT a FROM t") { try $0.int(0) } == [1])
        #expect(try copy.integrityCheck() == [])
        let attributes = try FileManager.default.attributesOfItem(atPath: folder.path("b.db"))
        #expect(attributes[.posixPermissions] as? Int == 0o600)
    }

    @Test func `a backup never overwrites, and one that fails leaves nothing`() throws {
        let connection = try Connection(path: folder.path("a.db"))
        try connection.execute("CREATE TABLE t (a)")
        #expect(throws: BackupError.exists) { try connection.backup(to: folder.path("a.db")) }
        try connection.transaction {
            try connection.run("INSERT INTO t VALUES (1)")
            let error = #expect(throws: BackupError.self) {
                try connection.backup(to: folder.path("none/b.db"))
            }
            guard case .copy = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
        #expect(try folder.names().filter { !$0.hasPrefix("a.db") } == [])
    }

    @Test func `the integrity check names damage and dangling references`() throws {
        let connection = try Connection(path: folder.path("a.db"))
        try connection.execute(
            """
            CREATE TABLE parent (id INTEGER PRIMARY KEY);
            CREATE TABLE child (id INTEGER REFERENCES parent);
            """)
        #expect(try connection.integrityCheck() == [])
        try connection.execute("PRAGMA foreign_keys=OFF; INSERT INTO child VALUES (7), (8)")
        #expect(
            try connection.integrityCheck() == ["child refers to rows of parent that do not exist"])
    }
}
