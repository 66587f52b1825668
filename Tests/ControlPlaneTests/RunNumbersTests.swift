import Foundation
import Metrics
import Testing

@testable import ControlPlane

struct RunNumbersTests {
    private let start = Run.sampleStart

    @Test(arguments: 0..<25 as Range<UInt64>)
    func `both sources in any order count every request once`(seed: UInt64) throws {
        let truth = Truth(seed: seed)
        var numbers = RunNumbers()
        var last = 0
        for observation in truth.observations {
            numbers.absorb(observation)
            let total = try #require(numbers.lastMetrics).totalRequests
            #expect(total >= last && total <= truth.requests.count)
            last = total
        }
        let metrics = try #require(numbers.lastMetrics)
        #expect(metrics.totalRequests == truth.requests.count)
        #expect(metrics.totalFailures == truth.failures)
        #expect(numbers.finalNumbersAreIn)
        guard !truth.requests.isEmpty else { return }
        #expect(metrics.p50ResponseMs == Double(truth.histogram.percentile(50)) / 1000)
        #expect(metrics.p99ResponseMs == Double(truth.histogram.percentile(99)) / 1000)
        #expect(metrics.totalRps >= 0)
    }

    @Test func `there are no numbers before the first observation`() {
        #expect(RunNumbers().lastMetrics == nil)
        #expect(RunNumbers().finalMetrics(loadSeconds: 10) == nil)
    }

    @Test func `a lower count is an older look at the same requests`() {
        var numbers = RunNumbers()
        numbers.absorb(.sample(.callback, 1, requests: 100, failures: 9, at: start + 10))
        numbers.absorb(.sample(.poll, 1, requests: 80, failures: 4, at: start + 11))
        #expect(numbers.lastMetrics?.totalRequests == 100)
        #expect(numbers.lastMetrics?.totalFailures == 9)
        #expect(numbers.lastMetrics?.errorRate == 9)
        #expect(numbers.lastMetrics?.timestamp == start + 11)
    }

    @Test func `sequences of different sources and processes do not compare`() {
        var numbers = RunNumbers()
        let observations: [Observation] = [
            .sample(.poll, 5, epoch: "a", requests: 1),
            .sample(.callback, 5, epoch: "a", requests: 1),
            .sample(.poll, 1, epoch: "b", requests: 1),
            .sample(.poll, 5, epoch: "a", requests: 9),
            .sample(.poll, 4, epoch: "a", requests: 9),
            .sample(.poll, 1, epoch: "b", requests: 9),
        ]
        let wasNew = observations.map { numbers.absorb($0) }
        #expect(wasNew == [true, true, true, false, false, false])
        #expect(numbers.lastMetrics?.totalRequests == 1)
    }

    @Test func `percentiles come from response times where there are any`() {
        var numbers = RunNumbers()
        var summary = Observation.sample(.poll, 1, requests: 10)
        summary = Observation(
            key: summary.key, time: summary.time, users: 1, workers: nil,
            totals: Sample(requests: 10, p50Ms: 7, p95Ms: 8, p99Ms: 9), endpoints: [], errors: [])
        numbers.absorb(summary)
        #expect(numbers.lastMetrics?.p95ResponseMs == 8)
        numbers.absorb(.sample(.callback, 1, requests: 3, responseMs: [100, 100, 100]))
        #expect(numbers.lastMetrics?.p95ResponseMs == 100)
    }

    @Test func `the rate is that of the last window`() throws {
        var numbers = RunNumbers()
        for step in 0...12 {
            // 10 a second for a minute, then 50 a second.
            let count = step <= 6 ? step * 100 : 600 + (step - 6) * 500
            numbers.absorb(.sample(.poll, step, requests: count, at: start + Double(step * 10)))
        }
        #expect(abs(try #require(numbers.lastMetrics).totalRps - 50) < 0.01)
    }

    @Test func `the rate falls to nothing when nothing is answered any more`() throws {
        var numbers = RunNumbers()
        for step in 0...6 {
            let time = start + Double(step * 10)
            numbers.absorb(.sample(.poll, step, requests: min(step, 3) * 100, at: time))
        }
        #expect(try #require(numbers.lastMetrics).totalRps == 0)
    }

    @Test func `final numbers have no users and the rate of the whole run`() throws {
        var numbers = RunNumbers()
        numbers.absorb(.sample(.poll, 1, requests: 900, at: start + 10, users: 40))
        #expect(numbers.lastMetrics?.currentUsers == 40)
        let metrics = try #require(numbers.finalMetrics(loadSeconds: 30))
        #expect(metrics.currentUsers == 0)
        #expect(metrics.totalRps == 30)
        #expect(numbers.finalMetrics(loadSeconds: 0)?.totalRps == 0)
    }

    @Test func `users are those of the latest moment`() {
        var numbers = RunNumbers()
        numbers.absorb(.sample(.poll, 1, requests: 1, at: start + 10, users: 40))
        numbers.absorb(.sample(.callback, 1, requests: 1, at: start + 5, users: 20))
        #expect(numbers.lastMetrics?.currentUsers == 40)
    }

    @Test(arguments: [(0, 0, 0.0), (10, 0, 0), (3, 1, 100.0 / 3), (5, 5, 100)])
    func `the error rate is in per cent`(requests: Int, failures: Int, expected: Double) {
        let rate = RunNumbers.errorRate(requests: requests, failures: failures)
        #expect(abs(rate - expected) < 1e-9)
    }
}
