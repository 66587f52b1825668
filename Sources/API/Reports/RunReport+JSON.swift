import ControlPlane
import JSON
import Reports

extension RunReport {
    /// Made of what the API shows elsewhere, so that one reader serves both.
    var json: JSONValue {
        .object([
            "run": record.json(), "clusterType": JSONValue(clusterKind?.rawValue),
            "madeAt": JSONValue(madeAt), "summary": summary.json(of: record.run),
            "series": series.json(run: record.run.id, endpoint: nil),
            "responseTimes": .array(responseTimeBars.map(\.json)),
            "timeline": .array(timeline.map(\.json)), "timelineIsCut": .bool(timelineIsCut),
            "measurement": measurementJSON,
            "comparison": comparison?.json(run.verdict?.baseline == nil ? .definition : .verdict)
                ?? .null,
        ])
    }

    private var measurementJSON: JSONValue {
        let counts = measurement.observations.map { ($0.key.rawValue, JSONValue($0.value)) }
        return .object([
            "observations": .object(Dictionary(uniqueKeysWithValues: counts)),
            "spacingSeconds": JSONValue(measurement.spacingSeconds),
            "percentileErrorPercent": JSONValue(summary.percentileErrorPercent),
            "workersMin": JSONValue(measurement.workers?.lowerBound),
            "workersMax": JSONValue(measurement.workers?.upperBound),
            "gaps": .array(
                measurement.gaps.map { gap in
                    .object(["from": JSONValue(gap.from), "to": JSONValue(gap.to)])
                }),
        ])
    }
}

extension ResponseTimeBar {
    fileprivate var json: JSONValue {
        .object([
            "fromMs": JSONValue(from / 1000), "toMs": JSONValue(to / 1000),
            "requests": JSONValue(Int(clamping: count)),
        ])
    }
}
