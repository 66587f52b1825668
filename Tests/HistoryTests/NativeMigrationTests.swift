import Foundation
import TestSupport
import Testing

@testable import ControlPlane
@testable import History
@testable import SQLite

/// A file of the release that knew Locust clusters only, with a live run in it.
struct NativeMigrationTests {
    private let folder: TemporaryFolder
    private var path: String { folder.path("old.db") }

    init() throws {
        folder = try TemporaryFolder()
        let connection = try Connection(path: path)
        try Migrator(Array(Schema.migrations.prefix(3))).migrate(connection)
        for (id, state) in [("live", "Running"), ("over", "Finished")] {
            try connection.execute(
                """
                INSERT INTO runs (id, tenant_id, env_id, cluster_id, name, state, created_at,
                    started_at, ended_at, created_by, revision, search, spec, plan, audit, progress)
                VALUES ('\(id)', 'tenant-1', 'dev', 'c1', 'n', '\(state)', 1, 1, 0, 'ci', 3, 'n',
                    '{"name":"n","description":"","tags":[],"tenantId":"tenant-1","envId":"dev",
                      "targetUrl":"http://h","userClasses":[],"defaultUsers":1,
                      "defaultSpawnRate":1,"defaultDurationSeconds":60,"metadata":{}}',
                    '{"targetUsers":42,"spawnRate":2.5,"durationSeconds":60,"metadata":{}}',
                    '{"createdAt":1,"createdBy":"ci","updatedAt":1,"updatedBy":"ci"}',
                    '{"state":"\(state)","startRequestedAt":1,"startedAt":1,"revision":3}')
                """)
            try connection.execute(
                """
                INSERT INTO observations
                    (run_id, source, epoch, sequence, time, users, workers, is_final)
                VALUES ('\(id)', 'poll', 'e', 1, 1000, 7, 2, 0)
                """)
        }
    }

    @Test func `a live run is read as it was, without scenario and without a change of users`()
        async throws
    {
        let store = try HistoryStore(path: path, logger: .quiet)
        let live = try await store.liveRuns()
        #expect(live.map(\.id) == [RunID("live")])
        #expect(live.first?.spec.scenario == nil)
        #expect(live.first?.spec.targetsBase64 == nil)
        #expect(live.first?.targetUsersNow == nil)
        #expect(live.first?.targetUsers == 42)
        #expect(live.first?.spawnRate == 2.5)
        #expect(try await store.engineEvidence(of: RunID("live")) == nil)
    }

    @Test func `its cluster is still its own, by the index and not only by the check before it`()
        async throws
    {
        let store = try HistoryStore(path: path, logger: .quiet)
        await #expect(throws: ControlPlaneError.isBusy([RunID("live")])) {
            try await store.insert(.sample("next", cluster: "c1"), liveRunsMax: nil)
        }
        let connection = try Connection(path: path)
        #expect(throws: SQLiteError.self) {
            try connection.execute(
                """
                INSERT INTO runs (id, tenant_id, env_id, cluster_id, exclusive_cluster_id, name,
                    state, created_at, created_by, revision, search, spec, plan, audit, progress)
                VALUES ('x', 't', 'e', 'c1', 'c1', 'n', 'Pending', 1, 'ci', 1, '', '', '', '', '')
                """)
        }
        var run = try #require(try await store.liveRuns().first)
        for event in [
            RunEvent.stopRequested(by: "anna"), .loadGone(.stoppedByUser, ""), .numbersFinal,
        ] { _ = try run.apply(event, at: epoch) }
        try await store.save(run)
        try await store.insert(.sample("next", cluster: "c1"), liveRunsMax: nil)
    }

    @Test func `it counts for its users where the cluster is a native one from now on`()
        async throws
    {
        let store = try HistoryStore(path: path, logger: .quiet)
        let capacity = ClusterCapacity.shared(runsMax: 4, usersMax: 100)
        await #expect(
            throws: ControlPlaneError.clusterBusy([
                FullCluster("c1", .users(max: 100, left: 58), [RunID("live")])
            ])
        ) {
            try await store.insert(
                .sample("next", cluster: "c1", users: 59), liveRunsMax: nil, capacity: capacity)
        }
        try await store.insert(
            .sample("next", cluster: "c1", users: 58), liveRunsMax: nil, capacity: capacity)
    }
}
