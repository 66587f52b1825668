import Foundation
import Logging
import SQLite
import Synchronization
import TestSupport
import Testing

@testable import ControlPlane
@testable import History

/// Each way in which the file can fail: told apart, rolled back, and over when its cause is.
struct StoreFailureTests {
    private let folder: TemporaryFolder
    private let fileSystem = TestFileSystem()
    private let log = MemorySink()
    private let store: HistoryStore

    init() async throws {
        folder = try TemporaryFolder()
        store = try HistoryStore(
            path: folder.path("a.db"), logger: Logger(sink: log), fileSystem: fileSystem.name)
        try await store.insert(.sample("r", .running, started: epoch), liveRunsMax: nil)
    }

    private func kind(_ work: () async throws -> Void) async -> StoreFailure.Kind? {
        do {
            try await work()
            return nil
        } catch ControlPlaneError.store(let failure) {
            return failure.kind
        } catch {
            Issue.record("\(error)")
            return nil
        }
    }

    private func append(_ sequence: Int) async -> StoreFailure.Kind? {
        await kind {
            try await store.append(
                .sample(
                    sequence, requests: sequence,
                    endpoints: [
                        .init(endpoint: .init(method: "GET", name: "/\(sequence)"), sample: .init())
                    ]), to: RunID("r"), numbers: nil)
        }
    }

    private func sequences() async throws -> [Int] {
        try await store.totals(of: RunID("r")).map(\.key.sequence)
    }

    @Test(arguments: [
        (Int32(13), ENOSPC, StoreFailure.Kind.diskFull), (10 | 3 << 8, EDQUOT, .diskFull),
        (10 | 3 << 8, EROFS, .readOnly), (8, 0, .readOnly), (10 | 3 << 8, EIO, .ioError),
        (11, 0, .corrupt),
    ])
    func `writes that fail are told apart, undone, and go on when the cause is gone`(
        code: Int32, systemCode: Int32, expected: StoreFailure.Kind
    ) async throws {
        #expect(await append(1) == nil)
        fileSystem.fail { change in
            if case .write = change {
                .init(code: code, systemCode: systemCode, share: 0.5)
            } else {
                nil
            }
        }
        for sequence in 2...4 { #expect(await append(sequence) == expected) }
        #expect(await kind { try await store.check() } == expected)
        // What is stored can be read all the while.
        #expect(try await sequences() == [1])
        let failures = log.lines.filter { $0.contains("\"store failed\"") }
        #expect(failures.count == 1, "one line for one trouble")
        let line = try #require(failures.first)
        for text in [expected.rawValue, folder.path("a.db"), try #require(expected.remedy)] {
            #expect(line.replacing("\\/", with: "/").contains(text), "\(line)")
        }
        fileSystem.fail(nil)
        #expect(await kind { try await store.check() } == nil)
        #expect(await append(2) == nil)
        #expect(try await sequences() == [1, 2])
        #expect(log.lines.contains { $0.contains("store works again") })
        #expect(try Connection(path: folder.path("a.db"), readOnly: true).integrityCheck().isEmpty)
    }

    /// Every single call that an append makes fails once, some of them half done.
    @Test func `an append that fails at any of its calls leaves nothing, and the next one works`()
        async throws
    {
        try await store.prepare("PRAGMA wal_autocheckpoint=20")
        var stored: [Int] = []
        for number in 1...80 {
            let calls = Mutex(0)
            let fails = number
            fileSystem.fail { change in
                if case .delete = change { return nil }
                let call = calls.withLock { count in
                    count += 1
                    return count
                }
                return call == 1 + fails % 40
                    ? .init(code: 10 | (fails.isMultiple(of: 2) ? 4 : 3) << 8, share: 0.7) : nil
            }
            let failure = await append(number)
            fileSystem.fail(nil)
            if failure == nil { stored.append(number) }
            #expect(try await sequences() == stored)
        }
        #expect(stored.count > 10 && stored.count < 80)
        #expect(await append(1000) == nil)
        #expect(try Connection(path: folder.path("a.db"), readOnly: true).integrityCheck().isEmpty)
    }

    @Test func `a sync that fails answers nothing as stored`() async throws {
        fileSystem.fail { change in
            if case .sync = change { .init(code: 10 | 4 << 8) } else { nil }
        }
        #expect(await append(1) == .ioError)
        fileSystem.fail(nil)
        #expect(await append(1) == nil)
        #expect(try await sequences() == [1])
    }

    @Test func `a file that another process holds is waited for once, not by each in the queue`()
        async throws
    {
        let other = try Connection(path: folder.path("a.db"))
        try other.execute("BEGIN IMMEDIATE")
        let started = ContinuousClock.now
        let store = store
        let failures = await withTaskGroup(of: StoreFailure.Kind?.self) { group in
            for number in 1...50 {
                group.addTask {
                    do {
                        try await store.insert(
                            .sample("x\(number)", .finished, ended: epoch), liveRunsMax: nil)
                    } catch ControlPlaneError.store(let failure) {
                        return failure.kind
                    } catch {}
                    return nil
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(failures.allSatisfy { $0 == .locked })
        // Each for itself would take 50 times as long as one.
        #expect(ContinuousClock.now - started < .seconds(40))
        #expect(try await store.run(RunID("r"), in: .everything) != nil)
        try other.execute("ROLLBACK")
        #expect(await eventually { await append(1) == nil })
    }

    @Test func `a file that was moved away takes no writes that nobody would find again`()
        async throws
    {
        let away = folder.path("away.db")
        try FileManager.default.moveItem(atPath: folder.path("a.db"), toPath: away)
        #expect(await append(1) == .moved)
        try FileManager.default.copyItem(atPath: away, toPath: folder.path("a.db"))
        #expect(await append(1) == .moved)
        try FileManager.default.removeItem(atPath: folder.path("a.db"))
        try FileManager.default.moveItem(atPath: away, toPath: folder.path("a.db"))
        #expect(await append(1) == nil)
    }

    @Test func `a mistake in one statement is no failure of the store`() async throws {
        await #expect(throws: ControlPlaneError.self) {
            try await store.append(.sample(1, requests: 1), to: RunID("nobody"), numbers: nil)
        }
        #expect(!log.lines.contains { $0.contains("store failed") })
        try await store.check()
    }
}
