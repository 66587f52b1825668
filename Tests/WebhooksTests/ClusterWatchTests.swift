import Crypto
import Foundation
import History
import Logging
import SQLite
import Synchronization
import TestSupport
import Testing

@testable import ControlPlane

/// When a cluster that does not answer is told of as lost.
struct ClusterWatchTests {
    private let folder: TemporaryFolder
    private let store: HistoryStore
    private let time = ManualTime(start: epoch)
    private let cluster = Cluster(
        id: "main", generator: .locust(.init(baseURL: "http://127.0.0.1:9")),
        serves: [EnvironmentKey(tenantID: "shop", envID: "dev")])

    init() async throws {
        folder = try TemporaryFolder()
        store = try HistoryStore(
            path: folder.path("history.db"), logger: Logger(sink: MemorySink()),
            encryptionKeys: EncryptionKeys(SealingKey([UInt8](repeating: 7, count: 32))))
        try await store.insert(.sample(), WebhookSecrets(url: "http://127.0.0.1:9"))
    }

    private func told() async throws -> [Delivery] {
        try await store.deliveries(of: WebhookID("hook"), PageRequest(limit: 100)).items
    }

    /// Whether the store knows the cluster as one that answers, or does not.
    private func isNoted(lost: Bool) async throws -> Bool {
        let connection = try Connection(path: folder.path("history.db"), readOnly: true)
        return try connection.query("SELECT is_lost FROM seen_clusters") { try $0.int(0) == 1 }
            == [lost]
    }

    @Test func `a cluster is lost when it was silent for a while, and not when it was restarted`()
        async throws
    {
        let status = Mutex(ClusterStatus(cluster))
        let watch = ClusterWatch(store, time: time) { [status.withLock { $0 }] }
        let task = Task { await watch.run() }
        status.withLock { $0.isReachable = true }
        #expect(try await eventually(moving: time) { try await isNoted(lost: false) })
        // Silent for less than the grace.
        status.withLock { $0.isReachable = false }
        for _ in 0..<10 {
            time.advance(by: .seconds(2))
            await Task.yield()
        }
        status.withLock { $0.isReachable = true }
        for _ in 0..<10 { time.advance(by: .milliseconds(10)) }
        #expect(try await told().isEmpty)
        status.withLock { status in
            status.isReachable = false
            status.lastError = .init(at: epoch, message: "connection refused")
        }
        #expect(try await eventually(moving: time) { try await isNoted(lost: true) })
        let notice = try #require(try await told().first?.notice)
        #expect(notice.kind == .clusterLost)
        #expect(notice.data["cluster"]?["cause"] == .string("connection refused"))
        // It stays lost, and is told of once.
        for _ in 0..<100 { time.advance(by: .seconds(2)) }
        #expect(try await told().count == 1)
        task.cancel()
        await task.value
    }
}
