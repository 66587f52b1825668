import ControlPlane
import JSON

/// `baseline` and `labels` of a body.
enum BaselineFields {
    static func labels(_ value: JSONValue?) -> [String: String]? {
        let labels = value?.members?.compactMapValues(\.text) ?? [:]
        return labels.isEmpty ? nil : labels
    }

    /// - Returns: nil where the body says nothing; and all that is wrong, whose shape is wrong
    ///   elsewhere.
    static func read(_ value: JSONValue?) -> (rule: BaselineRule?, faults: [FieldError]) {
        guard let value, let kind = value["kind"]?.text.flatMap(BaselineRule.Kind.init) else {
            return (nil, [])
        }
        let (pinned, runs) = (value["runId"]?.text, value["runs"]?.integer)
        let labels = labels(value["labels"]) ?? [:]
        let same = value["sameLabels"]?.items?.compactMap(\.text) ?? []
        var faults: [FieldError] = []
        func refuse(_ field: String, _ words: String) {
            faults.append(FieldError(pointer: "/baseline/\(field)", message: words))
        }
        if kind == .pinned {
            if pinned == nil { refuse("runId", "is required for a pinned baseline") }
            let words = "do not go with a pinned baseline, which is one run"
            if !labels.isEmpty { refuse("labels", words) }
            if !same.isEmpty { refuse("sameLabels", words) }
        } else if pinned != nil {
            refuse("runId", "goes only with the kind pinned")
        }
        if kind != .median, runs != nil { refuse("runs", "goes only with the kind median") }
        guard faults.isEmpty else { return (nil, faults) }
        let choice: BaselineRule.Choice =
            switch kind {
            case .pinned: .pinned(RunID(pinned ?? ""))
            case .lastPassed: .lastPassed
            case .median: .median(runs: runs ?? BaselineRule.runsByDefault)
            }
        let passes = value["passesIfMissing"] == .bool(true)
        let rule = BaselineRule(
            choice, labels: labels, sameLabels: same, passesIfMissing: passes)
        return (rule, [])
    }

    /// Another tenant's run, another load test's and none at all are refused with the same words.
    ///
    /// - Parameter test: nil for one that is new. A run that was pinned before may have been
    ///   deleted since, which must not keep the rest of the definition from being changed.
    static func checkPin(of spec: LoadTestSpec, for test: LoadTest?, _ call: Call)
        async throws(Problem)
    {
        guard let pinned = spec.baseline?.pinnedRun, pinned != test?.spec.baseline?.pinnedRun
        else { return }
        let found = try await call.perform { () async throws(ControlPlaneError) in
            try await call.services.history.run(pinned, in: call.scope)?.run
        }
        guard let found, let test, found.loadTestID == test.id else {
            throw .invalid([
                FieldError(
                    pointer: "/baseline/runId", message: "is no run of this load test known to you")
            ])
        }
        guard found.state.isOver, found.startRequestedAt != nil else {
            throw .invalid([
                FieldError(
                    pointer: "/baseline/runId",
                    message:
                        "is a run that \(found.state.isOver ? "never had load" : "is not over")"
                )
            ])
        }
    }
}

extension BaselineRule {
    var json: JSONValue {
        .object([
            "kind": .string(kind.rawValue), "runId": JSONValue(pinnedRun?.text),
            "runs": JSONValue(runs), "labels": .object(labels.mapValues { .string($0) }),
            "sameLabels": JSONValue(sameLabels), "passesIfMissing": .bool(passesIfMissing),
        ])
    }
}
