import ControlPlane
import Foundation
import JSON

/// The domain's values as the API shows them. `Schemas+Answers.swift` declares the same fields.
extension LoadTest {
    var json: JSONValue {
        var members = spec.members
        members["id"] = .string(id.text)
        members["version"] = JSONValue(version)
        return .object(members.merging(audit.members) { first, _ in first })
    }
}

extension LoadTestSpec {
    var members: [String: JSONValue] {
        [
            "name": .string(name), "description": .string(description), "tags": JSONValue(tags),
            "tenantId": .string(tenantId), "envId": .string(envId),
            "locustClusterId": JSONValue(locustClusterId), "targetUrl": .string(targetUrl),
            "locustfile": JSONValue(locustfile), "scenarioId": JSONValue(scenarioId),
            "scenario": scenario ?? .null, "targetsBase64": JSONValue(targetsBase64),
            "userClasses": JSONValue(userClasses), "defaultUsers": JSONValue(defaultUsers),
            "defaultSpawnRate": JSONValue(defaultSpawnRate),
            "defaultDurationSeconds": JSONValue(defaultDurationSeconds),
            "minWorkersShare": JSONValue(minWorkersShare), "thresholds": thresholds.json,
            "baseline": baseline?.json ?? .null,
            "metadata": .object(metadata),
        ]
    }
}

extension Audit {
    var members: [String: JSONValue] {
        [
            "createdAt": JSONValue(createdAt), "createdBy": .string(createdBy),
            "claimedCreatedBy": JSONValue(claimedCreatedBy), "updatedAt": JSONValue(updatedAt),
            "updatedBy": .string(updatedBy),
        ]
    }
}

extension RunRecord {
    /// - Parameter place: of a run that is queued; nil where nobody knows it now.
    func json(_ place: QueuePlace? = nil) -> JSONValue {
        let members: [String: JSONValue] = [
            "id": .string(run.id.text), "loadTestId": JSONValue(run.loadTestID?.text),
            "scheduleId": JSONValue(run.origin?.scheduleID),
            "suiteRunId": JSONValue(run.origin?.suiteRunID),
            "name": .string(run.spec.name), "tags": JSONValue(run.spec.tags),
            "tenantId": .string(run.spec.tenantId), "envId": .string(run.spec.envId),
            "locustClusterId": run.clusterID.isEmpty ? .null : .string(run.clusterID),
            "approval": run.approval?.json ?? .null, "targetUrl": .string(run.spec.targetUrl),
            "targetUsers": JSONValue(run.targetUsers),
            "spawnRate": JSONValue(run.spawnRate),
            "durationSeconds": JSONValue(run.plan.durationSeconds),
            "minWorkersShare": JSONValue(run.plan.minWorkersShare),
            "labels": .object(run.labels.mapValues { .string($0) }),
            "metadata": .object(run.plan.metadata), "definition": .object(run.spec.members),
            "state": .string(run.state.rawValue),
            "endReason": JSONValue(run.endReason?.rawValue),
            "endDetail": JSONValue(run.endDetail), "problem": JSONValue(run.problem),
            "startRequestedAt": JSONValue(run.startRequestedAt),
            "startedAt": JSONValue(run.startedAt), "deadline": JSONValue(run.deadline),
            "stopRequestedAt": JSONValue(run.stopRequestedAt),
            "loadEndedAt": JSONValue(run.loadEndedAt), "endedAt": JSONValue(run.endedAt),
            "lastMetrics": lastMetrics?.json ?? .null,
            "queue": run.queuePlace(place)?.json ?? .null,
        ]
        return .object(
            members.merging(run.audit.members) { first, _ in first }
                .merging(run.judgedMembers) { first, _ in first })
    }
}

extension LastMetrics {
    var json: JSONValue {
        .object([
            "timestamp": JSONValue(timestamp), "totalRps": JSONValue(totalRps),
            "totalRequests": JSONValue(totalRequests), "totalFailures": JSONValue(totalFailures),
            "errorRate": JSONValue(errorRate), "avgResponseMs": JSONValue(avgResponseMs),
            "minResponseMs": JSONValue(minResponseMs), "maxResponseMs": JSONValue(maxResponseMs),
            "p50ResponseMs": JSONValue(p50ResponseMs), "p95ResponseMs": JSONValue(p95ResponseMs),
            "p99ResponseMs": JSONValue(p99ResponseMs), "currentUsers": JSONValue(currentUsers),
        ])
    }
}

extension TimeSeries {
    func json(run: RunID, endpoint: Endpoint?) -> JSONValue {
        .object([
            "runId": .string(run.text), "endpoint": endpoint?.json ?? .null,
            "resolutionSeconds": JSONValue(resolutionSeconds),
            "points": .array(points.map(\.json)),
        ])
    }
}

extension Endpoint {
    var json: JSONValue { .object(["method": .string(method), "name": .string(name)]) }
}

extension TimeSeries.Point {
    var json: JSONValue {
        .object([
            "time": JSONValue(time), "users": JSONValue(users), "workers": JSONValue(workers),
            "requests": JSONValue(requests), "failures": JSONValue(failures),
            "rps": JSONValue(rps), "failuresPerSecond": JSONValue(failuresPerSecond),
            "errorRate": JSONValue(errorRate), "avgResponseMs": JSONValue(avgResponseMs),
            "p50ResponseMs": JSONValue(p50ResponseMs), "p95ResponseMs": JSONValue(p95ResponseMs),
            "p99ResponseMs": JSONValue(p99ResponseMs),
        ])
    }
}

extension RunSummary {
    func json(of run: Run) -> JSONValue {
        .object([
            "runId": .string(run.id.text), "state": .string(run.state.rawValue),
            "verdict": JSONValue(run.verdict?.result.rawValue),
            "verdictReason": JSONValue(run.verdict?.reason),
            "loadSeconds": JSONValue(loadSeconds), "totals": totals.json,
            "endpoints": .array(endpoints.map(\.json)), "errors": .array(errors.map(\.json)),
            "engine": engine?.json ?? .null,
        ])
    }
}

extension RunSummary.Row {
    var json: JSONValue {
        .object([
            "method": JSONValue(endpoint?.method), "name": JSONValue(endpoint?.name),
            "requests": JSONValue(requests), "failures": JSONValue(failures),
            "errorRate": JSONValue(errorRate), "rps": JSONValue(rps),
            "avgResponseMs": JSONValue(avgResponseMs), "minResponseMs": JSONValue(minResponseMs),
            "maxResponseMs": JSONValue(maxResponseMs), "p50ResponseMs": JSONValue(p50ResponseMs),
            "p95ResponseMs": JSONValue(p95ResponseMs), "p99ResponseMs": JSONValue(p99ResponseMs),
            "percentileSource": JSONValue(percentileSource?.rawValue),
        ])
    }
}

extension ErrorSample {
    var json: JSONValue {
        .object([
            "method": .string(endpoint.method), "name": .string(endpoint.name),
            "message": .string(message), "occurrences": JSONValue(occurrences),
            "firstSeen": JSONValue(firstSeen), "lastSeen": JSONValue(lastSeen),
        ])
    }
}
