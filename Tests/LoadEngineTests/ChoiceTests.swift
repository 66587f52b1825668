import TestSupport
import Testing

@testable import LoadEngine

/// What is left to chance, and is the same chance each time.
struct ChoiceTests {
    @Test func `random numbers are those of SplitMix64`() {
        var random = RandomSource(seed: 1_234_567)
        // From the reference implementation by Vigna.
        #expect(
            (0..<5).map { _ in random.next() } == [
                6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
                4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
            ])
    }

    @Test func `a seed repeats itself, and its numbers are unrelated`() {
        var seen: Set<UInt64> = []
        for number in 0..<1_000 as Range<UInt64> {
            var (first, second) = (
                RandomSource(seed: 7, number: number), RandomSource(seed: 7, number: number)
            )
            for _ in 0..<10 {
                let value = first.next()
                #expect(value == second.next())
                seen.insert(value)
            }
        }
        #expect(seen.count == 10_000)
    }

    @Test func `fractions fill 0 up to 1`() {
        var random = RandomSource(seed: 3)
        let fractions = (0..<20_000).map { _ in random.nextFraction() }
        #expect(fractions.allSatisfy { $0 >= 0 && $0 < 1 })
        #expect(abs(fractions.reduce(0, +) / 20_000 - 0.5) < 0.01)
        #expect(fractions.contains { $0 < 0.001 } && fractions.contains { $0 > 0.999 })
    }

    @Test(arguments: [
        [1.0], [1, 1], [1, 2, 7], [0, 1, 0, 3, 0], [0.001, 1_000], [5, 0, 0],
    ])
    func `weights are frequencies`(weights: [Double]) {
        let choice = WeightedChoice(weights)
        var random = RandomSource(seed: 11)
        var counts = [Int](repeating: 0, count: weights.count)
        for _ in 0..<20_000 { counts[choice.pick(using: &random)] += 1 }
        let total = weights.reduce(0, +)
        for (weight, count) in zip(weights, counts) {
            let expected = 20_000 * weight / total
            // Five standard deviations, at a fixed seed.
            #expect(abs(Double(count) - expected) <= 5 * expected.squareRoot() + 1)
            if weight == 0 { #expect(count == 0) }
        }
    }

    @Test func `think times keep their bounds and means`() {
        var random = RandomSource(seed: 5)
        func mean(_ time: ThinkTime, in bounds: ClosedRange<Int64>) -> Double {
            let values = (0..<20_000).map { _ in time.nanoseconds(using: &random) }
            #expect(values.allSatisfy { bounds.contains($0) })
            return values.reduce(0.0) { $0 + Double($1) } / 20_000
        }
        #expect(mean(.none, in: 0...0) == 0)
        #expect(mean(.constant(.milliseconds(3)), in: 3_000_000...3_000_000) == 3_000_000)
        let uniform = ThinkTime.uniform(min: .seconds(1), max: .seconds(3))
        #expect(abs(mean(uniform, in: 1_000_000_000...3_000_000_000) / 2e9 - 1) < 0.01)
        let exponential = ThinkTime.exponential(mean: .seconds(2))
        #expect(abs(mean(exponential, in: 0...28_000_000_000) / 2e9 - 1) < 0.03)
        #expect(
            mean(.uniform(min: .seconds(1), max: .seconds(1)), in: 1_000_000_000...1_000_000_000)
                == 1e9)
    }

    @Test func `an exponential wait is longer than its mean as often as it should`() {
        var random = RandomSource(seed: 8)
        let time = ThinkTime.exponential(mean: .milliseconds(10))
        let long = (0..<20_000).count { _ in time.nanoseconds(using: &random) > 10_000_000 }
        #expect(abs(Double(long) / 20_000 - 0.3679) < 0.015)
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `users go on in the order of their times`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var (queue, model) = (DueQueue(), [(time: Int64, user: Int32)]())
        var now: Int64 = 0
        for step in 0..<600 as Range<Int32> {
            if random.chance(60) {
                let time = now + Int64.random(in: -5...50, using: &random)
                queue.insert(step, at: time)
                model.append((time, step))
            } else {
                now += Int64.random(in: 0...30, using: &random)
                var popped: [Int32] = []
                while let user = queue.popFirst(due: now) { popped.append(user) }
                let due = model.filter { $0.time <= now }
                #expect(Set(popped) == Set(due.map(\.user)))
                #expect(popped.count == due.count)
                let times = popped.compactMap { user in due.first { $0.user == user }?.time }
                #expect(times == times.sorted())
                model.removeAll { $0.time <= now }
            }
            #expect(queue.count == model.count)
            #expect(queue.first == model.map(\.time).min())
        }
    }

    @Test func `statuses are a set`() {
        let set = StatusSet([200...299, 404...404, 1_000...5_000, 0...0])
        for status in [200, 250, 299, 404, 0, 1_000] { #expect(set.contains(status)) }
        for status in [199, 300, 403, 405, -1, 1_024, 5_000] { #expect(!set.contains(status)) }
        #expect(StatusSet([200...399]) == .successes)
        #expect(!StatusSet([]).contains(200))
    }
}
