import Foundation
import TestSupport
import Testing

@testable import ControlPlane
@testable import Thresholds

struct VerdictTests {
    @Test func `a clean run that keeps its thresholds passes`() async throws {
        let verdict = try await MeasuredTest(30).verdict(
            "p95 < 20ms", "errorRate < 1%", "count >= 300", "p99 < 20ms for 5s",
            "rps >= 10 for 5s", "max of /cart < 20ms", "mean of \"GET /cart\" <= 10ms")
        #expect(verdict.result == .passed)
        #expect(verdict.reason == nil)
        #expect(verdict.thresholds.allSatisfy { $0.outcome == .passed })
        #expect(verdict.thresholds.map(\.actual) == [10, 0, 300, 10, 10, 10, 10])
        #expect(verdict.measurement.isClean && verdict.measurement.evidence.isEmpty)
        #expect(abs(verdict.measurement.cleanSeconds - 30.2) < 0.001)
        #expect(verdict.measurement.clean.count == 1)
    }

    @Test func `a broken threshold fails the run, and is told with its value and its place`()
        async throws
    {
        let test = MeasuredTest(30) { if (10..<15).contains($0) { $1.ms = 500 } }
        let verdict = try await test.verdict("p95 < 100ms", "p50 < 100ms", "max < 1s")
        #expect(verdict.result == .failed)
        #expect(verdict.thresholds.map(\.outcome) == [.failed, .passed, .passed])
        let broken = verdict.thresholds[0]
        #expect(broken.actual ?? 0 >= 500 && broken.isCertain)
        #expect(broken.brokenAt == 10.2 && broken.brokenSeconds == 5)
        #expect(verdict.reason?.contains("p95 < 100ms: was 500") == true)
        #expect(verdict.reason?.contains("broken from second 10.2 on, for 5 s") == true)
    }

    @Test func `a warning is told and lets the run pass`() async throws {
        let verdict = try await MeasuredTest(30).verdict("p95 < 1ms") { $0.severity = .warn }
        #expect(verdict.result == .passed)
        #expect(verdict.thresholds.first?.outcome == .failed)
        #expect(verdict.reason?.contains("warnings") == true)
    }

    @Test func `a warm-up does not count`() async throws {
        let test = MeasuredTest(30) { if $0 < 5 { $1.ms = 900 } }
        #expect(try await test.verdict("max < 100ms").result == .failed)
        let verdict = try await test.verdict("max < 100ms") { $0.ignoredSeconds = 5.2 }
        #expect(verdict.result == .passed)
    }

    @Test(arguments: [
        \GeneratorInterval.latenessP99Ms, \.loopLagMaxMs,
    ])
    func `a generator that was in the way makes it inconclusive, either way`(
        figure: WritableKeyPath<GeneratorInterval, Double> & Sendable
    ) async throws {
        let test = MeasuredTest(30) {
            guard (10..<15).contains($0) else { return }
            $1.ms = 500
            $1.generator[keyPath: figure] = 400
        }
        for threshold in ["max < 100ms", "max < 10s", "max < 100ms for 5s"] {
            let verdict = try await test.verdict(threshold)
            #expect(verdict.result == .inconclusive, "\(threshold)")
            #expect(verdict.reason?.contains("in 5 s of 30.2") == true, "\(verdict)")
            #expect(verdict.measurement.clean.map(\.from) == [0, 15.2])
        }
    }

    @Test func `a generator that was in the way while nobody looked spoils nothing`()
        async throws
    {
        let test = MeasuredTest(30) { if $0 < 10 { $1.generator.loopLagMaxMs = 400 } }
        #expect(try await test.verdict("max < 100ms").result == .inconclusive)
        let verdict = try await test.verdict("max < 100ms") { $0.ignoredSeconds = 10 }
        #expect(verdict.result == .passed && verdict.measurement.isClean)
    }

    @Test func `a break beside the generator's seconds stays a failure`() async throws {
        let test = MeasuredTest(30) {
            if (10..<15).contains($0) { $1.generator.cpuShare = 0.99 }
            if $0 == 20 { $1.ms = 500 }
        }
        let verdict = try await test.verdict("max < 100ms")
        #expect(verdict.result == .failed && !verdict.measurement.isClean)
    }

    @Test func `one bad second of a hundred spoils nothing`() async throws {
        let test = MeasuredTest(100) { if $0 == 40 { $1.generator.loopLagMaxMs = 300 } }
        let verdict = try await test.verdict("max < 100ms")
        #expect(verdict.result == .passed)
        #expect(verdict.measurement.evidence.count == 1)
        let slow = MeasuredTest(100) {
            if $0 == 40 { ($1.generator.loopLagMaxMs, $1.ms) = (300, 900) }
        }
        #expect(try await slow.verdict("max < 100ms").result == .inconclusive)
    }

