import Comparison
import Metrics
import Thresholds

extension Figure {
    /// Nil for what cannot be compared.
    init?(_ measure: Measure) {
        switch measure {
        case .percentile(let share) where share < 100: self = .percentile(share)
        case .mean: self = .mean
        case .errorRate: self = .errorRate
        case .rps: self = .rate
        default: return nil
        }
    }

    /// Why one of the courses does not tell it; nil where all do.
    func lack(in own: Course, besides others: [Course]) -> ComparisonLack? {
        guard case .percentile = self else { return nil }
        let needed = timesMin
        func lack(_ course: Course) -> String? {
            let count = course.intervals.reduce(0.0) { $0 + Double($1.responseTimes.count) }
            guard count > 0 else { return "it cannot be told without histograms" }
            guard count < needed else { return nil }
            return "\(Int(needed)) responses are needed, and one of the runs has \(Int(count))"
        }
        if let words = lack(own) { return .own(words) }
        return others.lazy.compactMap(lack).first.map { .ofBaseline($0) }
    }
}
