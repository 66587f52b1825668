import Foundation
import Metrics
import TestSupport
import Thresholds

@testable import ControlPlane

/// Runs of one load test, one after the other, each with the noise of its seconds.
final class ComparedScene {
    let store = MemoryRunStore()
    private var random = SeededGenerator(seed: 5)
    private var count = 0

    struct Wanted {
        var thresholds: [String] = []
        var baseline: BaselineRule?
        var labels: [String: String]?
        var loadTest = "test-1"
        var tenant = "tenant-1"
        var seconds = 40
        var users = 10
        /// Mean response time.
        var ms = 100.0
        var requests = 20
        var endpoint = "/cart"
        var failurePercent = 0
        var source = Observation.Source.engine
        var hasHistograms = true
        /// As if each connection were refused: there are no times.
        var isDead = false
        /// A generator that is in the way in each second.
        var isBusy = false
        var endReason = EndReason.durationElapsed
    }

    /// Adds a run that is over, judged by what is stored.
    @discardableResult
    func run(_ change: (inout Wanted) throws -> Void = { _ in }) async throws -> Run {
        var wanted = Wanted()
        try change(&wanted)
        count += 1
        let id = RunID("run-\(count)")
        let start = Run.sampleStart.addingTimeInterval(Double(count) * 600)
        var run = try Self.run(id, wanted, start)
        let observations = observations(of: wanted, start)
        store.behave {
            $0.runs[id] = RunRecord(run: run, lastMetrics: nil)
            $0.observations[id] = observations
        }
        run.setVerdict(try await RunJudge.verdict(on: run, from: store))
        let judged = RunRecord(run: run, lastMetrics: nil)
        store.behave { $0.runs[id] = judged }
        return run
    }

    private static func run(_ id: RunID, _ wanted: Wanted, _ start: Date) throws -> Run {
        let end = start.addingTimeInterval(Double(wanted.seconds))
        var progress = Run.Progress(
            state: wanted.endReason.isAsAsked ? .finished : .failed, revision: 5)
        (progress.endReason, progress.endDetail) = (wanted.endReason, "it is over")
        (progress.startRequestedAt, progress.startedAt) = (start, start)
        (progress.loadEndedAt, progress.endedAt) = (end, end.addingTimeInterval(1))
        var spec = LoadTestSpec.sample(tenant: wanted.tenant)
        spec.baseline = wanted.baseline
        let thresholds = try wanted.thresholds.map { try Dialects.read($0) }
        return Run(
            restoring: id, loadTestID: LoadTestID(wanted.loadTest), spec: spec,
            plan: RunPlan(
                targetUsers: wanted.users, spawnRate: 5, durationSeconds: Double(wanted.seconds),
                thresholds: thresholds.isEmpty ? nil : thresholds, labels: wanted.labels),
            clusterID: "c1", audit: Audit(at: start, by: "ci"), progress: progress)
    }

    private func observations(of wanted: Wanted, _ start: Date) -> [Observation] {
        var (requests, failures, sum) = (0, 0, 0.0)
        return (1...wanted.seconds).map { second in
            var times = Histogram()
            let spread = min(2, wanted.requests)
            let count = wanted.requests + Int.random(in: -spread...spread, using: &random)
            if wanted.isDead { failures += count }
            for _ in 0..<(wanted.isDead ? 0 : count) {
                let ms = wanted.ms * Double.random(in: 0.7...1.3, using: &random)
                times.record(UInt64(ms * 1000))
                sum += ms
                if random.chance(wanted.failurePercent) { failures += 1 }
            }
            requests += count
            let sample = Sample(
                requests: requests, failures: failures, averageMs: sum / Double(max(1, requests)),
                histogramDelta: wanted.hasHistograms ? times : nil)
            var generator = GeneratorInterval()
            if wanted.isBusy { generator.dropped = 5 }
            return Observation(
                key: .init(source: wanted.source, epoch: "e", sequence: second),
                time: start.addingTimeInterval(Double(second)), users: wanted.users, workers: nil,
                totals: sample,
                endpoints: [
                    EndpointSample(
                        endpoint: Endpoint(method: "GET", name: wanted.endpoint), sample: sample)
                ], errors: [], isFinal: second == wanted.seconds,
                generator: wanted.source == .engine ? generator : nil)
        }
    }

    func compare(_ run: Run, _ before: Run...) async throws -> RunComparison {
        try await RunComparison.compare(run, with: Baseline(before), from: store)
    }
}

extension RunComparison.Row {
    subscript(measure: Measure) -> ComparedFigure? { figures.first { $0.measure == measure } }
}
