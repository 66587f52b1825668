import Foundation
import Metrics
import TestSupport
import Testing

@testable import Comparison

struct CourseComparisonTests {
    /// Seconds whose level wanders: each is like the one before it.
    private func course(
        _ generator: inout SeededGenerator, seconds: Int = 60, slower: Double = 0,
        failures percent: Int = 2
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
                for _ in 0..<40 {
                    times.record(UInt64(50_000 * exp(level + 0.5 * normal()) * (1 + slower)))
                    if generator.chance(percent) { failures += 1 }
                }
                return .init(responseTimes: times, failures: failures)
            })
    }

    private func share(_ pairs: Int, slower: Double) throws -> [Figure: Double] {
        var generator = SeededGenerator(seed: 7)
        var hits: [Figure: Int] = [.percentile(95): 0, .mean: 0, .errorRate: 0]
        for seed in 0..<pairs {
            let (before, after) = (course(&generator), course(&generator, slower: slower))
            let comparison = try #require(
                CourseComparison(before: [before], after: after, drawCount: 100, seed: UInt64(seed))
            )
            for (figure, change) in comparison.changes(of: Array(hits.keys)) where change.isSure {
                hits[figure, default: 0] += 1
            }
        }
        return hits.mapValues { Double($0) / Double(pairs) }
    }

    @Test func `of identical builds about one comparison in twenty sees a difference`() throws {
        let found = try share(40, slower: 0)
        print("40 pairs of one build called different:", found)
        // Of 40 at the stated rate more than 8 are less likely than one in a thousand.
        #expect(found.count == 3 && found.values.allSatisfy { $0 <= 0.2 })
    }

    @Test func `a build that is a third slower is found, and its errors are not blamed`() throws {
        let found = try share(15, slower: 0.33)
        #expect(found[.mean] ?? 0 >= 0.9)
        #expect(found[.percentile(95)] ?? 0 >= 0.9)
        #expect(found[.errorRate] ?? 1 <= 0.2)
    }

    @Test func `runs that differ among themselves widen what one may differ by`() throws {
        var generator = SeededGenerator(seed: 3)
        let before = [0, 0.2, -0.15, 0.1, -0.1].map { course(&generator, slower: $0) }
        let after = course(&generator, slower: 0.15)
        let alone = try #require(
            CourseComparison(before: [before[0]], after: after)?.changes(of: [.mean]))
        let among = try #require(
            CourseComparison(before: before, after: after)?.changes(of: [.mean]))
        #expect(alone[.mean]?.isSure == true)
        #expect(among[.mean]?.isSure == false)
        #expect(among[.mean]?.smallestShown ?? 0 > 2 * (alone[.mean]?.smallestShown ?? 0))
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
        #expect(changes[.rate]?.isSure == false)
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
        #expect(change.ratio == nil && !change.isSure)
    }
}
