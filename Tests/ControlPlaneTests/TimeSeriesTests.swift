import Foundation
import Metrics
import TestSupport
import Testing

@testable import ControlPlane

struct TimeSeriesTests {
    private let start = Run.sampleStart

    private func sample(
        _ second: Double, _ requests: Int, failures: Int = 0, averageMs: Double? = nil,
        responseMs: [UInt64] = [], source: Observation.Source = .poll, users: Int = 5
    ) -> TimedSample {
        var totals = Observation.sample(
            source, 1, requests: requests, failures: failures, responseMs: responseMs
        ).totals
        totals.averageMs = averageMs
        return TimedSample(
            time: start + second, source: source, users: users, workers: nil, sample: totals)
    }

    private func series(_ samples: [TimedSample], to end: Double, step: Double) -> TimeSeries {
        TimeSeries(
            samples: samples, start: start, window: start...(start + end), resolutionSeconds: step)
    }

    @Test(arguments: 0..<25 as Range<UInt64>)
    func `the steps add up to the truth and are never negative`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let truth = Truth(seed: seed)
        let end = truth.samples.map { $0.time.timeIntervalSince(start) }.max() ?? 1
        let series = series(
            truth.samples, to: end, step: Double.random(in: 0.3...20, using: &random))
        let points = series.points
        #expect(points.map(\.requests).reduce(0, +) == truth.requests.count)
        #expect(points.map(\.failures).reduce(0, +) == truth.failures)
        for point in points {
            #expect(point.requests >= 0 && point.failures >= 0 && point.rps >= 0)
            #expect(point.failures <= point.requests)
            #expect((point.errorRate == nil) == (point.requests == 0))
            if let average = point.avgResponseMs { #expect(average >= 0 && average <= 8.01) }
        }
    }

    @Test func `a step takes its share of the requests between two samples`() {
        let series = series([sample(10, 100), sample(20, 300)], to: 20, step: 5)
        #expect(series.points.map(\.requests) == [50, 50, 100, 100])
        #expect(series.points.map(\.rps) == [10, 10, 20, 20])
    }

    @Test func `few requests spread over many steps keep their average`() {
        let series = series([sample(100, 2, failures: 1, averageMs: 40)], to: 100, step: 10)
        #expect(series.points.map(\.requests).reduce(0, +) == 2)
        for point in series.points where point.requests > 0 { #expect(point.avgResponseMs == 40) }
        for point in series.points where point.requests == 0 {
            #expect(point.avgResponseMs == nil && point.failures == 0)
        }
    }

    @Test func `an older look between newer ones changes nothing`() {
        let with = series(
            [sample(5, 50), sample(6, 20, source: .callback), sample(10, 100)], to: 10, step: 5)
        let without = series([sample(5, 50), sample(10, 100)], to: 10, step: 5)
        #expect(with.points.map(\.requests) == without.points.map(\.requests))
    }

    @Test func `percentiles are those of the response times within the step`() {
        let series = series(
            [
                sample(4, 2, responseMs: [10, 10]), sample(9, 4, responseMs: [500, 500]),
                sample(14, 5),
            ], to: 15, step: 5)
        #expect(series.points[0].p95ResponseMs == 10)
        // Exact within 0.1 per cent.
        #expect(abs((series.points[1].p50ResponseMs ?? 0) - 500) <= 0.5)
        #expect(series.points[2].p50ResponseMs == nil)
    }

    @Test func `a sample at the very end belongs to the last step`() {
        let series = series([sample(10, 10, responseMs: [20])], to: 10, step: 5)
        #expect(series.points[1].p50ResponseMs == 20)
        #expect(series.points.map(\.requests) == [5, 5])
    }

    @Test func `a window shows its part and no more`() {
        let samples = [sample(10, 100), sample(20, 300)]
        let part = TimeSeries(
            samples: samples, start: start, window: (start + 5)...(start + 15),
            resolutionSeconds: 5)
        #expect(part.points.map(\.requests) == [50, 100])
        let before = TimeSeries(
            samples: samples, start: start, window: (start - 20)...(start - 10),
            resolutionSeconds: 5)
        #expect(before.points.map(\.requests) == [0, 0])
    }

    @Test func `a window of no length has one point`() {
        #expect(series([sample(10, 10)], to: 0, step: 1).points.count == 1)
        #expect(series([], to: 10, step: 5).points.map(\.requests) == [0, 0])
    }

    @Test func `no more points are made than a chart can show`() {
        let most = Double(TimeSeries.pointsMax)
        #expect(series([], to: most, step: 1).points.count == TimeSeries.pointsMax)
        #expect(series([], to: most + 1, step: 1).points.count == TimeSeries.pointsMax)
        #expect(series([], to: 1e12, step: 1e-12).points.count == TimeSeries.pointsMax)
    }
}

struct RunSummaryTests {
    @Test(arguments: 0..<20 as Range<UInt64>)
    func `a summary has the totals and percentiles of all requests`(seed: UInt64) {
        let truth = Truth(seed: seed)
        let row = RunSummary.Row(
            endpoint: nil, samples: truth.samples, loadSeconds: truth.seconds)
        #expect(row.requests == truth.requests.count)
        #expect(row.failures == truth.failures)
        #expect(row.rps == Double(truth.requests.count) / truth.seconds)
        guard !truth.requests.isEmpty else { return }
        #expect(row.percentileSource == .histogram)
        #expect(row.p95ResponseMs == Double(truth.histogram.percentile(95)) / 1000)
    }

    @Test func `percentiles of the master are marked as such`() {
        let sample = TimedSample(
            time: Run.sampleStart, source: .poll, users: 1, workers: nil,
            sample: Sample(requests: 4, p95Ms: 250))
        let row = RunSummary.Row(endpoint: nil, samples: [sample], loadSeconds: 0)
        #expect(row.percentileSource == .master)
        #expect(row.p95ResponseMs == 250)
        #expect(row.rps == 0)
    }

    @Test func `without samples there is nothing to say`() {
        let row = RunSummary.Row(endpoint: nil, samples: [], loadSeconds: 10)
        #expect(row.requests == 0 && row.errorRate == 0)
        #expect(row.percentileSource == nil && row.avgResponseMs == nil)
    }
}
