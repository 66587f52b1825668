import Foundation
import Logging
import SQLite
import TestSupport
import Testing

@testable import ControlPlane
@testable import History

/// What is done before a store is used: a check, and the lock.
struct StoreOpeningTests {
    private let folder: TemporaryFolder
    private let path: String

    init() async throws {
        folder = try TemporaryFolder()
        path = folder.path("a.db")
        let store = try HistoryStore(path: path, logger: .quiet)
        for number in 1...40 {
            try await store.insert(
                .sample("r\(number)", .finished, tags: ["t"], ended: epoch), liveRunsMax: nil)
        }
        await store.close()
    }

    /// Overwrites bytes of the file's pages, as a disk does that has gone bad.
    private func damage(_ page: Int) throws -> Data {
        let handle = try FileHandle(forUpdating: URL(filePath: path))
        try handle.seek(toOffset: UInt64(page * 4096))
        handle.write(Data(repeating: 0xA5, count: 4000))
        try handle.close()
        return try Data(contentsOf: URL(filePath: path))
    }

    @Test(arguments: [1, 2, 5, 9])
    func `a damaged file is refused with what to do, and left as it is`(page: Int) throws {
        let bytes = try damage(page)
        let error = #expect(throws: ControlPlaneError.self) {
            try HistoryStore(path: path, logger: .quiet)
        }
        guard case .store(let failure) = error else { return }
        #expect(failure.kind == .corrupt)
        #expect(failure.description.contains(path))
        #expect(failure.description.contains("restore a backup"))
        #expect(try Data(contentsOf: URL(filePath: path)) == bytes)
    }

    @Test func `a sound file is opened, and the check is told with its time`() throws {
        let log = MemorySink()
        _ = try HistoryStore(path: path, logger: Logger(sink: log))
        let line = try #require(log.lines.first { $0.contains("store checked") })
        #expect(line.contains("\"check\":\"full\"") && line.contains("\"seconds\":"))
    }

    @Test
    func `a page that is damaged while the store is used is told as such, and mended by none`()
        async throws
    {
        let store = try HistoryStore(path: path, logger: .quiet)
        let sound = try Data(contentsOf: URL(filePath: path))
        for page in 1...12 { _ = try damage(page) }
        await #expect(throws: ControlPlaneError.self) {
            _ = try await store.runs(.init(scope: .everything, page: .init(limit: 50)))
        }
        // Put back behind the store's back, as a disk that comes back does.
        let handle = try FileHandle(forUpdating: URL(filePath: path))
        handle.write(sound)
        try handle.close()
        #expect(
            try await store.runs(.init(scope: .everything, page: .init(limit: 50))).items.count
                == 40)
    }

    @Test func `one process at a time has a store, under whatever name`() throws {
        let lock = try StoreLock(storePath: path)
        let link = folder.path("link.db")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
        for name in [path, link] {
            let error = #expect(throws: ControlPlaneError.self) { try StoreLock(storePath: name) }
            guard case .store(let failure) = error else { return }
            #expect(failure.kind == .locked)
            #expect(failure.cause.contains("process \(getpid())"))
        }
        _ = try StoreLock(storePath: folder.path("other.db"))
        withExtendedLifetime(lock) {}
    }

    @Test func `a store may be in a folder with a name of any kind`() throws {
        let spaced = "\(folder.path(""))my runs 100%"
        try FileManager.default.createDirectory(
            atPath: spaced, withIntermediateDirectories: false)
        let path = spaced + "/a b.db"
        let lock = try StoreLock(storePath: path)
        #expect(FileManager.default.fileExists(atPath: path + ".lock"))
        withExtendedLifetime(lock) {}
    }

    @Test func `a lock is free again when its holder is gone`() throws {
        for _ in 0..<3 { _ = try StoreLock(storePath: path) }
    }

    @Test func `a store in a folder that is not there is told with what to create`() {
        let path = folder.path("missing/a.db")
        for open in [
            { _ = try StoreLock(storePath: path) },
            { _ = try HistoryStore(path: path, logger: .quiet) },
        ] as [() throws -> Void] {
            let error = #expect(throws: ControlPlaneError.self) { try open() }
            guard case .store(let failure) = error else { return }
            #expect(failure.kind == .unreachable)
            #expect(failure.cause.contains("the folder \(folder.path("missing"))"))
            #expect(failure.cause.hasSuffix("does not exist"))
            #expect(failure.remedy == "create the folder, or correct storage.path")
        }
    }

    @Test func `statements are kept for the log, and from what people read`() throws {
        try Data("no store at all, but long enough to be taken for one".utf8)
            .write(to: URL(filePath: path))
        let error = #expect(throws: ControlPlaneError.self) {
            try HistoryStore(path: path, logger: .quiet)
        }
        guard case .store(let failure) = error else { return }
        #expect(failure.kind == .corrupt)
        for text in [failure.description, "\(ControlPlaneError.store(failure))"] {
            #expect(text.contains("not a database"))
            #expect(!text.contains("PRAGMA") && !text.contains("sqlite "))
        }
        #expect(failure.detail?.contains("PRAGMA") == true)
    }

    @Test func `a backup names the file that is in the way`() throws {
        func failure(_ store: String, _ copy: String) -> StoreBackupFailure? {
            #expect(throws: StoreBackupFailure.self) {
                try StoreBackup(of: folder.path(store), to: folder.path(copy))
            }
        }
        #expect(failure("a.db", "a.db") == .exists(path))
        guard case .copy(let lost) = failure("a.db", "missing/b.db") else {
            Issue.record("the folder of the copy is missing")
            return
        }
        #expect(lost.cause.hasPrefix(folder.path("missing/b.db")))
        #expect(lost.remedy == "create its folder, or name a file in another")
        guard case .store(let none) = failure("none.db", "b.db") else {
            Issue.record("the store is missing")
            return
        }
        #expect(none.kind == .unreachable)
        #expect(none.cause.hasPrefix(folder.path("none.db")))
        _ = try damage(5)
        guard case .store(let damaged) = failure("a.db", "b.db") else {
            Issue.record("the store is damaged")
            return
        }
        #expect(damaged.kind == .corrupt)
    }
}
