import Foundation
import Metrics
import TestSupport
import Testing

@testable import ControlPlane
@testable import History

struct WindowTests {
    private let home: StoreFolder

    init() throws { home = try StoreFolder() }

    /// Polls and a hook, with pauses, old looks and no order between the two.
    private func fill(_ store: HistoryStore, _ random: inout SeededGenerator) async throws {
        var (requests, second, sequence) = (0, 0.0, 0)
        for _ in 0..<80 {
            sequence += 1
            second += random.chance(10) ? 40 : Double.random(in: 0.5...12, using: &random)
            requests += random.chance(30) ? 0 : Int.random(in: 1...50, using: &random)
            let isPoll = random.chance(50)
            let seen = isPoll ? max(0, requests - Int.random(in: 0...40, using: &random)) : requests
            let times = isPoll ? [] : (0..<5).map { _ in UInt64.random(in: 1...90, using: &random) }
            try await store.append(
                .sample(
                    sequence, isPoll ? .poll : .callback, requests: seen, at: second,
                    responseMs: times),
                to: RunID("r"), numbers: nil)
        }
    }

    @Test(arguments: 0..<6 as Range<UInt64>)
    func `a series read in parts is the series`(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let store = home.store
        try await store.insert(
            .sample("r", .finished, started: epoch, ended: epoch + 2000), liveRunsMax: nil)
        try await fill(store, &random)
        let run = RunID("r")
        let all = try await store.samples(of: run, endpoint: nil)
        let end = try #require(try await store.observedTime(of: run)).upperBound
        #expect(end == all.last?.time)
        let step = Double.random(in: 1...9, using: &random)
        let count = Int((end.timeIntervalSince(epoch) / step).rounded(.up))
        let whole = TimeSeries(
            samples: all, start: epoch, window: epoch...end, resolutionSeconds: step)
        var parts: [TimeSeries.Point] = []
        var from = 0
        while from < count {
            let to = min(count, from + Int.random(in: 1...30, using: &random))
            let window =
                (epoch + Double(from) * step)...min(end, epoch + Double(to) * step)
            let samples = try await store.samples(of: run, endpoint: nil, around: window)
            parts +=
                TimeSeries(
                    samples: samples, start: epoch, window: window, resolutionSeconds: step
                ).points.prefix(to - from)
            from = to
        }
        #expect(parts.count == whole.points.count)
        #expect(parts.map(\.requests) == whole.points.map(\.requests))
        #expect(parts.map(\.failures) == whole.points.map(\.failures))
        #expect(parts.map(\.p95ResponseMs) == whole.points.map(\.p95ResponseMs))
    }

    @Test func `a run that nobody has seen has no time and no samples`() async throws {
        let store = home.store
        #expect(try await store.observedTime(of: RunID("none")) == nil)
        let samples = try await store.samples(
            of: RunID("none"), endpoint: nil, around: epoch...epoch)
        #expect(samples.isEmpty)
    }
}
