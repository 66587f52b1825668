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
        if !description.isEmpty { members["description"] = .string(description) }
        if catchUp == .all {
            members["catchUpMax"] = .int(Int64(catchUpMax))
            members["catchUpAgeSeconds"] = .double(catchUpSeconds)
        }
        if let labels { members["labels"] = .object(labels.mapValues { .string($0) }) }
        if queuesWhenBusy { members["whenBusy"] = .string(WhenBusy.queue.rawValue) }
        members["queueTimeoutSeconds"] = queueTimeoutSeconds.map { .double($0) }
        return .object(members.merging(change.audited) { first, _ in first })
    }
}

extension PlanChange {
    /// What is otherwise than the definition says.
    fileprivate var audited: [String: JSONValue] {
        var members: [String: JSONValue] = [:]
        members["targetUsers"] = targetUsers.map { .int(Int64($0)) }
        members["spawnRate"] = spawnRate.map { .double($0) }
        members["durationSeconds"] = durationSeconds.map { .double($0) }
        return members
    }
}

extension SuiteSpec {
    package var audited: JSONValue {
        var members: [String: JSONValue] = [
            "name": .string(name), "onFailure": .string(onFailure.rawValue),
            "steps": .array(steps.map(\.audited)),
        ]
        if !description.isEmpty { members["description"] = .string(description) }
        return .object(members)
    }
}

extension SuiteSpec.Step {
    fileprivate var audited: JSONValue {
        let tests = tests.map { test in
            JSONValue.object(
                test.change.audited.merging(["loadTestId": .string(test.loadTestId)]) { $1 })
        }
        var members = ["tests": JSONValue.array(tests)]
        members["name"] = name.map { .string($0) }
        return .object(members)
    }
}

extension SuiteRun {
    package var audited: JSONValue {
        var members: [String: JSONValue] = [
            "suiteId": .string(suiteID.text), "name": .string(spec.name),
            "state": .string(state.rawValue),
        ]
        members["scheduleId"] = scheduleID.map { .string($0.text) }
        if !labels.isEmpty { members["labels"] = .object(labels.mapValues { .string($0) }) }
        members["verdict"] = progress.verdict.map { .string($0.rawValue) }
        return .object(members)
    }
}
