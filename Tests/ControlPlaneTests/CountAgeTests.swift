import Foundation
import Testing

@testable import ControlPlane

/// What is seen may be older than the moment of seeing it.
struct CountAgeTests {
    private let start = Date(timeIntervalSince1970: 1_800_000_000)

    private func observation(
        _ source: Observation.Source, _ sequence: Int, at seconds: Double, requests: Int
    ) -> Observation {
        Observation(
            key: .init(source: source, epoch: "e", sequence: sequence),
            time: start.addingTimeInterval(seconds), users: 10, workers: 2,
            totals: Sample(requests: requests), endpoints: [], errors: [])
    }

    @Test func `an old look at the same count does not lower the rate`() throws {
        var numbers = RunNumbers()
        for second in stride(from: 0, through: 18, by: 2) {
            let requests = second * 50
            numbers.absorb(
                observation(.callback, second + 1, at: Double(second), requests: requests))
            numbers.absorb(
                observation(.poll, second + 1, at: Double(second) + 1.9, requests: requests))
            guard second >= 2 else { continue }
            let rate = try #require(numbers.lastMetrics?.totalRps)
            #expect(abs(rate - 50) < 0.001)
        }
    }

    @Test func `the rate of a target that hangs goes down to nothing`() throws {
        var numbers = RunNumbers()
        for second in 0...60 {
            numbers.absorb(
                observation(
                    .poll, second + 1, at: Double(second), requests: min(second, 20) * 50))
        }
        #expect(numbers.lastMetrics?.totalRps == 0)
    }

    @Test func `an old look at the same count makes no gap in the series`() {
        var samples: [TimedSample] = []
        for second in stride(from: 0, through: 20, by: 2) {
            for (source, late) in [(Observation.Source.callback, 0.0), (.poll, 1.5)] {
                samples.append(
                    TimedSample(
                        time: start.addingTimeInterval(Double(second) + late), source: source,
                        users: 10, workers: 2, sample: Sample(requests: second * 50)))
            }
        }
        let series = TimeSeries(
            samples: samples, start: start, window: start...start.addingTimeInterval(20),
            resolutionSeconds: 1)
        #expect(series.points.map(\.requests) == Array(repeating: 50, count: 20))
    }
}
