import Foundation
import SQLite
import TestSupport
import Testing

@testable import ControlPlane
@testable import History

/// The power fails between any two calls of the system, and takes with it any part of what was not
/// synced.
struct PowerLossTests {
    /// Images looked at: of all moments, a seeded choice.
    private static let imagesMax = 200

    /// What was answered with the number of each mark: runs at a revision, and observations of
    /// each.
    private struct Answered {
        var revisions: [String: Int] = [:]
        var observations: [String: Int] = [:]
    }

    @Test func `every answered change is there whenever the power fails`() async throws {
        let (changes, answered) = try await record(synchronous: "FULL")
        let losses = try losses(in: changes, answered, seed: 1)
        #expect(losses.isEmpty, "\(losses.first ?? "")")
    }

    @Test func `the same proof finds what a store loses that does not sync`() async throws {
        let (changes, answered) = try await record(synchronous: "OFF")
        #expect(try !losses(in: changes, answered, seed: 1).isEmpty)
    }

    /// Works on a store in small steps, each noted when it was answered.
    private func record(synchronous: String) async throws -> ([TestFileSystem.Change], [Answered]) {
        let fileSystem = TestFileSystem()
        let folder = try TemporaryFolder()
        let store = try HistoryStore(
            path: folder.path("a.db"), logger: .quiet, fileSystem: fileSystem.name)
        // Small, so that the log is copied into the file several times meanwhile.
        try await store.prepare("PRAGMA wal_autocheckpoint=25; PRAGMA synchronous=\(synchronous)")
        var answered = [Answered()]
        func note(_ change: (inout Answered) -> Void) {
            var next = answered[answered.count - 1]
            change(&next)
            fileSystem.mark(answered.count)
            answered.append(next)
        }
        for number in 1...6 {
            var run = Run.sample("r\(number)", .running, started: epoch)
            try await store.insert(run, liveRunsMax: nil)
            note { $0.revisions[run.id.text] = run.revision }
            for sequence in 1...2 {
                try await store.append(
                    .sample(
                        sequence, requests: sequence,
                        endpoints: [
                            .init(
                                endpoint: Endpoint(method: "GET", name: "/"),
                                sample: .sample(requests: 1, responseMs: [1, 2]))
                        ], responseMs: [3]), to: run.id, numbers: nil)
                note { $0.observations[run.id.text] = sequence }
            }
            _ = try run.apply(.stopRequested(by: "anna"), at: epoch)
            try await store.save(run)
            note { $0.revisions[run.id.text] = run.revision }
        }
        return (fileSystem.noted, answered)
    }

    /// What is wrong with the files as they may be after each of the chosen moments.
    private func losses(
        in changes: [TestFileSystem.Change], _ answered: [Answered], seed: UInt64
    ) throws -> [String] {
        var random = SeededGenerator(seed: seed)
        var images = DiskImages()
        var told = 0
        var losses: [String] = []
        let chance = max(1, min(100, Self.imagesMax * 50 / changes.count))
        for (index, change) in changes.enumerated() {
            images.note(change)
            var isMark = false
            if case .mark(let number) = change { (told, isMark) = (number, true) }
            guard isMark || random.chance(chance) else { continue }
            for files in [images.complete, images.torn(by: &random)] {
                if let loss = try loss(in: files, answered, told) {
                    losses.append("after change \(index) of \(changes.count): \(loss)")
                }
            }
        }
        return losses
    }

    private func loss(in files: [String: [UInt8]], _ answered: [Answered], _ told: Int) throws
        -> String?
    {
        let folder = try TemporaryFolder()
        for (suffix, bytes) in files {
            try Data(bytes).write(to: URL(filePath: folder.path("a.db") + suffix))
        }
        do {
            let connection = try Connection(path: folder.path("a.db"))
            try connection.execute("PRAGMA synchronous=OFF")
            if let damage = try connection.integrityCheck().first { return damage }
            guard told > 0 else { return nil }  // Its tables may not be there yet.
            return try loss(in: connection, answered, told)
        } catch {
            return "\(error)"
        }
    }

    private func loss(in connection: Connection, _ answered: [Answered], _ told: Int) throws
        -> String?
    {
        let runs = Dictionary(
            uniqueKeysWithValues: try connection.query("SELECT id, revision FROM runs") {
                (try $0.text(0), try $0.int(1))
            })
        let observations = Dictionary(
            uniqueKeysWithValues: try connection.query(
                "SELECT run_id, count(*) FROM observations GROUP BY 1"
            ) { (try $0.text(0), try $0.int(1)) })
        // What was under way may be there or not.
        let (least, most) = (answered[told], answered[min(told + 1, answered.count - 1)])
        for (id, revision) in least.revisions
        where !(revision...(most.revisions[id] ?? 0)).contains(runs[id] ?? 0) {
            return "run \(id) is at \(runs[id] ?? 0), was answered at \(revision)"
        }
        for (id, count) in least.observations
        where !(count...(most.observations[id] ?? 0)).contains(observations[id] ?? 0) {
            return "run \(id) has \(observations[id] ?? 0) observations of \(count)"
        }
        let samples = try connection.first("SELECT count(*) FROM samples") { try $0.int(0) } ?? 0
        let whole = 2 * observations.values.reduce(0, +)
        return samples == whole ? nil : "\(samples) samples, \(whole) belong to the observations"
    }
}

extension HistoryStore {
    /// Changes settings of the writer's connection.
    func prepare(_ script: String) throws { try perform { try $0.execute(script) } }
}
