import Metrics
import TestSupport
import Testing

@testable import Thresholds

struct JudgementTests {
    @Test(arguments: [
        ("count >= 100", 100.0, true), ("count > 100", 100, false),
        ("rps >= 10", 10, true), ("rps > 10", 10, false),
        ("errorRate <= 10%", 0.1, true), ("errorRate < 10%", 0.1, false),
        ("failures < 11", 10, true), ("dropped < 1", 0, true), ("max < 20ms", 10, true),
        ("mean < 10ms", 10, false), ("min >= 10ms", 10, true), ("p99 <= 10ms", 10, true),
    ])
    func `the whole run is judged by its total`(text: String, value: Double, holds: Bool) throws {
        let judgement = try judge(text, (0..<10).map { .second($0, requests: 10, failures: 1) })
        #expect(judgement.decisive?.value == value)
        #expect(judgement.outcome == (holds ? .held : .broken))
        #expect(judgement.isCertain == !holds)
    }

    @Test func `one slow second breaks a window and not the whole run`() throws {
        var seconds = (0..<60).map { MeasuredInterval.second($0, requests: 100) }
        seconds[40] = .second(40, requests: 100, ms: 900)
        #expect(try judge("p95 < 100ms", seconds).outcome == .held)
        let windows = try judge("p95 < 100ms for 10s", seconds)
        #expect(windows.outcome == .broken && windows.isCertain)
        #expect(windows.brokenAt == 31)
        #expect(windows.brokenSeconds == 19, "ten windows, which overlap")
        #expect(windows.decisive?.seconds == 10)
        #expect(try judge("p95 < 100ms for 30s", seconds).outcome == .held)
    }

    @Test func `where the whole run is broken is told by its single seconds`() throws {
        var seconds = (0..<20).map { MeasuredInterval.second($0, requests: 10) }
        for slow in [7, 8, 12] { seconds[slow] = .second(slow, requests: 10, ms: 500) }
        let judgement = try judge("p90 < 100ms", seconds)
        #expect(judgement.outcome == .broken)
        #expect(judgement.brokenAt == 7 && judgement.brokenSeconds == 3)
        let count = try judge("count < 55", seconds)
        #expect(count.brokenAt == 5 && count.brokenSeconds == 15)
        #expect(try judge("count > 1000", seconds).brokenAt == nil)
    }

    @Test func `the ignored beginning does not count`() throws {
        let seconds = (0..<20).map {
            MeasuredInterval.second($0, requests: 10, ms: $0 < 5 ? 800 : 10)
        }
        var threshold = try ThresholdText.read("max < 100ms")
        #expect(threshold.judge(.init(intervals: seconds, seconds: 20)).outcome == .broken)
        threshold.ignoredSeconds = 5
        #expect(threshold.judge(.init(intervals: seconds, seconds: 20)).outcome == .held)
        threshold.ignoredSeconds = 20
        let nothing = threshold.judge(.init(intervals: seconds, seconds: 20))
        #expect(nothing.outcome == .noData("nothing was measured after the first 20 s"))
        var rate = try ThresholdText.read("rps >= 10")
        rate.ignoredSeconds = 4.5
        #expect(rate.judge(.init(intervals: seconds, seconds: 20)).decisive?.from == 5)
    }

