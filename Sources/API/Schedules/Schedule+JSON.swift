import ControlPlane
import Foundation
import JSON

extension Schedule {
    func json(at now: Date, lastTick: ScheduleTick?) -> JSONValue {
        let run = spec.change.members.merging([
            "whenBusy": .string(
                (spec.queuesWhenBusy ? WhenBusy.queue : .refuse).rawValue),
            "queueTimeoutSeconds": JSONValue(spec.queueTimeoutSeconds),
        ]) { first, _ in first }
        let members: [String: JSONValue] = [
            "id": .string(id.text), "name": .string(spec.name),
            "description": .string(spec.description), "tenantId": .string(spec.tenantId),
            "envId": .string(spec.envId), "enabled": .bool(spec.isEnabled),
            "disabledReason": JSONValue(disabledBecause),
            "loadTestId": JSONValue(spec.loadTestId), "suiteId": JSONValue(spec.suiteId),
            "cron": JSONValue(spec.cron), "timeZone": JSONValue(spec.timeZone),
            "at": JSONValue(spec.at), "startsAt": JSONValue(spec.startsAt),
            "endsAt": JSONValue(spec.endsAt), "overlap": .string(spec.overlap.rawValue),
            "catchUp": .string(spec.catchUp.rawValue), "catchUpMax": JSONValue(spec.catchUpMax),
            "catchUpAgeSeconds": JSONValue(spec.catchUpSeconds), "run": .object(run),
            "labels": .object((spec.labels ?? [:]).mapValues { .string($0) }),
            "lastTick": lastTick?.json ?? .null,
            "nextTimes": .array(
                nextTimes(ScheduleHandlers.nextTimesShown, after: now).map { JSONValue($0) }),
            "version": JSONValue(version),
        ]
        return .object(members.merging(audit.members) { first, _ in first })
    }
}

extension ScheduleTick {
    var json: JSONValue {
        let started = outcome == .started ? id : nil
        return .object([
            "time": JSONValue(time), "outcome": .string(outcome.rawValue),
            "count": JSONValue(count), "runId": JSONValue(isSuite ? nil : started),
            "suiteRunId": JSONValue(isSuite ? started : nil), "code": JSONValue(code),
            "detail": JSONValue(detail), "decidedAt": JSONValue(decidedAt),
        ])
    }
}
