import Foundation
import Metrics
import Testing

@testable import ControlPlane

/// The native engine's reports: what they say of a moment is so at that moment.
struct EngineNumbersTests {
    private let start = Run.sampleStart

    /// Requests of each second, and the response time of all of them.
    private static let seconds: [(requests: Int, responseMs: UInt64)] = [
        (100, 10), (100, 20), (0, 0), (0, 0), (50, 40), (200, 50), (0, 0),
    ]

    private var samples: [TimedSample] {
        var total = 0
        return Self.seconds.enumerated().map { index, second in
            total += second.requests
            var histogram = Histogram()
            histogram.record(second.responseMs * 1000, count: UInt64(second.requests))
            return TimedSample(
                time: start + Double(index + 1), source: .engine, users: index + 1, workers: nil,
                sample: Sample(
                    requests: total, averageMs: 1,
                    histogramDelta: second.requests > 0 ? histogram : nil))
        }
    }

    private func series(every seconds: Double) -> TimeSeries {
        TimeSeries(
            samples: samples, start: start,
            window: start...(start + Double(Self.seconds.count)), resolutionSeconds: seconds)
    }

    @Test func `each second of a series has its own requests, also when there are none`() {
        #expect(series(every: 1).points.map(\.requests) == Self.seconds.map(\.requests))
    }

    @Test func `percentiles and users stand in the second that they were measured in`() {
        let points = series(every: 1).points
        for (point, second) in zip(points, Self.seconds) {
            guard second.requests > 0 else {
                #expect(point.p50ResponseMs == nil)
                continue
            }
            let error = abs((point.p50ResponseMs ?? 0) - Double(second.responseMs))
            #expect(error <= Double(second.responseMs) / 1000)
        }
        #expect(points.map(\.users) == Array(1...Self.seconds.count))
    }

    @Test func `longer steps have all that is in them`() {
        let points = series(every: 2).points
        #expect(points.map(\.requests) == [200, 0, 250, 0])
        #expect((points[0].p95ResponseMs ?? 0) >= 19)
        #expect(points[1].p95ResponseMs == nil)
    }

    @Test func `the rate of a target that hangs falls from the first second on`() throws {
        var numbers = RunNumbers()
        for second in 0...40 {
            numbers.absorb(
                .sample(
                    .engine, second + 1, requests: min(second, 20) * 50, at: start + Double(second))
            )
            let rate = try #require(numbers.lastMetrics).totalRps
            if (21...39).contains(second) {
                #expect(abs(rate - Double(40 - second) * 2.5) < 0.01, "at \(second)")
            }
        }
        #expect(numbers.lastMetrics?.totalRps == 0)
    }

    @Test func `the first report has a rate, because the counts began with 0`() throws {
        var numbers = RunNumbers()
        numbers.loadStart = start
        numbers.absorb(.sample(.engine, 1, requests: 95, at: start + 1))
        #expect(numbers.lastMetrics?.totalRps == 95)
        var polled = RunNumbers()
        polled.loadStart = start
        polled.absorb(.sample(.poll, 1, requests: 95, at: start + 1))
        #expect(polled.lastMetrics?.totalRps == 0, "a master may show what came before")
    }

    @Test func `percentiles of the engine are called what they are`() {
        let row = RunSummary.Row(endpoint: nil, samples: samples, loadSeconds: 7)
        #expect(row.requests == 450)
        #expect(row.percentileSource == .histogram)
    }
}
