import Glibc

/// How long a user of a closed model waits between the end of one request and the next.
package enum ThinkTime: Equatable, Sendable {
    case none
    case constant(Duration)
    /// Evenly spread between both.
    case uniform(min: Duration, max: Duration)
    /// As between independent events; cut off at `exponentialMeansMax` means.
    case exponential(mean: Duration)

    /// Longest wait in means: one of a million waits is longer, and would keep a user for ever.
    static let exponentialMeansMax = 14.0

    /// One wait, in nanoseconds.
    func nanoseconds(using random: inout RandomSource) -> Int64 {
        switch self {
        case .none: return 0
        case .constant(let time): return time.nanoseconds
        case .uniform(let min, let max):
            let span = Double((max - min).nanoseconds)
            return min.nanoseconds + Int64(span * random.nextFraction())
        case .exponential(let mean):
            let means = Swift.min(-log(1 - random.nextFraction()), Self.exponentialMeansMax)
            return Int64(Double(mean.nanoseconds) * means)
        }
    }
}
