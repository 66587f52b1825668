import Foundation

/// An axis that begins at 0, with round numbers at equal distances.
struct ChartScale: Equatable {
    /// Lines across a chart: enough to read a value, few enough not to be what one sees.
    private static let stepsOfValues = 4
    /// Labels below a chart, which a telephone has room for.
    private static let stepsOfTimeMax = 6.0

    let step: Double
    let end: Double

    var marks: [Double] {
        guard step > 0 else { return [0] }
        return (0...Int((end / step + 1e-9).rounded(.down))).map { Double($0) * step }
    }

    /// Of 0 to `1 %` of the height.
    func share(of value: Double) -> Double { end > 0 ? min(1, max(0, value / end)) : 0 }

    /// - Parameter most: the largest value; 0 and what is no number give a scale of its own.
    static func values(upTo most: Double) -> ChartScale {
        let steps = Double(stepsOfValues)
        guard most.isFinite, most > 0 else { return ChartScale(step: 0.25, end: 1) }
        // Beyond that a scale would not be finite.
        let most = min(most, 1e300)
        let least = most / steps
        let power = pow(10, floor(log10(least)))
        let round = [1, 2, 2.5, 5, 10].map { $0 * power }
        let step = round.first { $0 >= least * (1 - 1e-9) } ?? 10 * power
        // As many steps as the values need, so that no chart is half empty.
        return ChartScale(step: step, end: step * max(1, (most / step - 1e-9).rounded(.up)))
    }

    /// Ends where the time does.
    static func time(of seconds: Double) -> ChartScale {
        let seconds = max(1, seconds)
        let round: [Double] = [
            1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200,
            86_400,
        ]
        let step = round.first { seconds / $0 <= stepsOfTimeMax } ?? 86_400
        return ChartScale(step: step, end: seconds)
    }
}
