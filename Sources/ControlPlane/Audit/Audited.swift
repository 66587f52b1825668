import JSON
import Thresholds

/// What records show of objects. Whatever may hold a secret, such as the headers of a scenario, is
/// shown as being there, and a change of it by its name in `changed`.
extension LoadTestSpec {
    package var audited: JSONValue {
        var members: [String: JSONValue] = [
            "name": .string(name), "envId": .string(envId), "targetUrl": .string(shownTarget),
            "tags": .array(tags.map { .string($0) }),
            "userClasses": .array(userClasses.map { .string($0) }),
            "defaultUsers": .int(Int64(defaultUsers)),
            "defaultSpawnRate": .double(defaultSpawnRate),
            "defaultDurationSeconds": .double(defaultDurationSeconds),
        ]
        members["locustClusterId"] = locustClusterId.map { .string($0) }
        members["locustfile"] = locustfile.map { .string($0) }
        members["scenarioId"] = scenarioId.map { .string($0) }
        members["minWorkersShare"] = minWorkersShare.map { .double($0) }
        if let thresholds { members["thresholds"] = .array(thresholds.map(\.audited)) }
        members["baseline"] = baseline?.audited
        if scenario != nil { members["scenario"] = Self.hidden }
        if targetsBase64 != nil { members["targetsBase64"] = Self.hidden }
        if !metadata.isEmpty { members["metadata"] = Self.hidden }
        return .object(members)
    }

    /// The same with the names of all that differs from `old`.
    package func audited(since old: LoadTestSpec) -> JSONValue {
        let differs: [(String, Bool)] = [
            ("name", name != old.name), ("description", description != old.description),
            ("tags", tags != old.tags), ("envId", envId != old.envId),
            ("locustClusterId", locustClusterId != old.locustClusterId),
            ("targetUrl", targetUrl != old.targetUrl), ("locustfile", locustfile != old.locustfile),
            ("scenarioId", scenarioId != old.scenarioId), ("scenario", scenario != old.scenario),
            ("targetsBase64", targetsBase64 != old.targetsBase64),
            ("userClasses", userClasses != old.userClasses),
            ("defaultUsers", defaultUsers != old.defaultUsers),
            ("defaultSpawnRate", defaultSpawnRate != old.defaultSpawnRate),
            ("defaultDurationSeconds", defaultDurationSeconds != old.defaultDurationSeconds),
            ("minWorkersShare", minWorkersShare != old.minWorkersShare),
            ("thresholds", thresholds != old.thresholds), ("baseline", baseline != old.baseline),
            ("metadata", metadata != old.metadata),
        ]
        guard case .object(var members) = audited else { return audited }
        members["changed"] = .array(differs.filter(\.1).map { .string($0.0) })
        return .object(members)
    }

    private static let hidden = JSONValue.string("***")

    /// Without a name and password, and without a query, which may be a key.
    package var shownTarget: String {
        let base = targetUrl.prefix { $0 != "?" && $0 != "#" }
        guard let scheme = base.range(of: "://") else { return String(base) }
        let authority = base[scheme.upperBound...].prefix { $0 != "/" }
        guard let at = authority.lastIndex(of: "@") else { return String(base) }
        return base[..<scheme.upperBound] + "***" + base[at...]
    }
}

extension Run {
    /// A run as it is accepted.
    package var auditedStart: JSONValue {
        var members: [String: JSONValue] = [
            "clusterId": .string(clusterID), "name": .string(spec.name),
            "targetUrl": .string(spec.shownTarget), "targetUsers": .int(Int64(targetUsers)),
            "spawnRate": .double(spawnRate), "durationSeconds": .double(plan.durationSeconds),
        ]
        members["loadTestId"] = loadTestID.map { .string($0.text) }
        if let thresholds = plan.thresholds {
            members["thresholds"] = .array(thresholds.map(\.audited))
        }
        if !labels.isEmpty { members["labels"] = .object(labels.mapValues { .string($0) }) }
        return .object(members)
    }
}

extension BaselineRule {
    fileprivate var audited: JSONValue {
        var members: [String: JSONValue] = ["kind": .string(kind.rawValue)]
        members["runId"] = pinnedRun.map { .string($0.text) }
        members["runs"] = runs.map { .int(Int64($0)) }
        if !labels.isEmpty { members["labels"] = .object(labels.mapValues { .string($0) }) }
        if !sameLabels.isEmpty { members["sameLabels"] = .array(sameLabels.map { .string($0) }) }
        if passesIfMissing { members["passesIfMissing"] = .bool(true) }
        return .object(members)
    }
}

extension Threshold {
    fileprivate var audited: JSONValue { .string(ThresholdText.write(self)) }
}

extension Run.Progress {
    /// What of the way of a run is a change that somebody has to answer for.
    package var audited: JSONValue {
        var members: [String: JSONValue] = ["state": .string(state.rawValue)]
        members["endReason"] = endReason.map { .string($0.rawValue) }
        members["targetUsers"] = targetUsersNow.map { .int(Int64($0)) }
        members["spawnRate"] = spawnRateNow.map { .double($0) }
        return .object(members)
    }

    /// The name of the change since `old`; nil for news that nobody has decided.
    package func action(since old: Run.Progress) -> String? {
        if state != old.state {
            switch state {
            case .stopping: return "run.stop"
            case .finished, .failed: return "run.end"
            case .queued, .awaitingApproval, .pending, .starting, .running: break
            }
        }
        let before = (old.targetUsersNow, old.spawnRateNow)
        return before == (targetUsersNow, spawnRateNow) ? nil : "run.changeUsers"
    }
}

extension EmergencyStop {
    package var audited: JSONValue {
        var members: [String: JSONValue] = [
            "reach": .string(reach.rawValue), "reason": .string(reason),
        ]
        members["host"] = host.map { .string($0) }
        return .object(members)
    }
}
