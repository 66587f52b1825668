import Glibc

/// How much the neighbours of a series tell of each other: response times of seconds in a row are
/// alike, and whoever takes them for independent believes in differences that are none.
struct SerialNoise {
    /// How long the blocks of a bootstrap of the series' mean must be.
    let blockLength: Int

    private let count: Int
    /// Of lags from 0 on.
    private let correlations: [Double]

    init(_ series: [Double]) {
        count = series.count
        let most = max(1, Int(min(3 * Double(count).squareRoot(), Double(count) / 3)))
        correlations = Self.correlations(of: series, lagMax: min(3 * most, max(0, count - 2)))
        guard correlations.count > 8 else {
            blockLength = most
            return
        }
        blockLength = min(Self.automaticBlockLength(count, correlations), most)
    }

    /// Nothing for a series that does not vary.
    private static func correlations(of series: [Double], lagMax: Int) -> [Double] {
        guard !series.isEmpty else { return [] }
        let mean = series.reduce(0, +) / Double(series.count)
        let deviations = series.map { $0 - mean }
        let variance = deviations.reduce(0) { $0 + $1 * $1 }
        guard variance > 0 else { return [] }
        return (0...lagMax).map { lag in
            zip(deviations, deviations.dropFirst(lag)).reduce(0) { $0 + $1.0 * $1.1 } / variance
        }
    }

    /// The rule of Politis and White for the circular bootstrap (2004, Econometric Reviews
    /// 23:53-70, with the correction of 2009, 28:372-375).
    private static func automaticBlockLength(_ count: Int, _ correlations: [Double]) -> Int {
        let width = min(2 * lastCorrelatedLag(count, correlations), correlations.count - 1)
        guard width > 0 else { return 1 }
        var (slope, sum) = (0.0, 1.0)
        for lag in 1...width {
            let share = Double(lag) / Double(width)
            let weight = share <= 0.5 ? 1 : 2 * (1 - share)
            let term = 2 * weight * correlations[lag]
            slope += term * Double(lag)
            sum += term
        }
        guard sum != 0 else { return count }
        let ratio = 2 * slope * slope / (4 / 3 * sum * sum)
        let length = cbrt(ratio * Double(count)).rounded(.up)
        return length < Double(count) ? max(1, Int(length)) : count
    }

    /// The last lag before so many in a row that are nothing but noise.
    private static func lastCorrelatedLag(_ count: Int, _ correlations: [Double]) -> Int {
        let digits = log10(Double(count))
        let inARow = max(5, Int(digits.squareRoot().rounded(.up)))
        let bound = 2 * (digits / Double(count)).squareRoot()
        var quiet = 0
        for lag in 1..<correlations.count {
            quiet = abs(correlations[lag]) < bound ? quiet + 1 : 0
            if quiet == inARow { return lag - inARow }
        }
        return correlations.count - 1
    }
}

extension SerialNoise {
    /// By how much the noise of a mean is wider than what a bootstrap of blocks shows of it.
    ///
    /// Blocks leave out what neighbours across their ends have in common; how much that is an
    /// autoregression of the first order tells (after Andrews and Monahan 1992, Econometrica
    /// 60:953-966), whose coefficient is understated by short series (Kendall 1954, Biometrika
    /// 41:403-404). And an estimate from few independent values is itself uncertain, as Student's
    /// distribution is wider than the normal one.
    func stretch(ofBlocks length: Int) -> Double {
        guard correlations.count > 4 else { return 1 }
        let size = Double(count)
        let own = max(0, (size * correlations[1] + 1) / (size - 3))
        let whole = 1 + 2 * own / (1 - decay(from: own))
        var seen = 1.0
        for lag in 1..<max(1, min(length, correlations.count)) {
            seen += 2 * (1 - Double(lag) / Double(length)) * correlations[lag]
        }
        let widening = max(1, whole / max(seen, 1 / whole))
        let independent = size / max(whole, seen)
        return widening.squareRoot() * Student.widening(freedom: max(3, independent - 1))
    }

    /// What is left of a correlation from one lag to the next. Where the requests of a second are
    /// few, their own noise hides how alike the seconds are, and the first lag shows less of it
    /// than the later ones.
    private func decay(from first: Double) -> Double {
        guard first > 2 / Double(count).squareRoot() else { return min(first, Self.coefficientMax) }
        let lags = correlations[1...3]
        let products = zip(lags, correlations[2...4]).reduce(0) { $0 + $1.0 * $1.1 }
        let squares = lags.reduce(0) { $0 + $1 * $1 }
        return min(max(products / squares, first), Self.coefficientMax)
    }

    /// Nearer to 1 a run tells nothing of itself.
    private static let coefficientMax = 0.95
}
