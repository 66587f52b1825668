import Foundation
import JSON
import Metrics
import TestSupport

@testable import ControlPlane
@testable import Reports

let start = Date(timeIntervalSince1970: 1_800_000_000)

/// One run as a store would tell of it, with whatever texts.
struct SampleHistory: RunHistory, RunJournal {
    /// What comes from outside in one way or another.
    struct Texts {
        var name = "Checkout"
        var description = "About it"
        var endpoints = [("GET", "/cart"), ("POST", "/pay")]
        var message = "HTTPError 500"
        var detail = "it is over"
        var target = "https://shop.example"
        var tag = "release"
    }

    var texts = Texts()
    var seconds = 20
    var hasHistograms = true
    var source = Observation.Source.engine
    var engine: EngineEvidence? = EngineEvidence(statusCodes: ["200": 5], generatorWarnings: [])

    /// A run of these texts in a state.
    func run(_ state: RunState = .finished) -> Run {
        let isOver = state.isOver
        let hasBegun = ![.queued, .pending, .awaitingApproval].contains(state)
        return Run(
            restoring: RunID("0f1e2d3c-0000-4000-8000-000000000001"), loadTestID: nil,
            spec: LoadTestSpec(
                name: texts.name, description: texts.description, tags: [texts.tag],
                tenantId: "tenant-1", envId: "dev", targetUrl: texts.target),
            plan: RunPlan(
                targetUsers: 10, spawnRate: 2, durationSeconds: Double(seconds)),
            clusterID: hasBegun ? "native" : "", audit: Audit(at: start, by: texts.name),
            progress: Run.Progress(
                state: state, endReason: isOver ? .stoppedByUser : nil,
                endDetail: isOver ? texts.detail : nil, startRequestedAt: hasBegun ? start : nil,
                startedAt: hasBegun ? start : nil,
                loadEndedAt: isOver ? start + Double(seconds) : nil,
                endedAt: isOver ? start + Double(seconds) : nil, revision: 3))
    }

    func report(_ state: RunState = .finished, verdict: ReportVerdict? = nil) async throws
        -> RunReport
    {
        var report = try await RunReport.gather(
            RunRecord(run: run(state), lastMetrics: nil), on: .native, from: self,
            at: start + Double(seconds))
        report.verdict = verdict
        return report
    }

    /// One observation a second, each with as many requests as the seed says.
    func samples(of run: RunID, endpoint: Endpoint?) async throws(ControlPlaneError)
        -> [TimedSample]
    {
        let ends = texts.endpoints.map { Endpoint(method: $0.0, name: $0.1) }
        let parts = texts.endpoints.indices.filter { index in
            endpoint.map { $0 == ends[index] } ?? true
        }
        var random = parts.map { SeededGenerator(seed: UInt64($0) + 1) }
        var total = Sample()
        return (0..<seconds).map { second in
            var delta = Histogram()
            for index in random.indices {
                let count = Int.random(in: 50...150, using: &random[index])
                for _ in 0..<count {
                    delta.record(UInt64.random(in: 900...250_000, using: &random[index]))
                }
                total.requests += count
                total.failures += count / 50
            }
            total.averageMs = 20
            total.minMs = min(total.minMs ?? .infinity, Double(delta.min) / 1000)
            total.maxMs = max(total.maxMs ?? 0, Double(delta.max) / 1000)
            var sample = total
            if hasHistograms {
                sample.histogramDelta = delta
            } else {
                (sample.p50Ms, sample.p95Ms, sample.p99Ms) = (10, 20, 30)
            }
            return TimedSample(
                time: start + Double(second + 1), source: source, users: 10,
                workers: source == .engine ? nil : 2, sample: sample)
        }
    }

    func samples(of run: RunID, endpoint: Endpoint?, around window: ClosedRange<Date>)
        async throws(ControlPlaneError) -> [TimedSample]
    { try await samples(of: run, endpoint: endpoint) }

    func endpoints(of run: RunID) async throws(ControlPlaneError) -> [Endpoint] {
        seconds == 0 ? [] : texts.endpoints.map { Endpoint(method: $0.0, name: $0.1) }
    }

    func busiestEndpoints(of run: RunID, _ most: Int) async throws(ControlPlaneError)
        -> [Endpoint]
    { Array(try await endpoints(of: run).prefix(most)) }

    func errors(of run: RunID) async throws(ControlPlaneError) -> [ErrorSample] {
        try await endpoints(of: run).map { endpoint in
            ErrorSample(
                endpoint: endpoint, message: texts.message, occurrences: 3, firstSeen: start,
                lastSeen: nil)
        }
    }

    func timeline(of run: RunID, _ page: PageRequest) async throws(ControlPlaneError)
        -> Page<TimelineEntry>
    {
        let facts: [String: JSONValue] = ["from": .string(texts.name), "to": .string("Running")]
        return Page(
            items: [
                TimelineEntry(
                    number: 1, at: start, kind: .start, detail: texts.detail, facts: facts,
                    outcome: .init(.done, texts.message, at: start)),
                TimelineEntry(
                    number: 2, at: start + 9, kind: .workersLost, detail: texts.detail),
            ], next: nil)
    }

    func engineEvidence(of run: RunID) async throws(ControlPlaneError) -> EngineEvidence? { engine }
    func observedTime(of run: RunID) async throws(ControlPlaneError) -> ClosedRange<Date>? { nil }
    func generatorIntervals(of run: RunID) async throws(ControlPlaneError)
        -> [TimedGeneratorInterval]
    { [] }
    func measuredRuns(endedAfter time: Date, limit: Int) async throws(ControlPlaneError)
        -> [FollowedRun]
    { [] }
    func liveCounts() async throws(ControlPlaneError) -> [LiveCount] { [] }
    func measurements(of run: RunID, after mark: Int, endpointsMax: Int)
        async throws(ControlPlaneError) -> MeasurementPiece
    { MeasurementPiece(rows: [], mark: mark, endpointCount: 0, isLast: true) }
    func check() async throws(ControlPlaneError) {}
    func liveRunsByCluster() async throws(ControlPlaneError) -> [String: [RunID]] { [:] }
    func runs(_ query: RunQuery) async throws(ControlPlaneError) -> Page<RunRecord> {
        Page(items: [], next: nil)
    }
    func note(_ note: TimelineNote, of run: RunID) async throws(ControlPlaneError)
        -> TimelineMark?
    { nil }
    func settle(_ order: TimelineMark, _ outcome: TimelineEntry.Outcome)
        async throws(ControlPlaneError)
    {}
    func landmarks(of run: RunID) async throws(ControlPlaneError) -> [TimelineEntry] { [] }
}
