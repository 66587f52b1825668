import Crypto
import Foundation
import SQLite
import TestSupport
import Testing

@testable import ControlPlane
@testable import History

struct CredentialStoreTests {
    private let folder: TemporaryFolder
    private var path: String { folder.path("history.db") }
    private static let secret = "the-password-of-the-master"

    init() throws { folder = try TemporaryFolder() }

    private static func key(_ byte: UInt8) -> SealingKey? {
        SealingKey([UInt8](repeating: byte, count: SealingKey.byteCount))
    }

    private func store(_ keys: EncryptionKeys) throws -> HistoryStore {
        try HistoryStore(path: path, logger: .quiet, encryptionKeys: keys)
    }

    private static func cluster(_ id: String) -> Cluster {
        Cluster(
            id: id, generator: .locust(.init(baseURL: "http://127.0.0.1:9")),
            serves: [EnvironmentKey(tenantID: "tenant-1", envID: "dev")])
    }

    @Test func `credentials come back as they were set, in the order of the changes`()
        async throws
    {
        let store = try store(EncryptionKeys(Self.key(1)))
        let (a, b) = (Self.cluster("a"), Self.cluster("b"))
        let numbers = [
            try await store.setCredentials(.token(Self.secret), of: a, by: "x", at: epoch),
            try await store.setCredentials(
                .password(user: "u", password: Self.secret), of: b, by: "y", at: epoch + 1),
            try await store.setCredentials(.token("other"), of: a, by: "z", at: epoch + 2),
        ]
        #expect(numbers == numbers.sorted() && Set(numbers).count == 3)
        #expect(
            try await store.credentials() == [
                "a": StoredCredentials(.token("other"), at: epoch + 2, by: "z"),
                "b": StoredCredentials(
                    .password(user: "u", password: Self.secret), at: epoch + 1, by: "y"),
            ])
        _ = try await store.deleteCredentials(of: a, at: epoch + 3)
        #expect(try await store.credentials().keys.sorted() == ["b"])
    }

    @Test func `no file of the store has them in clear`() async throws {
        let store = try store(EncryptionKeys(Self.key(1)))
        _ = try await store.setCredentials(
            .token(Self.secret), of: Self.cluster("a"), by: "x", at: epoch)
        for name in try folder.names() {
            let bytes = try Data(contentsOf: URL(filePath: folder.path(name)))
            #expect(bytes.range(of: Data(Self.secret.utf8)) == nil, "\(name)")
        }
        await store.close()
        let bytes = try Data(contentsOf: URL(filePath: path))
        #expect(bytes.range(of: Data(Self.secret.utf8)) == nil)
    }

    @Test func `a store without a key takes none`() async throws {
        let store = try store(EncryptionKeys())
        await #expect(throws: ControlPlaneError.noEncryptionKey) {
            _ = try await store.setCredentials(
                .token(Self.secret), of: Self.cluster("a"), by: "x", at: epoch)
        }
    }

    @Test func `a new key seals anew what the one before has sealed`() async throws {
        let old = try store(EncryptionKeys(Self.key(1)))
        _ = try await old.setCredentials(
            .token(Self.secret), of: Self.cluster("a"), by: "x", at: epoch)
        await old.close()
        let both = try store(
            EncryptionKeys(Self.key(2), previous: [Self.key(1)].compactMap(\.self)))
        #expect(try await both.renewCredentials(at: epoch) == [])
        #expect(try await both.renewCredentials(at: epoch) == [])
        let records = try await both.records(AuditQuery(scope: .everything))
        #expect(records.filter { $0.entry.action == "cluster.rekeyCredentials" }.count == 1)
        await both.close()
        let new = try store(EncryptionKeys(Self.key(2)))
        let stored = StoredCredentials(.token(Self.secret), at: epoch, by: "x")
        #expect(try await new.credentials() == ["a": stored])
    }

    @Test func `what no key opens is told, stays, and can be set anew`() async throws {
        let old = try store(EncryptionKeys(Self.key(1)))
        _ = try await old.setCredentials(
            .token(Self.secret), of: Self.cluster("a"), by: "x", at: epoch)
        await old.close()
        let new = try store(EncryptionKeys(Self.key(2)))
        #expect(try await new.renewCredentials(at: epoch) == ["a"])
        #expect(
            try await new.credentials() == ["a": StoredCredentials(nil, at: epoch, by: "x")])
        _ = try await new.setCredentials(
            .token("again"), of: Self.cluster("a"), by: "y", at: epoch)
        #expect(try await new.credentials()["a"]?.credentials == .token("again"))
    }

    @Test func `sealed values that changed places are not opened`() async throws {
        let store = try store(EncryptionKeys(Self.key(1)))
        for id in ["a", "b"] {
            _ = try await store.setCredentials(
                .token(Self.secret + id), of: Self.cluster(id), by: "x", at: epoch)
        }
        try Connection(path: path).execute(
            """
            UPDATE cluster_credentials
            SET sealed = (SELECT sealed FROM cluster_credentials WHERE cluster_id = 'b')
            WHERE cluster_id = 'a'
            """)
        let found = try await store.credentials()
        #expect(found["a"]?.credentials == nil)
        #expect(found["b"]?.credentials == .token(Self.secret + "b"))
    }
}
