extension Threshold {
    /// Of what was measured of it, in answers and notices.
    package var unit: String {
        isRegression ? ThresholdText.unit(ofRegressionOf: measure) : measure.unit
    }
}

extension Measure {
    /// Of its value in answers and notices.
    package var unit: String {
        switch kind {
        case .time: "ms"
        case .share: "%"
        case .rate: "/s"
        case .count: ""
        }
    }
}
