import ControlPlane
import JSON

extension Suite {
    func json(lastRun: SuiteRun?) -> JSONValue {
        let last = lastRun.map { run in
            JSONValue.object([
                "id": .string(run.id.text), "createdAt": JSONValue(run.audit.createdAt),
                "state": .string(run.state.rawValue),
                "verdict": JSONValue(run.progress.verdict?.rawValue),
            ])
        }
        let members: [String: JSONValue] = [
            "id": .string(id.text), "name": .string(spec.name),
            "description": .string(spec.description), "tenantId": .string(spec.tenantId),
            "envId": .string(spec.envId), "onFailure": .string(spec.onFailure.rawValue),
            "steps": .array(spec.steps.map(\.json)), "lastRun": last ?? .null,
            "version": JSONValue(version),
        ]
        return .object(members.merging(audit.members) { first, _ in first })
    }
}

extension SuiteSpec.Step {
    fileprivate var json: JSONValue {
        let tests = tests.map { test in
            JSONValue.object(
                test.change.members.merging(["loadTestId": .string(test.loadTestId)]) {
                    first, _ in first
                })
        }
        return .object(["name": JSONValue(name), "tests": .array(tests)])
    }
}

extension SuiteRun {
    var json: JSONValue {
        let steps = zip(spec.steps, progress.items).map { step, items in
            JSONValue.object([
                "name": JSONValue(step.name), "runs": .array(items.map(\.json)),
            ])
        }
        return .object([
            "id": .string(id.text), "suiteId": .string(suiteID.text),
            "scheduleId": JSONValue(scheduleID?.text), "name": .string(spec.name),
            "tenantId": .string(spec.tenantId), "envId": .string(spec.envId),
            "onFailure": .string(spec.onFailure.rawValue),
            "labels": .object(labels.mapValues { .string($0) }), "state": .string(state.rawValue),
            "verdict": JSONValue(progress.verdict?.rawValue),
            "verdictReason": JSONValue(progress.verdictReason), "steps": .array(steps),
            "stopRequestedAt": JSONValue(progress.stopRequestedAt),
            "stopRequestedBy": JSONValue(progress.stopRequestedBy),
            "endedAt": JSONValue(progress.endedAt), "createdAt": JSONValue(audit.createdAt),
            "createdBy": .string(audit.createdBy),
            "claimedCreatedBy": JSONValue(audit.claimedCreatedBy),
        ])
    }
}

extension SuiteRun.Item {
    fileprivate var json: JSONValue {
        .object([
            "loadTestId": .string(loadTestID), "name": JSONValue(name),
            "outcome": .string(state.rawValue),
            "runId": JSONValue(state == .started ? runID : nil),
            "state": JSONValue(runState?.rawValue), "verdict": JSONValue(verdict?.rawValue),
            "verdictReason": JSONValue(verdictReason), "code": JSONValue(code),
            "detail": JSONValue(detail),
        ])
    }
}
