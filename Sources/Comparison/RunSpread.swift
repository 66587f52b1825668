import Glibc

/// How much runs of one build differ among themselves, by those that are there: other neighbours,
/// another hour, warmer caches. The seconds within a run know nothing of it.
struct RunSpread {
    /// Runs that tell it.
    let runCount: Int
    /// Of one run: of the logarithm, or in points of a share of errors, which may be 0.
    private let deviation: Double
    private let figure: Figure
    private var isShare: Bool { figure == .errorRate }
    /// Of a logarithm. Beyond a factor of a hundred million it is all the same, and beyond all
    /// numbers no JSON.
    private static let reachMax = 20.0

    init(_ values: [Double], of figure: Figure) {
        self.figure = figure
        let isShare = figure == .errorRate
        let scaled = isShare ? values : values.filter { $0 > 0 }.map { log($0) }
        runCount = scaled.count
        let mean = scaled.reduce(0, +) / Double(max(1, scaled.count))
        let squares = scaled.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        deviation = (squares / Double(max(1, scaled.count - 1))).squareRoot()
    }

    /// Where the difference of a run from one before, or from the median of several, lies if
    /// nothing but chance is in it; nil where too few runs tell it.
    ///
    /// It is Student's interval for the difference of two values. The deviation has in it what the
    /// seconds of the runs before have added to theirs. A median is taken to be no steadier than
    /// one run: runs in a row are alike, as their machine's other work is, and are off together
    /// (`bench comparison --real` shows it).
    func difference(from before: Double, to after: Double) -> ClosedRange<Double>? {
        guard let reach else { return nil }
        guard !isShare else { return (after - before - reach)...(after - before + reach) }
        let factor = exp(min(reach, Self.reachMax))
        return (after / factor - before)...(after * factor - before)
    }

    /// The smallest change for the worse that is found `factor` times as far away as the interval
    /// reaches: a time that grows, a rate that falls.
    func smallestShown(from before: Double, factor: Double) -> Double {
        guard let reach else { return 0 }
        let far = reach * factor
        return switch figure {
        case .errorRate: far
        case .rate: before * (1 - exp(-far))
        default: before * (exp(min(far, Self.reachMax)) - 1)
        }
    }

    /// Half of the interval, as the deviation is; nil where too few runs tell it.
    private var reach: Double? {
        guard runCount >= CourseComparison.runsMin else { return nil }
        return Student.quantile(freedom: Double(runCount - 1)) * deviation * 2.0.squareRoot()
    }
}
