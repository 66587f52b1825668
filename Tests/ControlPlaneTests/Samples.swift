import Foundation
import Metrics

@testable import ControlPlane

/// Values that tests start from; each differs where the test says so.
extension LoadTestSpec {
    static func sample(
        tenant: String = "tenant-1", env: String = "dev", cluster: String? = nil
    ) -> LoadTestSpec {
        LoadTestSpec(
            name: "checkout", tenantId: tenant, envId: env, locustClusterId: cluster,
            targetUrl: "http://127.0.0.1:9")
    }
}

extension Run {
    static let sampleStart = Date(timeIntervalSince1970: 1_800_000_000)

    /// A run in any state, with the times that this state implies.
    static func sample(
        _ state: RunState = .pending, id: String = "run-1", endReason: EndReason? = nil,
        isLoadGone: Bool = false, durationSeconds: Double = 60, start: Date = sampleStart,
        clusterID: String = "c1"
    ) -> Run {
        var progress = Run.Progress(state: state, revision: 5)
        if state == .queued {
            progress.ticket = QueueTicket(
                number: 1, since: start, until: start.addingTimeInterval(3600), firstPosition: 1,
                firstWaitsFor: "room")
        } else if state != .pending {
            progress.startRequestedAt = start
            progress.deadline = start.addingTimeInterval(durationSeconds)
        }
        if [.running, .stopping, .finished].contains(state) { progress.startedAt = start }
        progress.endReason = endReason
        progress.endDetail = endReason.map { "\($0)" }
        if state == .stopping { progress.stopRequestedAt = start.addingTimeInterval(30) }
        if isLoadGone { progress.loadGoneAt = start.addingTimeInterval(31) }
        if state.isOver { progress.endedAt = start.addingTimeInterval(40) }
        return Run(
            restoring: RunID(id), loadTestID: nil, spec: .sample(),
            plan: RunPlan(targetUsers: 10, spawnRate: 2, durationSeconds: durationSeconds),
            clusterID: clusterID, audit: Audit(at: start, by: "ci"), progress: progress)
    }
}

extension Observation {
    static func sample(
        _ source: Source, _ sequence: Int, epoch: String = "e", requests: Int,
        failures: Int = 0, at time: Date = Run.sampleStart, users: Int = 10,
        responseMs: [UInt64] = [], isFinal: Bool = false
    ) -> Observation {
        var histogram = Histogram()
        for value in responseMs { histogram.record(value * 1000) }
        return Observation(
            key: .init(source: source, epoch: epoch, sequence: sequence), time: time,
            users: users, workers: nil,
            totals: Sample(
                requests: requests, failures: failures,
                averageMs: requests > 0 ? 20 : nil,
                histogramDelta: responseMs.isEmpty ? nil : histogram),
            endpoints: [], errors: [], isFinal: isFinal)
    }
}

extension Callback {
    static func sample(
        _ kind: Kind = .metrics, of run: RunID, sequence: Int, epoch: String = "hook",
        requests: Int = 0, failures: Int = 0, elapsed: Double = 1, users: Int = 10,
        tenant: String? = nil, env: String? = nil, responseMs: [UInt64] = [],
        workers: Int = 2, reason: StopReason? = nil
    ) -> Callback {
        let totals = Observation.sample(
            .callback, sequence, requests: requests, failures: failures, responseMs: responseMs
        ).totals
        return Callback(
            kind: kind, runID: run, tenantID: tenant, envID: env, epoch: epoch,
            sequence: sequence, elapsedSeconds: elapsed, users: users, workers: workers,
            totals: totals,
            endpoints: [], errors: [], stopReason: reason)
    }
}