    @Test func `a warm-up within one long interval leaves nothing to judge by`() throws {
        let merged = MeasuredInterval(from: 0, to: 40, requests: 400, failures: 0)
        let seconds = [merged] + (40..<60).map { MeasuredInterval.second($0, requests: 10) }
        var threshold = try ThresholdText.read("rps >= 1")
        threshold.ignoredSeconds = 20
        let judgement = threshold.judge(.init(intervals: seconds, seconds: 60))
        #expect(
            judgement.outcome
                == .noData(
                    "numbers of the first 20 s came only together with those until second 40"))
        // Reports do not end where a warm-up does.
        threshold.ignoredSeconds = 35
        #expect(threshold.judge(.init(intervals: seconds, seconds: 60)).outcome == .held)
    }

    @Test func `nothing is never green`() throws {
        for text in ["max < 1s", "errorRate < 1%", "rps < 5", "p50 < 1s for 5s", "count < 1"] {
            let nothing = try judge(text, [])
            guard case .noData = nothing.outcome else {
                Issue.record("\(text): \(nothing)")
                continue
            }
        }
        let silence = (0..<30).map { MeasuredInterval.second($0, requests: 0) }
        for text in ["max < 1s", "errorRate < 1%", "p50 < 1s for 5s"] {
            #expect(try judge(text, silence).outcome == .noData("there were no requests"))
        }
        #expect(try judge("rps > 5", silence).outcome == .broken)
    }

    @Test func `a window without requests breaks a rate and says nothing of times`() throws {
        let seconds = (0..<30).map {
            MeasuredInterval.second($0, requests: (10..<20).contains($0) ? 0 : 5)
        }
        let rate = try judge("rps >= 5 for 5s", seconds)
        #expect(rate.decisive?.value == 0 && rate.brokenAt == 6)
        #expect(try judge("max < 1s for 5s", seconds).outcome == .held)
    }

    @Test func `a run that is shorter than the window is one window`() throws {
        let judgement = try judge("rps > 9 for 30s", (0..<5).map { .second($0, requests: 10) })
        #expect(judgement.outcome == .held && judgement.decisive?.seconds == 5)
    }

    @Test func `what lacks response times tells no percentile, but what else it can`() throws {
        let polls = (0..<6).map {
            MeasuredInterval(
                from: Double($0) * 10, to: Double($0) * 10 + 10, requests: 100, failures: 1,
                responseMsSum: 2000, hasAllTimes: false)
        }
        let run = MeasuredRun(
            intervals: polls, seconds: 60, summary: [.percentile(95): 40, .max: 55], lateness: 5)
        func outcome(_ text: String) throws -> Judgement.Outcome {
            try ThresholdText.read(text).judge(run).outcome
        }
        #expect(try outcome("p95 < 50ms") == .held)
        #expect(try outcome("p95 < 30ms") == .broken)
        #expect(try outcome("max < 56ms") == .held)
        #expect(try outcome("mean <= 20ms for 20s") == .held)
        #expect(try outcome("errorRate < 2% for 20s") == .held)
        for text in ["p99 < 10s", "p95 < 10s for 20s", "min > 1ms"] {
            guard case .noData(let reason) = try outcome(text) else {
                Issue.record("\(text) is judged")
                continue
            }
            #expect(reason.contains("histograms"))
        }
    }

    @Test func `a rate that is counted late is told only as far as it is known`() throws {
        let run = MeasuredRun(
            intervals: (0..<60).map { .second($0, requests: 10) }, seconds: 60, lateness: 3)
        func outcome(_ text: String) throws -> Judgement.Outcome {
            try ThresholdText.read(text).judge(run).outcome
        }
        #expect(try outcome("rps > 8.9 for 30s") == .held)
        #expect(try outcome("rps > 11.2 for 30s") == .broken)
        guard case .noData(let reason) = try outcome("rps > 9.9 for 30s") else {
            Issue.record("judged although it cannot be known")
            return
        }
        #expect(reason.contains("up to 3 s late"))
        #expect(try outcome("rps > 9.9") == .held, "of the whole run all are counted")
    }

    @Test func `reports that come seldom break a short window, and never prove one`() throws {
        let slow = (0..<6).map { number -> MeasuredInterval in
            var interval = MeasuredInterval.second(number, requests: 100, ms: 50)
            interval = MeasuredInterval(
                from: Double(number) * 10, to: Double(number) * 10 + 10, requests: 100,
                responseTimes: interval.responseTimes)
            return interval
        }
        #expect(try judge("p95 < 10ms for 2s", slow, lasting: 60).outcome == .broken)
        #expect(try judge("count < 10 for 2s", slow, lasting: 60).outcome != .broken)
        #expect(try judge("count < 101 for 2s", slow, lasting: 60).outcome == .held)
        guard case .noData(let reason) = try judge("p95 < 1s for 2s", slow, lasting: 60).outcome
        else {
            Issue.record("taken for proof")
            return
        }
        #expect(reason.contains("only every 10 s"))
    }

    @Test func `what only the generator's seconds break is not certain`() throws {
        var seconds = (0..<20).map { MeasuredInterval.second($0, requests: 10) }
        for late in 5..<10 {
            seconds[late] = .second(late, requests: 10, ms: 900, quality: .generator)
        }
        #expect(try judge("max < 100ms", seconds).isCertain == false)
        #expect(try judge("max < 100ms for 5s", seconds).isCertain == false)
        #expect(try judge("count > 1000", seconds).isCertain == false)
        #expect(try judge("count < 20", seconds).isCertain)
        seconds[12] = .second(12, requests: 10, ms: 200)
        #expect(try judge("max < 100ms", seconds).isCertain)
        seconds[15].quality = .generator
        #expect(try judge("max < 100ms for 2s", seconds).isCertain)
        for number in seconds.indices { seconds[number].quality = .generator }
        #expect(try judge("max < 100ms", seconds).isCertain == false)
    }

    @Test func `less load than asked for proves what is bad and not what is slow`() throws {
        let seconds = (0..<20).map {
            MeasuredInterval.second($0, requests: 10, ms: 900, quality: .shortOfLoad)
        }
        #expect(try judge("p95 < 100ms", seconds).isCertain)
        let rate = try judge("rps > 50", seconds)
        #expect(rate.outcome == .broken && !rate.isCertain)
    }

    @Test func `what was dropped is broken whoever dropped it`() throws {
        var seconds = (0..<20).map {
            MeasuredInterval.second($0, requests: 10, quality: .generator)
        }
        seconds[3] = MeasuredInterval(
            from: 3, to: 4, requests: 1, dropped: 9, quality: .generator)
        #expect(try judge("dropped < 1", seconds).isCertain)
    }

    private func judge(_ text: String, _ seconds: [MeasuredInterval], lasting: Double? = nil)
        throws -> Judgement
    {
        try ThresholdText.read(text).judge(
            MeasuredRun(intervals: seconds, seconds: lasting ?? Double(seconds.count)))
    }
}

extension MeasuredInterval {
    /// A second with as many requests, all as slow.
    static func second(
        _ number: Int, requests: Int, failures: Int = 0, ms: UInt64 = 10,
        quality: MeasuredQuality = .clean
    ) -> MeasuredInterval {
        var times = Histogram()
        times.record(ms * 1000, count: UInt64(requests))
        return MeasuredInterval(
            from: Double(number), to: Double(number) + 1, requests: requests, failures: failures,
            responseTimes: requests > 0 ? times.encoded() : nil, quality: quality)
    }
}
