/// Our own way to write thresholds; what it writes, it reads as the same.
///
///     threshold  = measure [ "of" scope ] comparison limit [ "for" duration ]
///                | measure "regression" [ "of" scope ] ("<" | "<=") number ( "%" | "pp" )
///     scope      = word | "quoted words"
///     comparison = "<" | "<=" | ">" | ">="
///     limit      = number [ "us" | "ms" | "s" | "%" | "/s" ]
package enum ThresholdText {
    package static func read(_ text: String) throws(ThresholdError) -> Threshold {
        var words = Words(text)
        let start = words
        let measure = try readMeasure(&words)
        let isRegression = words.take(word: "regression")
        guard !isRegression || measure.isComparable else {
            throw start.error("\(measure.name) has no regression: use \(Measure.comparable)")
        }
        var scope = ThresholdScope.all
        if words.take(word: "of") { scope = try readScope(&words) }
        let sign = words
        guard let comparison = words.takeComparison() else {
            throw words.error("expected <, <=, > or >= here")
        }
        if isRegression {
            guard comparison == .below || comparison == .atMost else {
                throw sign.error("a regression has an upper limit: < or <=")
            }
            var threshold = Threshold(
                measure, comparison, try readRegression(of: measure, &words), isRegression: true)
            threshold.scope = scope
            guard words.isAtEnd else {
                throw words.error("expected the end: a regression is one of whole runs")
            }
            return threshold
        }
        let limit = try readLimit(of: measure, &words)
        var threshold = Threshold(measure, comparison, limit)
        threshold.scope = scope
        if words.take(word: "for") { threshold.windowSeconds = try readDuration(&words) }
        guard words.isAtEnd else {
            throw words.error("expected the end, or \"for\" and a duration such as 30s")
        }
        return threshold
    }

    /// The one spelling that is shown.
    package static func write(_ threshold: Threshold) -> String {
        var text = threshold.measure.name
        if threshold.isRegression { text += " regression" }
        switch threshold.scope {
        case .all: break
        case .endpoint(let name): text += " of \(quoted(name))"
        }
        text += " \(threshold.comparison.rawValue) \(limit(threshold))"
        if let seconds = threshold.windowSeconds { text += " for \(Number.text(seconds))s" }
        return text
    }

    private static func limit(_ threshold: Threshold) -> String {
        guard threshold.isRegression else { return value(threshold.limit, of: threshold.measure) }
        return Number.text(Measure.percent(threshold.limit))
            + unit(ofRegressionOf: threshold.measure)
    }

    /// A share of errors is compared in percentage points: nothing is so many per cent of a
    /// baseline without errors.
    package static func unit(ofRegressionOf measure: Measure) -> String {
        measure.kind == .share ? "pp" : "%"
    }

    /// In per cent: who lets a run be ten times as slow wants no limit.
    private static let regressionPercentMax = 1000.0

    private static func readRegression(of measure: Measure, _ words: inout Words)
        throws(ThresholdError) -> Double
    {
        let start = words
        guard let value = words.takeNumber() else {
            throw words.error("expected a number, of up to 12 digits and 9 decimals")
        }
        let unitStart = words
        guard words.takeUnit() == unit(ofRegressionOf: measure) else {
            throw unitStart.error(
                measure.kind == .share
                    ? "a regression of a share needs its unit: pp, percentage points"
                    : "a regression needs its unit: %")
        }
        guard value <= regressionPercentMax else {
            throw start.error("a regression is at most \(Number.text(regressionPercentMax))")
        }
        return value / 100
    }

    /// A value with its unit.
    private static func value(_ value: Double, of measure: Measure) -> String {
        switch measure.kind {
        case .time: "\(Number.text(value))ms"
        case .share: "\(Number.text(Measure.percent(value)))%"
        case .rate: "\(Number.text(value))/s"
        case .count: Number.text(value)
        }
    }

    /// A measured value with its unit, as people want to read it.
    package static func measured(_ value: Double, of measure: Measure) -> String {
        let shown = measure.kind == .share ? value * 100 : value
        let decimals = shown.magnitude >= 100 ? 1 : 3
        let rounded = Number.rounded(shown, decimals: decimals)
        return Self.value(measure.kind == .share ? rounded / 100 : rounded, of: measure)
    }

    private static func quoted(_ name: String) -> String {
        let escaped = name.map { "\\\"".contains($0) ? "\\\($0)" : "\($0)" }.joined()
        return "\"\(escaped)\""
    }

    private static func readMeasure(_ words: inout Words) throws(ThresholdError) -> Measure {
        let start = words
        guard let word = words.takeWord() else {
            throw start.error("expected a measure: \(Measure.allowed)")
        }
        guard let measure = Measure(name: word) else {
            throw start.error("unknown measure \(word): use \(Measure.allowed)")
        }
        return measure
    }

    private static func readScope(_ words: inout Words) throws(ThresholdError) -> ThresholdScope {
        if let name = try words.takeQuoted() { return .endpoint(name) }
        guard let word = words.takeName() else {
            throw words.error("expected the name of an endpoint")
        }
        guard word.lowercased() == "tag", words.startsName else { return .endpoint(word) }
        throw words.error("requests have no tags here: name their endpoint, as in of \"GET /cart\"")
    }

    static func readLimit(of measure: Measure, _ words: inout Words)
        throws(ThresholdError) -> Double
    {
        guard let value = words.takeNumber() else {
            throw words.error("expected a number, of up to 12 digits and 9 decimals")
        }
        let start = words
        let unit = words.takeUnit()
        switch (measure.kind, unit) {
        case (.time, "us"): return value / 1000
        case (.time, "ms"): return value
        case (.time, "s"): return value * 1000
        case (.share, "%"):
            guard value <= 100 else { throw start.error("a share is at most 100%") }
            return value / 100
        case (.rate, "/s"), (.rate, ""), (.count, ""): return value
        case (.time, _): throw start.error("a time needs its unit: us, ms or s")
        case (.share, _): throw start.error("a share needs its unit: %")
        case (.rate, _): throw start.error("a rate is per second: /s, or no unit")
        case (.count, _): throw start.error("a count has no unit")
        }
    }

    private static func readDuration(_ words: inout Words) throws(ThresholdError) -> Double {
        let start = words
        let units = ["s": 1.0, "m": 60, "h": 3600]
        guard let value = words.takeNumber(), let factor = units[words.takeUnit()] else {
            throw start.error("expected a duration such as 30s or 5m")
        }
        let seconds = Number.rounded(value * factor, decimals: 3)
        guard windowRange.contains(seconds) else { throw start.error("a window is from 1s to 1h") }
        return seconds
    }

    /// In seconds. A second is the finest that is measured; in longer windows than an hour nothing
    /// shows that the whole run does not.
    package static let windowRange = 1.0...3600
}
