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
        /// By how much, as a share, runs of one build differ among themselves.
        var between = 0.0
        /// Runs in the baseline.
        var runs = 1
        /// By what share the later run is slower.
        var slower = 0.0
    }

    /// Of the level of a second, as a share.
    private static let levelSpread = 0.1
    private static let failureShare = 0.02

    private var random: Generator

    init(seed: UInt64) { random = Generator(state: seed) }

    /// The runs of a baseline, and one more.
    mutating func pair(_ kind: Kind) -> (before: [Comparison.Course], after: Comparison.Course) {
        let before = (0..<kind.runs).map { _ in
            course(kind, level: kind.between * random.normal())
        }
        let level = kind.between * random.normal() + log(1 + kind.slower)
        return (before, course(kind, level: level))
    }

    private mutating func course(_ kind: Kind, level: Double) -> Comparison.Course {
        var wander = Self.levelSpread * random.normal()
        let own = (1 - kind.alike * kind.alike).squareRoot() * Self.levelSpread
        let intervals = (0..<kind.seconds).map { _ in
            wander = kind.alike * wander + own * random.normal()
            var times = Histogram()
            var failures: UInt64 = 0
            let count = Int(max(0, kind.rate + kind.rate.squareRoot() * random.normal()))
            for _ in 0..<count {
                times.record(UInt64(50_000 * exp(wander + level + 0.5 * random.normal())))
                if random.uniform() < Self.failureShare { failures += 1 }
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
