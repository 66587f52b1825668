/// What other tools write for the same thing, where it means exactly the same.
///
/// | tool | example | polarity |
/// |---|---|---|
/// | k6 | `http_req_duration{name:cart}: p(95)<200` | must hold |
/// | Azure Load Testing | `GetCart: p95(response_time_ms) > 300` | must not hold |
/// | Taurus | `p90 of cart>1s, stop as failed` | must not hold |
///
/// Taurus' stretches of time (`for 10s`) mean ten single seconds on end there, which is something
/// else than one stretch of ten: they are refused, with what comes closest.
package enum Dialects {
    /// Longer ones are a mistake, or an attack.
    package static let charactersMax = 500

    /// - Throws: for a text of ours or of such a tool that is wrong, or whose meaning we have not.
    package static func read(_ text: String) throws(ThresholdError) -> Threshold {
        guard text.count <= charactersMax else {
            throw ThresholdError(
                column: charactersMax + 1,
                reason: "a threshold has at most \(charactersMax) characters")
        }
        if let threshold = try k6(text) { return threshold }
        if let threshold = try azure(text) { return threshold }
        if let threshold = try taurus(text) { return threshold }
        return try ThresholdText.read(text)
    }

    // MARK: k6

    /// `METRIC[{name:NAME}]: AGGREGATE OP NUMBER`; nil where it is nothing of the kind.
    private static func k6(_ text: String) throws(ThresholdError) -> Threshold? {
        guard let colon = text.lastIndex(of: ":"), !text[colon...].contains("}") else { return nil }
        var metric = text[..<colon]
        var scope = ThresholdScope.all
        if metric.hasSuffix("}"), let brace = metric.firstIndex(of: "{") {
            let tag = metric[metric.index(after: brace)..<metric.index(before: metric.endIndex)]
            scope = try k6Scope(tag, column: text.distance(from: text.startIndex, to: brace) + 2)
            metric = metric[..<brace]
        }
        let trimmed = metric.filter { !$0.isWhitespace }
        guard k6Metrics.contains(trimmed) else { return nil }
        let offset = text.distance(from: text.startIndex, to: colon) + 1
        var words = Words(text, from: offset)
        let start = words
        let aggregate = (words.takeWord() ?? "").lowercased()
        let share = try percentile(&words)
        guard let measure = k6Measure(trimmed, aggregate, share) else {
            throw start.error("\(trimmed) has no \(aggregate) that can be translated exactly")
        }
        guard let comparison = words.takeComparison(), let value = words.takeNumber(),
            words.isAtEnd
        else { throw words.error("expected <, <=, > or >= and a number, as in p(95)<200") }
        if measure.kind == .share, value > 1 { throw start.error("a rate is at most 1 there") }
        // Times are milliseconds there, and shares parts of one, as here.
        var threshold = Threshold(measure, comparison, value)
        threshold.scope = scope
        return threshold
    }

    private static let k6Metrics: Set = [
        "http_req_duration", "http_req_failed", "http_reqs", "dropped_iterations",
    ]

    private static func k6Scope(_ tag: Substring, column: Int) throws(ThresholdError)
        -> ThresholdScope
    {
        guard let colon = tag.firstIndex(of: ":") else {
            throw ThresholdError(column: column, reason: "expected {name:NAME}")
        }
        let key = tag[..<colon].filter { !$0.isWhitespace }
        guard key == "name" else {
            throw ThresholdError(
                column: column, reason: "of k6's tags only name can be translated exactly")
        }
        let name = tag[tag.index(after: colon)...]
        guard !name.isEmpty else { throw ThresholdError(column: column, reason: "expected a name") }
        return .endpoint(String(name))
    }

    private static func k6Measure(_ metric: String, _ aggregate: String, _ share: Double?)
        -> Measure?
    {
        switch (metric, aggregate) {
        case ("http_req_duration", "p"): share.map { .percentile($0) }
        case ("http_req_duration", "med"): .percentile(50)
        case ("http_req_duration", "avg"): .mean
        case ("http_req_duration", "min"): .min
        case ("http_req_duration", "max"): .max
        case ("http_req_failed", "rate"): .errorRate
        case ("http_reqs", "rate"): .rps
        case ("http_reqs", "count"): .count
        case ("dropped_iterations", "count"): .dropped
        default: nil
        }
    }

    /// `(95)`; nil where no parenthesis begins.
    private static func percentile(_ words: inout Words) throws(ThresholdError) -> Double? {
        guard words.take(character: "(") else { return nil }
        let start = words
        guard let share = words.takeNumber(), share > 0, share <= 100, words.take(character: ")")
        else { throw start.error("expected a percentile and a parenthesis, as in p(95)") }
        return share
    }

    // MARK: Azure

    /// `[NAME:] AGGREGATE(METRIC) OP NUMBER`; nil where it is nothing of the kind.
    private static func azure(_ text: String) throws(ThresholdError) -> Threshold? {
        let colon = text.lastIndex(of: ":")
        let rest = colon.map { text[text.index(after: $0)...] } ?? text[...]
        // Names of ours may have colons and such parentheses, too, within quotes.
        guard !rest.contains("\"") else { return nil }
        let call = rest.drop(while: \.isWhitespace).drop { $0.isLetter || $0.isNumber || $0 == "." }
        guard let metric = azureMetrics.first(where: { call.hasPrefix("(\($0))") }) else {
            return nil
        }
        var offset = 0
        var scope = ThresholdScope.all
        if let colon {
            let name = text[..<colon].drop(while: \.isWhitespace)
            guard !name.isEmpty else {
                throw ThresholdError(column: 1, reason: "expected the name of a request")
            }
            scope = .endpoint(String(name))
            offset = text.distance(from: text.startIndex, to: colon) + 1
        }
        var words = Words(text, from: offset)
        let start = words
        let aggregate = (words.takeWord() ?? "").lowercased()
        guard let measure = azureMeasure(metric, aggregate) else {
            throw start.error("\(metric) has no \(aggregate) that can be translated exactly")
        }
        _ = words.take { $0 != "<" && $0 != ">" }
        guard let comparison = words.takeComparison(), let value = words.takeNumber(),
            words.isAtEnd
        else { throw words.error("expected > or < and a number") }
        if measure == .errorRate, value > 100 { throw start.error("a share is at most 100") }
        let limit = measure == .errorRate ? value / 100 : value
        var threshold = Threshold(measure, comparison.negated, limit)
        threshold.scope = scope
        return threshold
    }

    private static let azureMetrics = [
        "response_time_ms", "error", "requests_per_sec", "requests",
    ]

    private static func azureMeasure(_ metric: String, _ aggregate: String) -> Measure? {
        switch (metric, aggregate) {
        case ("response_time_ms", "avg"): .mean
        case ("response_time_ms", "min"): .min
        case ("response_time_ms", "max"): .max
        case ("response_time_ms", _) where aggregate.hasPrefix("p"):
            Measure.share(aggregate.dropFirst()).map { .percentile($0) }
        case ("error", "percentage"): .errorRate
        case ("requests_per_sec", "avg"): .rps
        case ("requests", "count"): .count
        default: nil
        }
    }

    // MARK: Taurus

    /// `SUBJECT[ of LABEL]OP NUMBER[UNIT], (stop|continue) as failed`; nil where no such end is.
    private static func taurus(_ text: String) throws(ThresholdError) -> Threshold? {
        guard let comma = text.lastIndex(of: ",") else { return nil }
        let end = text[text.index(after: comma)...].split(separator: " ")
        guard end.count == 3, ["stop", "continue"].contains(end[0]), end[1] == "as" else {
            return nil
        }
        let offset = text.distance(from: text.startIndex, to: comma) + 1
        guard end[2] == "failed" else {
            throw ThresholdError(
                column: offset + 1, reason: "only \"as failed\" can be translated exactly")
        }
        var words = Words(String(text[..<comma]))
        let start = words
        let subject = (words.takeName() ?? "").lowercased()
        guard let measure = taurusMeasure(subject) else {
            throw start.error("\(subject) cannot be translated exactly")
        }
        var scope = ThresholdScope.all
        if words.take(word: "of"), let label = words.takeName() { scope = .endpoint(label) }
        guard let comparison = words.takeComparison() else {
            throw words.error("expected <, <=, > or >=")
        }
        let limit = try ThresholdText.readLimit(of: measure, &words)
        guard words.isAtEnd else {
            throw words.error(
                "a stretch of time means each of its seconds there, which is not one stretch of "
                    + "them; write it our way, such as \"p90 <= 1s for 10s\"")
        }
        var threshold = Threshold(measure, comparison.negated, limit)
        threshold.scope = scope
        return threshold
    }

    private static func taurusMeasure(_ subject: String) -> Measure? {
        switch subject {
        case "avg-rt": .mean
        case "fail", "failures": .errorRate
        case "hits": .count
        case _ where subject.hasPrefix("p"): Measure(name: subject)
        default: nil
        }
    }
}
