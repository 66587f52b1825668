import Comparison
import ControlPlane
import JSON

/// `Schemas+Comparison.swift` declares the same fields.
extension RunComparison {
    func json(_ source: ComparisonHandlers.Source) -> JSONValue {
        .object([
            "runId": .string(run.text),
            "baseline": .object([
                "source": .string(source.rawValue),
                "runIds": JSONValue(baseline.runs.map(\.id.text)),
                "historyRunIds": JSONValue(baseline.history.map(\.id.text)),
                "missing": JSONValue(baseline.missing),
            ]),
            "confidence": JSONValue(Self.confidence), "comparable": .bool(isComparable),
            "trouble": JSONValue(trouble), "notes": JSONValue(notes),
            "differences": .array(differences.map(\.json)),
            "ignoredSeconds": JSONValue(ignoredSeconds), "comparisons": JSONValue(comparisonCount),
            "totals": totals.json, "endpoints": .array(endpoints.map(\.json)),
            "endpointsLeftOut": JSONValue(endpointsLeftOut),
        ])
    }
}

extension RunDifference {
    fileprivate var json: JSONValue {
        .object([
            "field": .string(field), "before": JSONValue(before), "after": JSONValue(after),
            "serious": .bool(isSerious),
        ])
    }
}

extension RunComparison.Row {
    fileprivate var json: JSONValue {
        .object([
            "method": JSONValue(endpoint?.method), "name": JSONValue(endpoint?.name),
            "figures": .array(figures.map(\.json)), "reason": JSONValue(reason),
        ])
    }
}

extension ComparedFigure {
    fileprivate var json: JSONValue {
        let ratio = change?.ratio
        let percent = ratio == nil ? nil : change.map { ($0.after / $0.before - 1) * 100 }
        let share = ratio == nil ? nil : change.map { $0.smallestShown / $0.before * 100 }
        return .object([
            "measure": .string(measure.name), "unit": .string(measure.unit),
            "finding": .string(finding.rawValue), "reason": JSONValue(reason),
            "before": JSONValue(change?.before), "after": JSONValue(change?.after),
            "difference": JSONValue(change.map { $0.after - $0.before }),
            "differenceFrom": JSONValue(change?.difference.lowerBound),
            "differenceTo": JSONValue(change?.difference.upperBound),
            "percent": JSONValue(percent),
            "percentFrom": JSONValue(ratio.map { $0.lowerBound * 100 }),
            "percentTo": JSONValue(ratio.map { $0.upperBound * 100 }),
            "smallestShown": JSONValue(change?.smallestShown),
            "smallestShownPercent": JSONValue(share),
        ])
    }
}
