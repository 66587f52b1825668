import TestSupport
import Testing

@testable import LoadEngine

struct ArrivalScheduleTests {
    @Test func `a constant rate is a metronome that never drifts`() {
        for rate in [1.0, 3, 1_000, 33_333, 0.25] {
            let schedule = ArrivalSchedule(rate: rate)
            #expect(schedule.requestCount == nil)
            for index in [0, 1, 2, 999, 1_000_000, 1_000_000_000] as [UInt64] {
                let exact = Double(index) / rate * 1e9
                let due = schedule.nanoseconds(of: index).map { Double($0) } ?? -1
                // The machine's numbers have 16 digits.
                #expect(abs(due - exact) <= max(1, exact * 4e-16), "\(index) at \(rate)/s")
            }
        }
        #expect(
            ArrivalSchedule(rate: 1_000).nanoseconds(of: 1_000_000_000) == 1_000_000_000_000_000)
    }

    @Test func `a stage as long as a number of requests has exactly these`() throws {
        for (rate, milliseconds, count) in [
            (10.0, 1_000, 10), (1, 2_500, 3), (1_000, 3_700, 3_700), (3, 333, 1), (0, 5_000, 0),
        ] {
            let schedule = ArrivalSchedule(
                startRate: rate, stages: [.init(rate: rate, duration: .milliseconds(milliseconds))])
            #expect(schedule.requestCount == UInt64(count), "\(rate)/s, \(milliseconds) ms")
            let constant = rate > 0 ? ArrivalSchedule(rate: rate) : nil
            for index in 0..<UInt64(count) {
                let due = try #require(schedule.nanoseconds(of: index))
                #expect(due == constant?.nanoseconds(of: index))
                #expect(due < UInt64(milliseconds) * 1_000_000)
            }
            #expect(schedule.nanoseconds(of: UInt64(count)) == nil)
        }
    }

    @Test func `many short stages lose nothing to rounding`() {
        let stages = [ArrivalSchedule.Stage](
            repeating: .init(rate: 1, duration: .milliseconds(100)), count: 70)
        let schedule = ArrivalSchedule(startRate: 1, stages: stages)
        #expect(schedule.requestCount == 7)
        #expect((0..<7).map { schedule.nanoseconds(of: $0) } == (0..<7).map { $0 * 1_000_000_000 })
    }

    @Test func `a stage of no length is a step`() {
        let schedule = ArrivalSchedule(
            startRate: 10,
            stages: [
                .init(rate: 10, duration: .seconds(1)), .init(rate: 100, duration: .zero),
                .init(rate: 100, duration: .seconds(1)), .init(rate: 0, duration: .zero),
                .init(rate: 0, duration: .seconds(3)), .init(rate: 10, duration: .zero),
                .init(rate: 10, duration: .seconds(1)),
            ])
        #expect(schedule.rateMax == 100)
        #expect(schedule.requestCount == 120)
        #expect(schedule.nanoseconds(of: 9) == 900_000_000)
        #expect(schedule.nanoseconds(of: 10) == 1_000_000_000)
        #expect(schedule.nanoseconds(of: 11) == 1_010_000_000)
        #expect(schedule.nanoseconds(of: 109) == 1_990_000_000)
        #expect(schedule.nanoseconds(of: 110) == 5_000_000_000)
        #expect(schedule.nanoseconds(of: 119) == 5_900_000_000)
        #expect(schedule.nanoseconds(of: 120) == nil)
    }

    @Test func `a ramp is a parabola, up and down`() throws {
        let up = ArrivalSchedule(startRate: 0, stages: [.init(rate: 100, duration: .seconds(10))])
        #expect(up.requestCount == 500)
        #expect(up.nanoseconds(of: 0) == 0)
        // 5 t² requests after t seconds.
        #expect(up.nanoseconds(of: 5) == 1_000_000_000)
        #expect(up.nanoseconds(of: 125) == 5_000_000_000)
        let down = ArrivalSchedule(startRate: 100, stages: [.init(rate: 0, duration: .seconds(10))])
        #expect(down.nanoseconds(of: 375) == 5_000_000_000)
        #expect(down.nanoseconds(of: 499) != nil)
        #expect(down.nanoseconds(of: 500) == nil)
    }

    /// Random stages: the time of each request is that at which the integral of the rate reaches
    /// its number.
    @Test(arguments: 0..<60 as Range<UInt64>)
    func `times are those of numeric integration`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var rate = Self.rate(using: &random)
        let start = rate
        var (stages, integral) = ([ArrivalSchedule.Stage](), Integral())
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            let length = random.chance(25) ? 0 : Int.random(in: 1...4_000, using: &random)
            let next = random.chance(30) ? rate : Self.rate(using: &random)
            stages.append(.init(rate: next, duration: .milliseconds(length)))
            integral.append(from: rate, to: next, milliseconds: length)
            rate = next
        }
        let schedule = ArrivalSchedule(startRate: start, stages: stages)
        let count = try #require(schedule.requestCount)
        #expect(abs(Double(count) - integral.count) <= 1)
        #expect(Double(count) >= integral.count - 1e-6)
        var last: UInt64 = 0
        for index in 0..<count {
            let due = try #require(schedule.nanoseconds(of: index))
            #expect(due >= last, "request \(index) before the one before")
            last = due
            let (before, after) = integral.counts(around: Double(due) / 1e9)
            let number = Double(index)
            #expect(before <= number + 0.01 && after >= number - 0.01, "request \(index)")
        }
        #expect(schedule.nanoseconds(of: count) == nil)
        #expect(Double(last) / 1e9 <= integral.seconds + 1e-6)
    }

    private static func rate(using random: inout SeededGenerator) -> Double {
        switch Int.random(in: 0..<6, using: &random) {
        case 0: 0
        case 1: Double.random(in: 0..<1, using: &random)
        case 2: Double.random(in: 500..<1_500, using: &random)
        default: Double.random(in: 1..<100, using: &random).rounded()
        }
    }
}

/// The integral of a rate by sums of small steps: slow, simple, and independent of the schedule's
/// own formula.
private struct Integral {
    /// After each millisecond.
    private var counts = [0.0]
    var count: Double { counts.last ?? 0 }
    var seconds: Double { Double(counts.count - 1) / 1_000 }

    mutating func append(from rate: Double, to end: Double, milliseconds: Int) {
        for step in 0..<milliseconds {
            // The middle of the step: exact for a straight line.
            let share = (Double(step) + 0.5) / Double(milliseconds)
            counts.append(count + (rate + (end - rate) * share) / 1_000)
        }
    }

    /// The counts at the milliseconds before and after a time, with some nanoseconds to spare.
    func counts(around seconds: Double) -> (Double, Double) {
        let low = Int(((seconds - 1e-8) * 1_000).rounded(.down))
        let high = Int(((seconds + 1e-8) * 1_000).rounded(.up))
        return (counts[min(max(low, 0), counts.count - 1)], counts[min(high, counts.count - 1)])
    }
}
