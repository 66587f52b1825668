import Foundation
import History
import Logging
import TestSupport
import Testing

@testable import swarmkeeper

struct BackupTests {
    private let folder: TemporaryFolder
    private let path: String

    init() throws {
        folder = try TemporaryFolder()
        path = folder.path("a.db")
        _ = try HistoryStore(path: path, logger: Logger(sink: MemorySink()))
    }

    private func run(_ words: String...) async -> Int32 {
        await Program.run(["backup"] + words, environment: [:])
    }

    @Test func `a copy is made once, and never over another file`() async throws {
        let copy = folder.path("copy.db")
        #expect(await run("--store", path, "--output", copy) == 0)
        let bytes = try Data(contentsOf: URL(filePath: copy))
        #expect(await run("--store", path, "--output", copy) == 1)
        #expect(try Data(contentsOf: URL(filePath: copy)) == bytes)
        let copies = try folder.names().filter { $0.hasPrefix("copy") }
        #expect(copies == ["copy.db"])
        _ = try HistoryStore(path: copy, logger: Logger(sink: MemorySink()))
    }

    @Test func `a wrong command line is told from a copy that failed`() async {
        #expect(await run() == 2)
        #expect(await run("--output", "") == 2)
        #expect(await run("x", "--store", path, "--output", folder.path("b.db")) == 2)
        #expect(await run("--store", folder.path("none"), "--output", folder.path("b.db")) == 1)
        #expect(await run("--store", path, "--output", folder.path("none/b.db")) == 1)
        #expect(await run("--config", folder.path("none"), "--output", folder.path("b.db")) == 1)
    }

    @Test func `a damaged store gives no copy`() async throws {
        let handle = try FileHandle(forUpdating: URL(filePath: path))
        try handle.seek(toOffset: 3 * 4096)
        handle.write(Data(repeating: 0xA5, count: 4000))
        try handle.close()
        #expect(await run("--store", path, "--output", folder.path("copy.db")) == 1)
        let copies = try folder.names().filter { $0.hasPrefix("copy") }
        #expect(copies.isEmpty)
    }
}
