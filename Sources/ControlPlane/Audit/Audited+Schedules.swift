import JSON

extension AuditSubject {
    package static func schedule(_ schedule: Schedule) -> AuditSubject {
        AuditSubject(
            "schedule", schedule.id.text, tenant: schedule.spec.tenantId, env: schedule.spec.envId)
    }

    package static func suite(_ suite: Suite) -> AuditSubject {
        AuditSubject("suite", suite.id.text, tenant: suite.spec.tenantId, env: suite.spec.envId)
    }

    package static func suiteRun(_ run: SuiteRun) -> AuditSubject {
        AuditSubject("suiteRun", run.id.text, tenant: run.spec.tenantId, env: run.spec.envId)
    }
}

extension ScheduleSpec {
    package var audited: JSONValue {
        var members: [String: JSONValue] = [
            "name": .string(name), "enabled": .bool(isEnabled),
            "overlap": .string(overlap.rawValue), "catchUp": .string(catchUp.rawValue),
        ]
        members["loadTestId"] = loadTestId.map { .string($0) }
        members["suiteId"] = suiteId.map { .string($0) }
        members["cron"] = cron.map { .string($0) }
        members["timeZone"] = timeZone.map { .string($0) }
        members["at"] = at.map { .string(Timestamp.format($0)) }
        members["startsAt"] = startsAt.map { .string(Timestamp.format($0)) }
        members["endsAt"] = endsAt.map { .string(Timestamp.format($0)) }
        members["targetUsers"] = change.targetUsers.map { .int(Int64($0)) }
        members["durationSeconds"] = change.durationSeconds.map { .double($0) }
        return .object(members)
    }
}

extension SuiteSpec {
    package var audited: JSONValue {
        .object([
            "name": .string(name), "onFailure": .string(onFailure.rawValue),
            "steps": .array(
                steps.map { step in .array(step.tests.map { .string($0.loadTestId) }) }),
        ])
    }
}

extension SuiteRun {
    package var audited: JSONValue {
        var members: [String: JSONValue] = [
            "suiteId": .string(suiteID.text), "name": .string(spec.name),
            "state": .string(state.rawValue),
        ]
        members["scheduleId"] = scheduleID.map { .string($0.text) }
        members["verdict"] = progress.verdict.map { .string($0.rawValue) }
        return .object(members)
    }
}
