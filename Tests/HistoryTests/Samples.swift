import Foundation
import History
import Logging
import Metrics
import TestSupport

@testable import ControlPlane

/// A store on a file of its own.
final class StoreFolder {
    let folder: TemporaryFolder
    let store: HistoryStore

    init(auditKeys: AuditKeys = AuditKeys()) throws {
        folder = try TemporaryFolder()
        store = try HistoryStore(
            path: folder.path("history.db"), logger: .quiet, auditKeys: auditKeys)
    }

    var path: String { folder.path("history.db") }
}

extension Logger {
    static var quiet: Logger { Logger(sink: MemorySink()) }
}

/// A whole second, so that it is the same when it comes back.
let epoch = Date(timeIntervalSince1970: 1_800_000_000)

extension Run {
    static func sample(
        _ id: String, _ state: RunState = .pending, tenant: String = "tenant-1",
        env: String = "dev", cluster: String? = nil, name: String = "checkout",
        tags: [String] = [], loadTest: String? = nil, by actor: String = "ci",
        created: Date = epoch, started: Date? = nil, ended: Date? = nil, revision: Int = 1,
        users: Int = 10
    ) -> Run {
        Run(
            restoring: RunID(id), loadTestID: loadTest.map { LoadTestID($0) },
            spec: LoadTestSpec(
                name: name, tags: tags, tenantId: tenant, envId: env,
                targetUrl: "http://127.0.0.1:9", metadata: ["k": .array([.int(1), .null])]),
            plan: RunPlan(targetUsers: users, spawnRate: 2.5, durationSeconds: 60),
            clusterID: cluster ?? "cluster-of-\(id)", audit: Audit(at: created, by: actor),
            progress: Run.Progress(
                state: state, endReason: state.isOver ? .testEnded : nil,
                endDetail: state.isOver ? "it's over" : nil, startRequestedAt: started,
                startedAt: started, deadline: started?.addingTimeInterval(60),
                stopRequestedAt: nil, loadGoneAt: nil, endedAt: ended, revision: revision))
    }
}

extension LoadTest {
    static func sample(
        _ id: String, tenant: String = "tenant-1", env: String = "dev", name: String = "checkout",
        tags: [String] = [], by actor: String = "ci", created: Date = epoch,
        updated: Date? = nil, version: Int = 1
    ) -> LoadTest {
        var audit = Audit(at: created, by: actor, claimed: "somebody")
        audit.updatedAt = updated ?? created
        return LoadTest(
            id: LoadTestID(id),
            spec: LoadTestSpec(
                name: name, tags: tags, tenantId: tenant, envId: env,
                targetUrl: "http://127.0.0.1:9"), version: version, audit: audit)
    }
}

extension Observation {
    static func sample(
        _ sequence: Int, _ source: Source = .callback, epoch text: String = "e",
        requests: Int, at second: Double = 0, endpoints: [EndpointSample] = [],
        errors: [ErrorSample] = [], responseMs: [UInt64] = [], isFinal: Bool = false,
        engine: EngineEvidence? = nil
    ) -> Observation {
        Observation(
            key: .init(source: source, epoch: text, sequence: sequence),
            time: epoch.addingTimeInterval(second), users: 7,
            workers: sequence.isMultiple(of: 2) ? 3 : nil,
            totals: .sample(requests: requests, responseMs: responseMs), endpoints: endpoints,
            errors: errors, isFinal: isFinal, engine: engine)
    }
}

extension Sample {
    static func sample(requests: Int, responseMs: [UInt64] = []) -> Sample {
        var histogram = Histogram()
        for value in responseMs { histogram.record(value * 1000) }
        return Sample(
            requests: requests, failures: requests / 10, averageMs: 12.5, minMs: 1, maxMs: nil,
            p50Ms: 10, p95Ms: 20.25, p99Ms: nil,
            histogramDelta: responseMs.isEmpty ? nil : histogram)
    }
}
