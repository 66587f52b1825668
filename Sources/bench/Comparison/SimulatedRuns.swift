import Comparison
import Glibc
import Metrics

/// Runs whose noise is known, because it is made here.
struct SimulatedRuns {
    /// What the runs are like.
    struct Kind {
        let name: String
        var seconds = 60
        /// Requests a second, on average.
        var rate = 50.0
        /// How alike the levels of seconds in a row are: the coefficient of an autoregression.
        var alike = 0.0
        /// By how much, as a share, runs of one build differ among themselves, in response times
        /// and in rate; and by four times that in their share of failures, of which there are few.
        var between = 0.0
        /// How alike runs in a row are, in the same way as seconds.
        var alikeRuns = 0.0
        /// Runs in the baseline.
        var runs = 1
        /// Runs before it, which only tell how much runs differ.
        var history = 9
        /// By what share the later run is slower.
        var slower = 0.0
    }

    /// Of the level of a second, as a share.
    private static let levelSpread = 0.1
    private static let failureShare = 0.02

    private var random: Generator

    init(seed: UInt64) { random = Generator(state: seed) }

    /// Runs one after the other, of which the last is to be compared.
    mutating func compared(_ kind: Kind) -> ComparedRuns {
        var levels = [0.0, 0, 0].map { _ in kind.between * random.normal() }
        let own = (1 - kind.alikeRuns * kind.alikeRuns).squareRoot() * kind.between
        let count = kind.history + kind.runs + 1
        let runs = (1...count).map { number in
            levels = levels.map { kind.alikeRuns * $0 + own * random.normal() }
            let slower = number == count ? log(1 + kind.slower) : 0
            return course(
                kind, level: levels[0] + slower, rate: kind.rate * exp(levels[1]),
                failures: Self.failureShare * exp(4 * levels[2]))
        }
        return ComparedRuns(
            history: Array(runs.prefix(kind.history)),
            before: Array(runs.dropFirst(kind.history).dropLast()), after: runs[count - 1])
    }

    private mutating func course(
        _ kind: Kind, level: Double, rate: Double, failures share: Double
    ) -> Comparison.Course {
        var wander = Self.levelSpread * random.normal()
        let own = (1 - kind.alike * kind.alike).squareRoot() * Self.levelSpread
        let intervals = (0..<kind.seconds).map { _ in
            wander = kind.alike * wander + own * random.normal()
            var times = Histogram()
            var failures: UInt64 = 0
            let count = Int(max(0, rate + rate.squareRoot() * random.normal()))
            for _ in 0..<count {
                times.record(UInt64(50_000 * exp(wander + level + 0.5 * random.normal())))
                if random.uniform() < share { failures += 1 }
            }
            return Comparison.Course.Interval(responseTimes: times, failures: failures)
        }
        return Comparison.Course(intervals)
    }

    /// Another one than that of the bootstrap, so that the two have nothing in common: a 64-bit
    /// linear congruential generator with a permuted output (O'Neill 2014, "PCG").
    private struct Generator {
        var state: UInt64

        mutating func uniform() -> Double {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            var mixed = state ^ (state >> 22)
            mixed = mixed &* 0x9E37_79B9_7F4A_7C15
            mixed ^= mixed >> 29
            return Double(mixed >> 11) * 0x1p-53
        }

        mutating func normal() -> Double {
            let (left, right) = (1 - uniform(), uniform())
            return (-2 * log(left)).squareRoot() * cos(2 * .pi * right)
        }
    }
}
