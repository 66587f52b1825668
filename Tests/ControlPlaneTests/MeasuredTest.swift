import Foundation
import Metrics
import Testing
import Thresholds

@testable import ControlPlane

/// Runs as they were measured, second by second.
struct MeasuredTest {
    static let start = Run.sampleStart

    struct Second {
        var requests = 10
        var failures = 0
        var ms: UInt64 = 10
        var generator = GeneratorInterval()
    }

    var seconds: [Second]
    var source = Observation.Source.engine
    /// After the order.
    var delay = 0.2
    var step = 1.0
    var endReason = EndReason.durationElapsed
    /// In seconds; nil: as long as was measured.
    var plannedSeconds: Double?
    var workers: [Int] = []
    var hasHistograms = true

    init(_ count: Int, _ change: (Int, inout Second) -> Void = { _, _ in }) {
        seconds = (0..<count).map { number in
            var second = Second()
            change(number, &second)
            return second
        }
    }

    var observations: [Observation] {
        var (requests, failures, sum) = (0, 0, 0.0)
        return seconds.enumerated().map { number, second in
            requests += second.requests
            failures += second.failures
            sum += Double(second.requests) * Double(second.ms)
            var times = Histogram()
            times.record(second.ms * 1000, count: UInt64(second.requests))
            let sample = Sample(
                requests: requests, failures: failures,
                averageMs: requests > 0 ? sum / Double(requests) : nil,
                p95Ms: hasHistograms ? nil : Double(seconds.map(\.ms).max() ?? 0),
                histogramDelta: hasHistograms && !times.isEmpty ? times : nil)
            let offset = delay + Double(number + 1) * step
            return Observation(
                key: .init(source: source, epoch: "e", sequence: number + 1),
                time: Self.start.addingTimeInterval(offset), users: 10,
                workers: number < workers.count ? workers[number] : nil, totals: sample,
                endpoints: [
                    EndpointSample(
                        endpoint: Endpoint(method: "GET", name: "/cart"), sample: sample)
                ], errors: [], isFinal: number == seconds.count - 1,
                generator: source == .callback ? nil : second.generator)
        }
    }

    func run(_ thresholds: [String], _ change: (inout Threshold) -> Void = { _ in }) throws
        -> Run
    {
        let read = try thresholds.map { text in
            var threshold = try Dialects.read(text)
            change(&threshold)
            return threshold
        }
        let end = Self.start.addingTimeInterval(delay + Double(seconds.count) * step)
        var progress = Run.Progress(
            state: endReason.isAsAsked ? .finished : .failed, revision: 5)
        (progress.endReason, progress.endDetail) = (endReason, "it is over")
        (progress.startRequestedAt, progress.startedAt) = (Self.start, Self.start)
        (progress.loadEndedAt, progress.endedAt) = (end, end.addingTimeInterval(1))
        return Run(
            restoring: RunID("run-1"), loadTestID: nil, spec: .sample(),
            plan: RunPlan(
                targetUsers: 10, spawnRate: 2,
                durationSeconds: plannedSeconds ?? max(1, Double(seconds.count) * step),
                thresholds: read),
            clusterID: "c1", audit: Audit(at: Self.start, by: "ci"), progress: progress)
    }

    func verdict(_ thresholds: String..., change: (inout Threshold) -> Void = { _ in })
        async throws -> Verdict
    {
        let run = try run(thresholds, change)
        let store = MemoryRunStore()
        store.behave { $0.observations[run.id] = observations }
        let verdict = try #require(try await RunJudge.verdict(on: run, from: store))
        // The same each time.
        #expect(try await RunJudge.verdict(on: run, from: store) == verdict)
        return verdict
    }
}