    @Test func `dropped arrivals prove no pass, and do not hide a slow target`() async throws {
        let test = MeasuredTest(30) {
            guard $0 > 5 else { return }
            ($1.generator.dropped, $1.ms) = (40, 700)
        }
        #expect(try await test.verdict("max < 10s").result == .inconclusive)
        #expect(try await test.verdict("p95 < 100ms").result == .failed)
        let all = MeasuredTest(30) { $1.generator.dropped = 40 }
        #expect(try await all.verdict("rps > 20").result == .inconclusive)
        #expect(try await test.verdict("rps > 20").result == .failed, "at first none was dropped")
        let dropped = try await test.verdict("dropped < 1")
        #expect(dropped.result == .failed && dropped.thresholds.first?.actual == 960)
    }

    @Test func `two reports of one moment count once`() async throws {
        let test = MeasuredTest(10) { $1.generator.dropped = 4 }
        let run = try test.run(["dropped < 1", "count > 1"])
        let last = try #require(test.observations.last)
        let again = Observation(
            key: .init(source: .engine, epoch: "e", sequence: 11), time: last.time, users: 0,
            workers: nil, totals: last.totals.withoutNews, endpoints: [], errors: [],
            isFinal: true, generator: GeneratorInterval())
        let store = MemoryRunStore()
        store.behave { $0.observations[run.id] = test.observations + [again] }
        let verdict = try #require(try await RunJudge.verdict(on: run, from: store))
        #expect(verdict.thresholds.map(\.actual) == [40, 100])
    }

    @Test func `an endpoint of the second report of one moment counts too`() async throws {
        let test = MeasuredTest(10)
        let run = try test.run(["count of /cart > 1", "count of /late >= 5", "count > 1"])
        let last = try #require(test.observations.last)
        let late = Sample(requests: 5, failures: 0)
        let again = Observation(
            key: .init(source: .engine, epoch: "e", sequence: 11), time: last.time, users: 0,
            workers: nil, totals: Sample(requests: 105, failures: 0),
            endpoints: [
                EndpointSample(endpoint: Endpoint(method: "GET", name: "/late"), sample: late)
            ], errors: [], isFinal: true, generator: GeneratorInterval())
        let store = MemoryRunStore()
        store.behave { $0.observations[run.id] = test.observations + [again] }
        let verdict = try #require(try await RunJudge.verdict(on: run, from: store))
        #expect(verdict.thresholds.map(\.actual) == [100, 5, 105])
    }

