import Testing
import Thresholds

@testable import ControlPlane

struct RegressionTests {
    private let scene = ComparedScene()
    private let rule = BaselineRule(.lastPassed)

    /// Runs of one build, of which nothing is asked: they tell how much runs differ. The newest.
    @discardableResult
    private func known(
        _ count: Int = 3, _ change: (inout ComparedScene.Wanted) -> Void = { _ in }
    ) async throws -> Run {
        for _ in 1..<count { try await scene.run(change) }
        return try await scene.run(change)
    }

    private func result(_ run: Run) throws -> ThresholdResult {
        try #require(run.verdict?.thresholds.first)
    }

    @Test func `the same build passes beside its baseline, and tells what was compared`()
        async throws
    {
        let before = try await scene.run()
        let run = try await scene.run {
            ($0.thresholds, $0.baseline) = (["p95 regression < 10%"], .init(.pinned(before.id)))
        }
        #expect(run.verdict?.result == .passed, "\(String(describing: run.verdict))")
        #expect(run.verdict?.baseline?.runs == [before.id])
        let found = try result(run)
        #expect(found.outcome == .passed)
        #expect(found.actual ?? 99 < 10)
        #expect(try #require(found.actualFrom) < #require(found.actualTo))
        #expect(found.reason?.contains("the baseline's") == true)
    }

    @Test func `a build that is slower by more than the limit and the noise fails`() async throws {
        let before = try await known()
        let run = try await scene.run {
            ($0.thresholds, $0.baseline) = (
                ["p95 regression of \"GET /cart\" < 10%", "mean regression < 110%"],
                .init(.pinned(before.id))
            )
            $0.ms = 170
        }
        #expect(run.verdict?.result == .failed)
        #expect(run.verdict?.reason?.contains("worse than the baseline's") == true)
        let found = try result(run)
        #expect(found.outcome == .failed && found.isCertain)
        #expect((50...90).contains(found.actual ?? 0))
        #expect(found.actualFrom ?? 0 >= 10)
        #expect(run.verdict?.thresholds.last?.outcome == .passed)
    }

    @Test func `a fall of the rate and more errors are regressions`() async throws {
        let before = try await known(5) { $0.failurePercent = 1 }
        let run = try await scene.run {
            ($0.thresholds, $0.baseline) = (
                ["rps regression < 10%", "errorRate regression < 5pp", "rps regression < 60%"],
                .init(.pinned(before.id))
            )
            ($0.requests, $0.failurePercent) = (10, 30)
        }
        let found = try #require(run.verdict?.thresholds)
        #expect(found.map(\.outcome) == [.failed, .failed, .passed], "\(found)")
        #expect((40...60).contains(found[0].actual ?? 0))
        #expect((20...40).contains(found[1].actual ?? 0))
    }

    @Test func `what differs by less than the limit or the noise does not fail`() async throws {
        let before = try await scene.run()
        let run = try await scene.run {
            ($0.thresholds, $0.baseline) = (["p95 regression < 30%"], .init(.pinned(before.id)))
            $0.ms = 120
        }
        #expect(try result(run).outcome == .passed)
        #expect(run.verdict?.result == .passed)
    }

    @Test func `without a baseline nothing tells, and a warning lets it pass`() async throws {
        let none = try await scene.run { $0.thresholds = ["p95 regression < 10%"] }
        #expect(none.verdict?.result == .inconclusive)
        #expect(try result(none).outcome == .noData)
        #expect(none.verdict?.reason?.contains("has no baseline") == true)
        let passes = try await scene.run {
            $0.thresholds = ["p95 regression < 10%"]
            $0.baseline = .init(.lastPassed, labels: ["branch": "new"], passesIfMissing: true)
        }
        #expect(passes.verdict?.result == .passed)
        #expect(try result(passes).outcome == .noData)
        #expect(passes.verdict?.baseline?.missing?.contains("branch new") == true)
    }

