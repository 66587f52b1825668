import Foundation
import Metrics
import TestSupport
import Testing

@testable import Comparison

struct CourseComparisonTests {
    /// Seconds whose level wanders: each is like the one before it.
    private func course(
        _ generator: inout SeededGenerator, seconds: Int = 60, requests: Int = 40,
        slower: Double = 0, failures percent: Int = 2
    ) -> Course {
        func normal() -> Double {
            let (left, right) = (
                Double.random(in: 0x1p-60..<1, using: &generator),
                Double.random(in: 0..<1, using: &generator)
            )
            return (-2 * log(left)).squareRoot() * cos(2 * .pi * right)
        }
        var level = 0.1 * normal()
        return Course(
            (0..<seconds).map { _ in
                level = 0.5 * level + 0.75.squareRoot() * 0.1 * normal()
                var times = Histogram()
                var failures: UInt64 = 0
                for _ in 0..<requests {
                    times.record(UInt64(50_000 * exp(level + 0.5 * normal()) * (1 + slower)))
                    if generator.chance(percent) { failures += 1 }
                }
                return .init(responseTimes: times, failures: failures)
            })
    }

    /// How often a run differs for sure from the one before it, four more of which are known.
    private func share(_ pairs: Int, slower: Double, between: Double = 0) throws
        -> [Figure: Double]
    {
        var generator = SeededGenerator(seed: 7)
        var hits: [Figure: Int] = [.percentile(95): 0, .mean: 0, .errorRate: 0]
        for seed in 0..<pairs {
            // Short runs of few requests: builds that are not optimised take long for more.
            var runs = (0..<6).map { number in
                let own = 1 + Double.random(in: -between...between, using: &generator)
                return course(
                    &generator, seconds: 30, requests: 20,
                    slower: own * (number == 5 ? 1 + slower : 1) - 1)
            }
            let after = runs.removeLast()
            let comparison = try #require(
                CourseComparison(
                    before: [runs.removeLast()], history: runs, after: after, drawCount: 100,
                    seed: UInt64(seed)))
            for (figure, change) in comparison.changes(of: Array(hits.keys)) where change.isSure {
                hits[figure, default: 0] += 1
            }
        }
        return hits.mapValues { Double($0) / Double(pairs) }
    }

    @Test(arguments: [0, 0.2])
    func `of identical builds at most about one comparison in twenty sees a difference`(
        between: Double
    ) throws {
        let found = try share(20, slower: 0, between: between)
        print("20 pairs of one build called different:", found)
        // Of 20 at the stated rate more than 5 are less likely than one in a thousand.
        #expect(found.count == 3 && found.values.allSatisfy { $0 <= 0.25 })
    }

    @Test func `a build that is twice as slow is found, and its errors are not blamed`() throws {
        let found = try share(8, slower: 1, between: 0.05)
        #expect(found[.mean] == 1 && found[.percentile(95)] == 1)
        #expect(found[.errorRate] ?? 1 <= 0.25)
    }

    @Test(arguments: [(0, false), (1, false), (2, true), (9, true)])
    func `nothing is sure before three earlier runs tell how much runs differ`(
        history: Int, isKnown: Bool
    ) throws {
        var generator = SeededGenerator(seed: 4)
        let before = course(&generator)
        let others = (0..<history).map { _ in course(&generator) }
        let change = try #require(
            CourseComparison(
                before: [before], history: others, after: course(&generator, slower: 1))?
                .changes(of: [.mean])[.mean])
        #expect(change.isBeyondNoise && change.runCount == history + 1)
        #expect(change.knowsRuns == isKnown && change.isSure == isKnown)
    }

    @Test func `runs that differ among themselves widen what one may differ by`() throws {
        var generator = SeededGenerator(seed: 3)
        let runs = [0, 0.2, -0.15, 0.1, -0.1].map { course(&generator, slower: $0) }
        let after = course(&generator, slower: 0.15)
        func change(_ before: [Course], _ history: [Course] = []) throws -> Change {
            try #require(
                CourseComparison(before: before, history: history, after: after)?
                    .changes(of: [.mean])[.mean])
        }
        let alone = try change([runs[0]])
        #expect(alone.isBeyondNoise)
        // What they tell is the same whether they are the baseline or only known.
        for known in [try change(runs), try change([runs[0]], Array(runs.dropFirst()))] {
            #expect(!known.isBeyondNoise && known.knowsRuns)
            #expect(known.smallestShown > 2 * alone.smallestShown)
        }
        // An interval of one run, or one of all of it, tells the same.
        let merged = runs.dropFirst().map { run in
            Course(merging: run.intervals.count, into: 1) { run.intervals[$0] }
        }
        #expect(merged.allSatisfy { $0.intervals.count == 1 })
        #expect(try change([runs[0]], merged) == change([runs[0]], Array(runs.dropFirst())))
    }

    @Test func `a share of failures has its noise between runs in points`() throws {
        var generator = SeededGenerator(seed: 8)
        func change(_ history: [Int]) throws -> Change {
            let others = history.map { course(&generator, failures: $0) }
            return try #require(
                CourseComparison(
                    before: [course(&generator, failures: 0)], history: others,
                    after: course(&generator, failures: 5))?.changes(of: [.errorRate])[.errorRate])
        }
        #expect(try change([0, 0, 0]).isSure)
        #expect(try !change([8, 0, 6]).isSure)
    }

    @Test func `a run of few requests does not tell the noise of a percentile`() throws {
        var generator = SeededGenerator(seed: 9)
        let history = [40, 40, 4].map { course(&generator, seconds: 40, requests: $0) }
        let found = try #require(
            CourseComparison(
                before: [course(&generator)], history: history, after: course(&generator))?
                .changes(of: [.percentile(99), .percentile(50), .mean]))
        // A hundred and sixty responses have one or two that are slower than their p99.
        #expect(found[.percentile(99)]?.runCount == 3)
        #expect(found[.percentile(50)]?.runCount == 4 && found[.mean]?.runCount == 4)
    }

    @Test func `what could have been shown grows as a factor, and no rate falls by more than all`()
    {
        func smallest(_ values: [Double], _ figure: Figure) -> Double {
            RunSpread(values, of: figure).smallestShown(from: 100, factor: 1.43)
        }
        // Student's interval reaches 6.1 deviations, and 8.7 are found in four of five cases.
        #expect((50...60).contains(smallest([95, 100, 105], .mean)))
        #expect((33...38).contains(smallest([95, 100, 105], .rate)))
        #expect(smallest([20, 100, 500], .mean) > 1_000)
        #expect(smallest([20, 100, 500], .rate) <= 100)
        #expect((8...9).contains(smallest([4, 5, 6], .errorRate)))
        #expect(smallest([95, 100], .mean) == 0)
    }

    @Test func `one draw of nothing takes no ratio away`() throws {
        var generator = SeededGenerator(seed: 6)
        // Some 5.5 % of the responses take so long that p95 is now here, now there.
        func bimodal() -> Course {
            Course(
                (0..<60).map { _ in
                    var times = Histogram()
                    for number in 0..<40 {
                        let isSlow = Int.random(in: 0..<1000, using: &generator) < 55
                        times.record(UInt64(isSlow ? 3_000_000 : 100_000 + number))
                    }
                    return .init(responseTimes: times)
                })
        }
        let change = try #require(
            CourseComparison(before: [bimodal()], after: bimodal())?.changes(
                of: [.percentile(95)])[.percentile(95)])
        let ratio = try #require(change.ratio)
        #expect(ratio.lowerBound >= -1 && ratio.upperBound.isFinite)
        #expect(ratio.contains(change.after / change.before - 1))
    }

    @Test func `the same seed gives the same intervals, and they hold what was measured`() throws {
        var generator = SeededGenerator(seed: 11)
        let (before, after) = (course(&generator), course(&generator, slower: 0.05))
        let figures: [Figure] = [.percentile(50), .percentile(99.9), .mean, .rate, .errorRate]
        let comparison = try #require(CourseComparison(before: [before], after: after, seed: 5))
        let changes = comparison.changes(of: figures)
        #expect(changes == comparison.changes(of: figures))
        #expect(changes.count == figures.count)
        for change in changes.values {
            #expect(change.difference.contains(change.after - change.before))
        }
        #expect(changes[.rate]?.before == 40)
        #expect(changes[.rate]?.isBeyondNoise == false)
    }

    @Test func `too short a run is not compared, and what nothing was measured of has no change`()
        throws
    {
        var generator = SeededGenerator(seed: 1)
        let whole = course(&generator)
        #expect(CourseComparison(before: [whole], after: course(&generator, seconds: 19)) == nil)
        #expect(CourseComparison(before: [], after: whole) == nil)
        let silent = Course((0..<30).map { _ in .init(responseTimes: Histogram()) })
        let comparison = try #require(CourseComparison(before: [silent], after: whole))
        #expect(comparison.changes(of: [.mean, .percentile(50), .errorRate]) == [:])
        let rate = try #require(comparison.changes(of: [.rate])[.rate])
        #expect(rate.ratio == nil)
        #expect(rate.difference == 40...40)
    }

    @Test func `what never fails does not differ, and has no ratio`() throws {
        var generator = SeededGenerator(seed: 2)
        let runs = (0..<2).map { _ in course(&generator, failures: 0) }
        let change = try #require(
            CourseComparison(before: [runs[0]], after: runs[1])?.changes(of: [.errorRate])[
                .errorRate])
        #expect(change.difference == 0...0)
        #expect(change.ratio == nil && !change.isBeyondNoise)
    }
}