    @Test(arguments: [Double.infinity, -.infinity, .nan, 1e300, -1, Double(Int.max)])
    func `whatever a generator tells of itself can be told`(amount: Double) {
        for trouble in GeneratorTrouble.allCases { #expect(!trouble.text(amount).isEmpty) }
    }

    @Test func `counts beyond all that can be add up to the most that there is`() {
        let most = Sample(requests: .max, failures: .max, averageMs: .greatestFiniteMagnitude)
        let sum = Sample.sum([most, most, Sample(requests: 1, failures: 1)])
        #expect(sum?.requests == .max && sum?.failures == .max)
    }

    @Test(arguments: [Double.infinity, .nan, 1e308])
    func `a value that is no number of JSON is left out`(value: Double) throws {
        let threshold = try Dialects.read("mean < 1s")
        let found = Judgement.Stretch(from: 0, seconds: 1, value: value)
        let result = ThresholdResult(Judgement(.broken, decisive: found), of: threshold)
        #expect(result.actual == nil)
        _ = try JSONEncoder().encode(result)
    }

    @Test(arguments: [EndReason.stoppedByUser, .clusterLost, .loadVanished, .shutdown])
    func `a run that ended before its time passes never, and fails by what it broke`(
        reason: EndReason
    ) async throws {
        var test = MeasuredTest(30)
        test.endReason = reason
        let held = try await test.verdict("p95 < 20ms")
        #expect(held.result == .inconclusive)
        #expect(held.thresholds.first?.outcome == .passed)
        #expect(held.reason?.contains("before its time (\(reason.rawValue))") == true)
        #expect(try await test.verdict("p95 < 1ms").result == .failed)
    }

    @Test func `numbers that end long before the run does prove no pass`() async throws {
        var test = MeasuredTest(30)
        test.plannedSeconds = 60
        let held = try await test.verdict("p95 < 20ms")
        #expect(held.result == .inconclusive)
        #expect(held.reason == "nothing was measured from second 30.2 to second 60")
        #expect(try await test.verdict("p95 < 1ms").result == .failed)
        test.plannedSeconds = 35
        #expect(try await test.verdict("p95 < 20ms").result == .passed)
    }

    @Test func `a stop rule of the scenario fails the run`() async throws {
        var test = MeasuredTest(30)
        test.endReason = .thresholdBroken
        #expect(try await test.verdict("p95 < 20ms").result == .failed)
    }

    @Test func `nothing measured is inconclusive`() async throws {
        let nothing = try await MeasuredTest(0).verdict("errorRate < 1%", "count < 5")
        #expect(nothing.result == .inconclusive)
        #expect(nothing.thresholds.allSatisfy { $0.outcome == .noData })
        let silent = try await MeasuredTest(20) { $1.requests = 0 }.verdict("rps < 5")
        #expect(silent.result == .inconclusive)
        #expect(silent.reason == "no requests were measured")
    }

    @Test func `an endpoint that never was is named with those that were`() async throws {
        let verdict = try await MeasuredTest(20).verdict("p95 of /basket < 1s")
        #expect(verdict.result == .inconclusive)
        #expect(verdict.reason?.contains("there are \"GET /cart\"") == true)
    }

    @Test func `workers that were missing are not the target's fault`() async throws {
        var test = MeasuredTest(30) { if (10..<15).contains($0) { $1.failures = 10 } }
        test.source = .callback
        #expect(try await test.verdict("errorRate < 1%").result == .failed)
        test.workers = (0..<30).map { (10..<15).contains($0) ? 1 : 2 }
        let verdict = try await test.verdict("errorRate < 1%")
        #expect(verdict.result == .inconclusive)
        #expect(verdict.reason?.contains("up to 1 of the workers were missing") == true)
    }

    @Test func `polls alone tell what their summaries say, and no more`() async throws {
        var test = MeasuredTest(12) { $1.requests = 100 }
        (test.source, test.hasHistograms, test.step) = (.poll, false, 10)
        let told = try await test.verdict(
            "p95 < 20ms", "mean < 20ms", "errorRate < 1% for 30s", "count > 1000", "rps > 9")
        #expect(told.result == .passed, "\(told)")
        for text in ["p99 < 1s", "p95 < 1s for 20s", "max < 1s for 20s", "rps > 9 for 20s"] {
            let verdict = try await test.verdict(text)
            #expect(verdict.result == .inconclusive, "\(text): \(verdict)")
            #expect(verdict.thresholds.first?.outcome == .noData)
        }
        #expect(try await test.verdict("dropped < 1").thresholds.first?.outcome == .noData)
    }

    @Test func `response times that have not arrived prove nothing`() async throws {
        var test = MeasuredTest(30)
        test.source = .callback
        let run = try test.run(["p95 < 20ms"])
        let store = MemoryRunStore()
        // The hook's messages of the last ten seconds were lost, and a poll has seen the requests.
        let poll = Observation.sample(
            .poll, 1, requests: 300, at: MeasuredTest.start.addingTimeInterval(30))
        store.behave { $0.observations[run.id] = test.observations.prefix(20) + [poll] }
        let verdict = try #require(try await RunJudge.verdict(on: run, from: store))
        #expect(verdict.result == .inconclusive)
        #expect(verdict.reason?.contains("only 200 of 300 responses") == true)
    }

    @Test func `a worker that is at its limit is the bottleneck`() async throws {
        var test = MeasuredTest(30) { $1.generator.cpuShare = 0.97 }
        (test.source, test.hasHistograms) = (.poll, false)
        let verdict = try await test.verdict("errorRate < 1%")
        #expect(verdict.result == .inconclusive)
        #expect(verdict.reason?.contains("a worker used up to 97 %") == true)
    }

    @Test func `a run that never had load is not judged green`() throws {
        var run = try MeasuredTest(1).run(["count < 5"])
        var progress = run.progress
        (progress.state, progress.startRequestedAt, progress.endReason) = (.pending, nil, nil)
        run = Run(
            restoring: run.id, loadTestID: nil, spec: run.spec, plan: run.plan, clusterID: "c1",
            audit: run.audit, progress: progress)
        _ = try run.apply(.startRefused("the cluster is down"), at: MeasuredTest.start)
        #expect(run.verdict?.result == .inconclusive)
        #expect(run.verdict?.reason == "no load was made: the cluster is down")
    }

    @Test func `a verdict is given once`() throws {
        var run = try MeasuredTest(1).run(["count < 5"])
        run.setVerdict(.unreadable(run, "one"))
        run.setVerdict(nil)
        run.setVerdict(.unreadable(run, "two"))
        #expect(run.verdict?.reason == "what was measured cannot be read: one")
    }

    @Test func `a verdict and its thresholds are read as they were stored`() async throws {
        let test = MeasuredTest(30) { if $0 > 20 { $1.generator.cpuShare = 0.99 } }
        let verdict = try await test.verdict("p95 < 1ms", "count > 5", "p99 < 1s for 5s")
        let data = try JSONEncoder().encode(verdict)
        #expect(try JSONDecoder().decode(Verdict.self, from: data) == verdict)
        let plan = try test.run(["p95 of \"a b\" < 1ms for 5s", "errorRate < 0.07%"]) {
            ($0.severity, $0.ignoredSeconds, $0.abortAfterSeconds) = (.warn, 5, 2)
        }.plan
        #expect(
            try JSONDecoder().decode(RunPlan.self, from: JSONEncoder().encode(plan)) == plan)
    }
}