    @Test func `the first run lacks only a baseline, and is that of the second`() async throws {
        func next(ms: Double = 100) async throws -> Run {
            try await scene.run {
                ($0.thresholds, $0.baseline, $0.ms) = (["p95 regression < 10%"], rule, ms)
            }
        }
        let first = try await next()
        #expect(first.verdict?.result == .inconclusive)
        #expect(first.verdict?.lacksOnlyBaseline == true)
        var (last, earlier) = (first, [RunID]())
        for _ in 0..<3 {
            let run = try await next()
            #expect(run.verdict?.result == .passed)
            #expect(run.verdict?.baseline?.runs == [last.id])
            #expect(run.verdict?.baseline?.history == earlier)
            earlier.insert(last.id, at: 0)
            last = run
        }
        let slow = try await next(ms: 200)
        #expect(slow.verdict?.result == .failed, "\(String(describing: slow.verdict?.reason))")
        #expect(slow.verdict?.baseline?.runs == [last.id])
        // What failed is no baseline, and tells nothing of the noise.
        let after = try await next().verdict?.baseline
        #expect(after?.runs == [last.id] && after?.history == earlier)
    }

    @Test
    func `before three runs tell the noise between them what is worse neither fails nor counts`()
        async throws
    {
        func next(ms: Double, _ choice: BaselineRule.Choice = .lastPassed) async throws -> Run {
            try await scene.run {
                $0.thresholds = ["mean regression < 10%"]
                ($0.baseline, $0.ms) = (.init(choice, passesIfMissing: true), ms)
            }
        }
        var last = try await next(ms: 100)
        #expect(last.verdict?.result == .passed)
        var slow: [Run] = []
        for earlier in [1, 1, 2, 2] {
            // Something is there to compare with, so it does not pass by what is missing, and one
            // that is as slow does not pass beside it.
            let run = try await next(ms: 200)
            #expect(run.verdict?.result == .inconclusive)
            #expect(run.verdict?.lacksOnlyBaseline == nil)
            #expect(run.verdict?.baseline?.runs == [last.id])
            let found = try result(run)
            #expect(found.outcome == .noData && found.actualFrom ?? 0 > 10)
            #expect(
                found.reason?.contains("only \(earlier) earlier run") == true
                    && found.reason?.contains("3 are needed") == true
                    && found.reason?.contains("pin a run") == true, "\(found)")
            slow.append(run)
            // Runs within the limit count, up to three.
            if slow.count.isMultiple(of: 2) { last = try await next(ms: 101) }
        }
        #expect(last.verdict?.result == .passed)
        #expect(last.verdict?.baseline?.history.count == 1)
        #expect(try await next(ms: 200).verdict?.result == .failed)
        // Whoever means it to be so from now on says so.
        let pinned = try await next(ms: 202, .pinned(slow[3].id))
        #expect(pinned.verdict?.result == .passed)
        #expect(try await next(ms: 201).verdict?.baseline?.runs == [pinned.id])
    }

    @Test func `runs that differ much among themselves let a later one differ, too`() async throws {
        for ms in [100.0, 140, 90, 130, 100] { try await scene.run { $0.ms = ms } }
        let before = try await scene.run { $0.ms = 100 }
        let run = try await scene.run {
            ($0.thresholds, $0.baseline) = (["mean regression < 10%"], .init(.pinned(before.id)))
            $0.ms = 140
        }
        #expect(run.verdict?.result == .passed)
        #expect(run.verdict?.baseline?.history.count == 5)
        #expect(try result(run).reason?.contains("within the noise") == true)
    }

    @Test func `only runs that are like it, were not found bad and can be used tell the noise`()
        async throws
    {
        let known = try await scene.run()
        try await scene.run { $0.users = 20 }
        try await scene.run { $0.thresholds = ["mean < 1ms"] }
        try await scene.run { $0.endReason = .stoppedByUser }
        try await scene.run { $0.tenant = "tenant-2" }
        // Found, and of no use: measured in another way, or not cleanly.
        let useless = [
            try await scene.run { $0.source = .callback }, try await scene.run { $0.isBusy = true },
        ]
        let before = try await scene.run()
        let run = try await scene.run {
            ($0.thresholds, $0.baseline) = (["mean regression < 10%"], .init(.pinned(before.id)))
            $0.ms = 200
        }
        let history = try #require(run.verdict?.baseline?.history)
        #expect(history == useless.reversed().map(\.id) + [known.id])
        #expect(try result(run).reason?.contains("only 2 earlier runs tell") == true)
    }

    @Test func `more than ten runs tell no more`() async throws {
        for _ in 0..<12 { try await scene.run { $0.seconds = 1 } }
        let run = try await scene.run()
        let found = try await Baseline.find(
            .init(.median(runs: 4)), for: run, in: .everything, from: scene.store)
        #expect(found.runs.count == 4 && found.history.count == 6)
        let all = found.runs + found.history
        #expect(all.map(\.audit.createdAt) == all.map(\.audit.createdAt).sorted(by: >))
    }

    @Test func `a baseline that cannot be used is as none, and the next run has one`()
        async throws
    {
        let flaws: [(inout ComparedScene.Wanted) -> Void] = [
            { $0.seconds = 22 }, { $0.source = .callback }, { $0.endpoint = "/old" },
            { $0.isBusy = true }, { $0.requests = 3 },
        ]
        for flaw in flaws {
            let scene = ComparedScene()
            let useless = try await scene.run(flaw)
            scene.store.behave {
                $0.runs[useless.id]?.run.setVerdict(
                    Verdict(.passed, nil, MeasurementVerdict(), []))
            }
            func next() async throws -> Verdict? {
                try await scene.run {
                    $0.thresholds = ["p95 regression of \"GET /cart\" < 10%"]
                    $0.baseline = rule
                }.verdict
            }
            let first = try await next()
            #expect(first?.baseline?.runs == [useless.id])
            #expect(first?.result == .inconclusive)
            #expect(first?.lacksOnlyBaseline == true, "\(String(describing: first?.reason))")
            let second = try await next()
            #expect(second?.baseline?.runs != [useless.id])
            #expect(second?.result == .passed, "\(String(describing: second?.reason))")
        }
    }

    @Test func `a run that cannot be used itself is no baseline`() async throws {
        let first = try await scene.run()
        let short = try await scene.run {
            ($0.thresholds, $0.baseline) = (["mean regression < 10%"], .init(.pinned(first.id)))
            $0.seconds = 22
        }
        #expect(short.verdict?.result == .inconclusive)
        #expect(short.verdict?.lacksOnlyBaseline == nil)
    }

    @Test func `a target that answers nothing does not pass for want of a baseline, and is none`()
        async throws
    {
        func next(isDead: Bool = false) async throws -> Run {
            try await scene.run {
                $0.thresholds = ["mean regression < 10%"]
                $0.baseline = .init(.lastPassed, passesIfMissing: true)
                $0.isDead = isDead
            }
        }
        let first = try await next()
        let dead = try await next(isDead: true)
        #expect(dead.verdict?.result == .inconclusive, "\(String(describing: dead.verdict))")
        #expect(dead.verdict?.lacksOnlyBaseline == nil)
        #expect(try result(dead).reason?.contains("nothing to tell it from") == true)
        #expect(try await next().verdict?.baseline?.runs == [first.id])
    }

    @Test func `of nothing there is no percentage, which is said`() async throws {
        let before = try await scene.run { $0.requests = 0 }
        let run = try await scene.run {
            ($0.thresholds, $0.baseline) = (["rps regression < 10%"], .init(.pinned(before.id)))
        }
        let found = try result(run)
        #expect(found.reason?.contains("may be 0") == true, "\(found)")
        #expect(run.verdict?.lacksOnlyBaseline == true)
    }

    @Test func `only runs with the labels, of the load test and with its load are baselines`()
        async throws
    {
        let wanted = try await scene.run { $0.labels = ["branch": "main", "os": "linux"] }
        try await scene.run { $0.labels = ["branch": "feature"] }
        try await scene.run { ($0.labels, $0.loadTest) = (["branch": "main"], "test-2") }
        try await scene.run { ($0.labels, $0.tenant) = (["branch": "main"], "tenant-2") }
        try await scene.run { ($0.labels, $0.users) = (["branch": "main"], 20) }
        try await scene.run { ($0.labels, $0.endReason) = (["branch": "main"], .stoppedByUser) }
        let run = try await scene.run()
        let found = try await Baseline.find(
            .init(.median(runs: 3), labels: ["branch": "main"]), for: run, in: .everything,
            from: scene.store)
        #expect(found.runs.map(\.id) == [wanted.id])
        #expect(found.missing == "there are only 1 of 3 such runs yet")
        let passed = try await Baseline.find(
            rule, for: run, in: .everything, from: scene.store)
        // Nothing was asked of any of them, so none has passed.
        #expect(passed.runs.isEmpty)
    }

    @Test func `each branch can have a baseline of its own`() async throws {
        let main = try await scene.run { $0.labels = ["branch": "main"] }
        let next = try await scene.run { $0.labels = ["branch": "next"] }
        let own = BaselineRule(.median(runs: 3), sameLabels: ["branch"])
        func found(_ labels: [String: String]?, _ rule: BaselineRule) async throws -> Baseline {
            let run = try await scene.run { ($0.labels, $0.users) = (labels, 10) }
            return try await Baseline.find(rule, for: run, in: .everything, from: scene.store)
        }
        #expect(try await found(["branch": "next"], own).runs.map(\.id) == [next.id])
        let again = try await found(["branch": "main"], own)
        #expect(again.runs.map(\.id) == [main.id])
        #expect(try await found(nil, own).missing?.contains("has no label branch") == true)
        let both = BaselineRule(
            .median(runs: 3), labels: ["branch": "main"], sameLabels: ["branch"])
        #expect(try await found(["branch": "next"], both).runs.isEmpty)
    }

    @Test func `a baseline is sought beyond the first page, and only among earlier runs`()
        async throws
    {
        let first = try await scene.run { $0.seconds = 1 }
        for _ in 0..<25 { try await scene.run { ($0.seconds, $0.users) = (1, 99) } }
        let run = try await scene.run { $0.seconds = 1 }
        try await scene.run { $0.seconds = 1 }
        let found = try await Baseline.find(
            .init(.median(runs: 3)), for: run, in: .everything, from: scene.store)
        #expect(found.runs.map(\.id) == [first.id])
    }

    @Test func `runs that a verdict was made by and that are gone are counted`() async throws {
        let before = try await known(4)
        let run = try await scene.run {
            ($0.thresholds, $0.baseline) = (["mean regression < 10%"], .init(.pinned(before.id)))
        }
        let judged = try #require(run.verdict?.baseline)
        func recalled() async throws -> Baseline {
            try await Baseline.recall(judged, in: .everything, from: scene.store)
        }
        #expect(try await recalled().missing == nil)
        let gone = judged.history.suffix(2)
        scene.store.behave { state in for id in gone { state.runs[id] = nil } }
        let left = try await recalled()
        #expect(left.history.map(\.id) == [judged.history[0]] && left.runs.map(\.id) == [before.id])
        #expect(
            left.missing == "2 of the 3 runs that told how much runs differ among themselves are "
                + "not there any more")
        scene.store.behave { $0.runs[before.id] = nil }
        #expect(
            try await recalled().missing?.hasPrefix("1 of the 1 runs that it was judged by is")
                == true)
    }

    @Test func `a pinned run that is gone, or of others, is told as missing`() async throws {
        let other = try await scene.run { $0.loadTest = "test-2" }
        let foreign = try await scene.run { $0.tenant = "tenant-2" }
        for id in [other.id, foreign.id, RunID("gone")] {
            let run = try await scene.run {
                ($0.thresholds, $0.baseline) = (["mean regression < 5%"], .init(.pinned(id)))
            }
            #expect(run.verdict?.result == .inconclusive)
            #expect(run.verdict?.baseline?.missing?.contains("is not there any more") == true)
            #expect(run.verdict?.baseline?.runs == [])
        }
    }

    @Test func `another load is no regression`() async throws {
        let before = try await scene.run { $0.users = 20 }
        let run = try await scene.run {
            ($0.thresholds, $0.baseline) = (["mean regression < 5%"], .init(.pinned(before.id)))
            $0.ms = 500
        }
        #expect(run.verdict?.result == .inconclusive)
        #expect(try result(run).reason?.contains("targetUsers was 20, is 10") == true)
    }

    @Test func `a generator in the way, too few seconds and unknown endpoints are no data`()
        async throws
    {
        let rules: [(String, (inout ComparedScene.Wanted) -> Void)] = [
            ("generator was in the way", { $0.isBusy = true }),
            ("too few clean reports", { $0.seconds = 22 }),
        ]
        for (words, change) in rules {
            let before = try await scene.run { change(&$0) }
            let run = try await scene.run {
                ($0.thresholds, $0.baseline) = (["p95 regression < 5%"], .init(.pinned(before.id)))
            }
            let found = try result(run)
            #expect(found.outcome == .noData)
            #expect(found.reason?.contains(words) == true, "\(found)")
        }
        let before = try await scene.run()
        let run = try await scene.run {
            $0.thresholds = ["p95 regression of nothing < 5%", "p99.9 regression < 5%"]
            $0.baseline = .init(.pinned(before.id))
        }
        let reasons = run.verdict?.thresholds.map(\.reason) ?? []
        #expect(reasons.first??.contains("no such endpoint") == true)
        #expect(reasons.last??.contains("10000 responses are needed") == true, "\(reasons)")
    }
}
