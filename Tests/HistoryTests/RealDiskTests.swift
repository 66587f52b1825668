import Foundation
import SQLite
import TestSupport
import Testing

@testable import ControlPlane
@testable import History

/// The same failures on real file systems, where the test may make them.
struct RealDiskTests {
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

    private func append(_ sequence: Int, to store: HistoryStore) async -> StoreFailure.Kind? {
        await kind {
            try await store.append(
                .sample(sequence, requests: sequence, responseMs: [UInt64(sequence)]),
                to: RunID("r"), numbers: nil)
        }
    }

    @Test(.enabled(if: SmallDisk.canBeMade, "needs the right to mount"))
    func `a disk that fills up is told as such, and used again when there is room`() async throws {
        let disk = try SmallDisk()
        let store = try HistoryStore(path: disk.path("a.db"), logger: .quiet)
        try await store.insert(.sample("r", .running, started: epoch), liveRunsMax: nil)
        var stored = 0
        try disk.fill()
        // What the log had room for already still fits.
        while stored < 1000, await append(stored + 1, to: store) == nil { stored += 1 }
        #expect(await append(stored + 1, to: store) == .diskFull)
        #expect(await kind { try await store.check() } == .diskFull)
        var stopping = try #require(try await store.run(RunID("r"), in: .everything)?.run)
        #expect(try await store.totals(of: RunID("r")).count == stored)
        _ = try stopping.apply(.stopRequested(by: "anna"), at: epoch)
        #expect(await kind { try await store.save(stopping) } == .diskFull)

        try disk.makeRoom()
        #expect(await append(stored + 1, to: store) == nil)
        try await store.save(stopping)
        try await store.check()
        #expect(try await store.run(RunID("r"), in: .everything)?.run == stopping)
        #expect(try await store.totals(of: RunID("r")).count == stored + 1)
        await store.close()
        #expect(try Connection(path: disk.path("a.db")).integrityCheck().isEmpty)
    }

    @Test(.enabled(if: SmallDisk.canBeMade, "needs the right to mount"))
    func `a full disk lets no store be made, and harms none`() async throws {
        let disk = try SmallDisk()
        try disk.fill()
        let found = await kind {
            let store = try HistoryStore(path: disk.path("a.db"), logger: .quiet)
            await store.close()
        }
        #expect(found == .diskFull)
        try disk.makeRoom()
        let store = try HistoryStore(path: disk.path("a.db"), logger: .quiet)
        try await store.insert(.sample("r", .running, started: epoch), liveRunsMax: nil)
    }

    @Test(.enabled(if: SmallDisk.canBeMade, "needs the right to mount"))
    func `a copy for which there is no room is told from a store that has none`() async throws {
        let folder = try TemporaryFolder()
        let disk = try SmallDisk()
        let store = try HistoryStore(path: folder.path("a.db"), logger: .quiet)
        try await store.insert(.sample("r", .running, started: epoch), liveRunsMax: nil)
        try disk.fill()
        let error = #expect(throws: StoreBackupFailure.self) {
            try StoreBackup(of: folder.path("a.db"), to: disk.path("copy.db"))
        }
        guard case .copy(let failure) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(failure.kind == .diskFull)
        #expect(failure.cause.hasPrefix(disk.path("copy.db")))
        #expect(failure.remedy == "make room on its disk, or name a file on another")
        #expect(!failure.cause.contains("PRAGMA"))
    }

    @Test(.enabled(if: SmallDisk.canBeMade, "needs the right to mount"))
    func `a store on a read-only file system is told as such at the start`() async throws {
        let disk = try SmallDisk()
        try disk.makeReadOnly()
        let found = await kind { _ = try StoreLock(storePath: disk.path("a.db")) }
        #expect(found == .readOnly)
        let opened = await kind { _ = try HistoryStore(path: disk.path("a.db"), logger: .quiet) }
        #expect(opened == .readOnly)
    }

    @Test(.enabled(if: FrozenFile.canBeMade, "needs chattr"))
    func `files that take no writes are told as such, and used again when they do`() async throws {
        let folder = try TemporaryFolder()
        let store = try HistoryStore(path: folder.path("a.db"), logger: .quiet)
        try await store.insert(.sample("r", .running, started: epoch), liveRunsMax: nil)
        let files = ["a.db", "a.db-wal"].map { folder.path($0) }
        try await FrozenFile.withFrozen(files) {
            #expect(await append(1, to: store) == .readOnly)
            #expect(await append(1, to: store) == .readOnly)
            let found = try await store.run(RunID("r"), in: .everything)
            #expect(found != nil)
        }
        #expect(await append(1, to: store) == nil)
        #expect(try await store.totals(of: RunID("r")).count == 1)
    }
}
