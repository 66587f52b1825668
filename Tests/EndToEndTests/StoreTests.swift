import Foundation
import JSON
import SQLite
import Synchronization
import TestSupport
import Testing

/// What becomes of answered changes when the service is killed, copied while it works, or started
/// twice.
struct StoreTests {
    /// What the service has answered to writers that go on until it is gone.
    private final class Writers: Sendable {
        private let answered = Mutex([String]())

        var ids: [String] { answered.withLock { $0 } }

        /// Defines load tests until an answer fails, or `isOver` says so.
        func write(_ client: Client, until isOver: @escaping @Sendable () -> Bool) async {
            let answered = self
            await withTaskGroup(of: Void.self) { group in
                for number in 0..<4 {
                    group.addTask { await answered.writeOne(client, number, until: isOver) }
                }
            }
        }

        private func writeOne(
            _ client: Client, _ number: Int, until isOver: @Sendable () -> Bool
        ) async {
            while !isOver() {
                do {
                    let answer = try await client.post("/v1/load-tests", Self.definition(number))
                    guard answer.status == 201, let id = answer["id"]?.text else { return }
                    answered.withLock { $0.append(id) }
                } catch {
                    return  // It was killed in the middle.
                }
            }
        }

        private static func definition(_ number: Int) -> [String: any Sendable] {
            [
                "name": "writer \(number)", "tenantId": "red", "envId": "dev", "tags": ["t"],
                "targetUrl": "http://127.0.0.1:9", "defaultUsers": 1, "defaultSpawnRate": 1,
                "defaultDurationSeconds": 1,
            ]
        }
    }

    private func definitions(in path: String) throws -> Set<String> {
        let connection = try Connection(path: path, readOnly: true)
        #expect(try connection.integrityCheck().isEmpty)
        return Set(try connection.query("SELECT id FROM load_tests") { try $0.text(0) })
    }

    @Test func `what was answered is there after each of twenty kills`() async throws {
        try await withService { service in
            var random = SeededGenerator(seed: 4)
            let writers = Writers()
            for _ in 0..<20 {
                let goal = writers.ids.count + Int.random(in: 1...60, using: &random)
                let client = service.client()
                async let writing: Void = writers.write(client) { false }
                #expect(await eventually { writers.ids.count >= goal })
                service.crash()
                await writing
                try await service.restart()
            }
            let missing = Set(writers.ids).subtracting(try definitions(in: service.storePath))
            #expect(missing.isEmpty, "\(missing.count) of \(writers.ids.count) are missing")
            #expect(writers.ids.count > 200)
            // Nor is any of them without its record, or any record without its load test.
            #expect(try recorded(in: service.storePath) == definitions(in: service.storePath))
            await service.end()
            let verification = try Program(["audit", "verify", "--store", service.storePath])
            #expect(try await verification.exitCode() == 0)
            #expect(await eventually { verification.output.contains(", sound") })
        }
    }

    private func recorded(in path: String) throws -> Set<String> {
        let connection = try Connection(path: path, readOnly: true)
        return Set(
            try connection.query(
                "SELECT object_id FROM audit_records WHERE action = 'loadTest.create'"
            ) { try $0.text(0) })
    }

    @Test func `a backup under load is restored with all that was answered before it`()
        async throws
    {
        try await withService { service in
            let writers = Writers()
            let isOver = Atomic(false)
            let client = service.client()
            let copy = service.storePath + ".backup"
            async let writing: Void = writers.write(client) { isOver.load(ordering: .relaxed) }
            #expect(await eventually { writers.ids.count > 50 })
            let before = Set(writers.ids)
            let backup = try Program(["backup", "--store", service.storePath, "--output", copy])
            #expect(try await backup.exitCode() == 0)
            #expect(await eventually { backup.output.contains("load tests, ") })
            let count = writers.ids.count
            #expect(await eventually { writers.ids.count > count }, "writers go on")
            isOver.store(true, ordering: .relaxed)
            await writing
            let again = try Program(["backup", "--store", service.storePath, "--output", copy])
            #expect(try await again.exitCode() == 1, "no backup is written over another")

            service.crash()
            for suffix in ["", "-wal", "-shm"] {
                let path = service.storePath + suffix
                guard FileManager.default.fileExists(atPath: path) else { continue }
                try FileManager.default.moveItem(atPath: path, toPath: path + ".old")
            }
            try FileManager.default.moveItem(atPath: copy, toPath: service.storePath)
            try await service.restart()
            let restored = try definitions(in: service.storePath)
            #expect(before.isSubset(of: restored))
            let page = try await service.client().get("/v1/load-tests?limit=100")
            #expect(page.status == 200 && page["items"]?.items?.isEmpty == false)
            #expect(try await service.client().get("/ready").status == 200)
        }
    }

    @Test func `a second service on the same store does not start, and disturbs nothing`()
        async throws
    {
        try await withService { service in
            let second = try Program(["serve", "--config", service.configurationPath])
            #expect(try await second.exitCode() == 1)
            #expect(await eventually { second.output.contains("in use by another service") })
            #expect(try await service.client().get("/ready").status == 200)
            service.crash()
            try await service.restart()
            #expect(try await service.client().get("/ready").status == 200)
        }
    }
}
