import ControlPlane
import JSON
import Thresholds

/// What a run shows of its verdict. `Schemas+Verdict.swift` declares the same fields.
extension Run {
    var judgedMembers: [String: JSONValue] {
        let results = verdict?.thresholds ?? []
        let thresholds = plan.judgedBy.enumerated().map { index, threshold in
            let result = index < results.count ? results[index] : nil
            return JSONValue.object(
                threshold.members.merging(ThresholdResult.members(result, of: threshold)) { $1 })
        }
        return [
            "verdict": JSONValue(verdict?.result.rawValue),
            "verdictReason": JSONValue(verdict?.reason),
            "measurement": verdict?.measurement.json ?? .null,
            "thresholds": .array(thresholds),
            "baseline": verdict?.baseline?.json ?? .null,
        ]
    }
}

extension ThresholdResult {
    fileprivate static func members(_ result: ThresholdResult?, of threshold: Threshold)
        -> [String: JSONValue]
    {
        [
            "outcome": JSONValue(result?.outcome.rawValue), "actual": JSONValue(result?.actual),
            "actualFrom": JSONValue(result?.actualFrom), "actualTo": JSONValue(result?.actualTo),
            "unit": .string(threshold.unit), "reason": JSONValue(result?.reason),
            "from": JSONValue(result?.from), "seconds": JSONValue(result?.seconds),
            "brokenAt": JSONValue(result?.brokenAt),
            "brokenSeconds": JSONValue(result?.brokenSeconds),
            "certain": result.map { .bool($0.outcome != .failed || $0.isCertain) } ?? .null,
        ]
    }
}

extension JudgedBaseline {
    var json: JSONValue {
        .object([
            "runIds": JSONValue(runs.map(\.text)),
            "historyRunIds": JSONValue(history.map(\.text)), "missing": JSONValue(missing),
        ])
    }
}

extension MeasurementVerdict {
    fileprivate var json: JSONValue {
        .object([
            "clean": .bool(isClean), "seconds": JSONValue(seconds.milli),
            "cleanSeconds": JSONValue(cleanSeconds.milli),
            "cleanStretches": .array(
                clean.map {
                    .object(["from": JSONValue($0.from.milli), "to": JSONValue($0.to.milli)])
                }),
            "evidence": JSONValue(evidence),
        ])
    }
}

extension Double {
    fileprivate var milli: Double { (self * 1000).rounded() / 1000 }
}
