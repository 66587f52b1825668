import ControlPlane
import JSON
import Thresholds

/// `thresholds` of a body: texts, or objects that say more.
enum ThresholdFields {
    /// - Returns: nil where the body says nothing; and all that is wrong, whose shape is wrong
    ///   elsewhere.
    static func read(_ value: JSONValue?) -> (thresholds: [Threshold]?, faults: [FieldError]) {
        guard let items = value?.items, items.count <= PlanLimits.thresholdsMax else {
            return (nil, [])
        }
        var thresholds: [Threshold] = []
        let faults = FieldError.collect(items.enumerated()) { index, item in
            do throws(FieldError) {
                if let threshold = try read(item, at: "/thresholds/\(index)") {
                    thresholds.append(threshold)
                }
                return []
            } catch {
                return [error]
            }
        }
        return (thresholds, faults)
    }

    /// - Returns: nil for what is no threshold by its shape.
    private static func read(_ item: JSONValue, at pointer: String) throws(FieldError)
        -> Threshold?
    {
        guard let text = item.text ?? item["expression"]?.text else { return nil }
        var threshold = try expression(
            text, at: item.text == nil ? pointer + "/expression" : pointer)
        threshold.severity = item["severity"]?.text.flatMap(Threshold.Severity.init) ?? .fail
        threshold.ignoredSeconds = item["ignoreFirstSeconds"]?.seconds ?? 0
        threshold.abortAfterSeconds = item["abortAfterSeconds"]?.seconds
        if let given = item["windowSeconds"]?.seconds {
            guard !threshold.isRegression else {
                throw FieldError(
                    pointer: pointer + "/windowSeconds",
                    message: "does not go with a regression, which is one of whole runs")
            }
            let window = (given * 1000).rounded() / 1000
            guard threshold.windowSeconds ?? window == window else {
                throw FieldError(
                    pointer: pointer + "/windowSeconds",
                    message: "is not the window of the expression; leave one of them out")
            }
            threshold.windowSeconds = window
        }
        try check(threshold, at: pointer)
        return threshold
    }

    private static func expression(_ text: String, at pointer: String) throws(FieldError)
        -> Threshold
    {
        do {
            return try Dialects.read(text)
        } catch {
            throw FieldError(
                pointer: pointer, message: "is wrong at character \(error.column): \(error.reason)")
        }
    }

    /// In seconds.
    private static let abortWindowMax = 300.0

    private static func check(_ threshold: Threshold, at pointer: String) throws(FieldError) {
        guard threshold.isKept else {
            throw FieldError(
                pointer: pointer, message: "has a number or a name that cannot be kept as it is")
        }
        if threshold.measure == .dropped, threshold.scope != .all {
            throw FieldError(
                pointer: pointer,
                message: "is wrong: arrivals are dropped before they have an endpoint"
            )
        }
        guard threshold.abortAfterSeconds != nil else { return }
        guard !threshold.isRegression else {
            throw FieldError(
                pointer: pointer + "/abortAfterSeconds",
                message: "does not go with a regression, which is told when the run is over")
        }
        guard threshold.severity == .fail else {
            throw FieldError(
                pointer: pointer + "/abortAfterSeconds",
                message: "goes only with the severity fail: a warning stops nothing")
        }
        guard threshold.measure.kind != .time || threshold.windowSeconds ?? 0 <= abortWindowMax
        else {
            throw FieldError(
                pointer: pointer + "/abortAfterSeconds",
                message: "goes with windows of response times of at most 5m: longer ones are held "
                    + "in memory for as long as the run is on")
        }
        let growsIntoIt =
            threshold.measure.kind == .count && threshold.windowSeconds == nil
            && [.above, .atLeast].contains(threshold.comparison)
        guard !growsIntoIt else {
            throw FieldError(
                pointer: pointer + "/abortAfterSeconds",
                message: "does not go with a count that a whole run has to reach: it is broken "
                    + "until the run has reached it")
        }
    }
}

extension Threshold {
    /// Whether the spelling under which it is stored is read as the same.
    fileprivate var isKept: Bool {
        do {
            let again = try ThresholdText.read(ThresholdText.write(self))
            return again.measure == measure && again.scope == scope
                && again.comparison == comparison && again.limit == limit
                && again.windowSeconds == windowSeconds && again.isRegression == isRegression
        } catch {
            return false
        }
    }

    var members: [String: JSONValue] {
        [
            "expression": .string(ThresholdText.write(self)),
            "severity": .string(severity.rawValue),
            "windowSeconds": JSONValue(windowSeconds),
            "ignoreFirstSeconds": JSONValue(ignoredSeconds),
            "abortAfterSeconds": JSONValue(abortAfterSeconds),
        ]
    }
}

extension [Threshold]? {
    var json: JSONValue { .array((self ?? []).map { .object($0.members) }) }
}
