import Foundation
import JSON
import Thresholds

extension Notice {
    /// Thresholds shown of one run: a person reads a few, and the report has them all.
    private static let thresholdsMax = 20

    /// A run's last judged predecessor of the same load test and branch.
    package struct Predecessor: Equatable, Sendable {
        /// Judged runs of a load test that are looked at for one of the same branch: without a
        /// limit the first run of each new branch would go through all that there ever were, while
        /// nothing else can be stored.
        package static let lookedAtMax = 1_000

        package let run: RunID
        package let verdict: Verdict.Result

        package init(_ run: RunID, _ verdict: Verdict.Result) {
            self.run = run
            self.verdict = verdict
        }
    }

    /// What a run's change tells, in the order in which it is to be told.
    ///
    /// - Parameters:
    ///   - state: the one before.
    ///   - predecessor: asked for only where it matters; an inconclusive run is none, because it
    ///     says nothing about the load test.
    package static func all(
        of run: Run, since state: RunState, numbers: LastMetrics?,
        predecessor: () throws -> Predecessor?
    ) rethrows -> [Notice] {
        guard run.state != state else { return [] }
        let now = run.audit.updatedAt
        func notice(_ kind: Kind, _ more: [String: JSONValue] = [:]) -> Notice {
            let members = ["run": run.noticed(numbers)].merging(more) { $1 }
            return Notice(kind, at: now, subject: run.id.text, data: .object(members))
        }
        if run.state == .running { return [notice(.runStarted)] }
        guard run.state.isOver else { return [] }
        var notices = [notice(.runFinished)]
        guard let verdict = run.verdict else { return notices }
        notices.append(notice(.runVerdict))
        guard run.loadTestID != nil, verdict.result != .inconclusive else { return notices }
        let before = try predecessor()
        let more = ["previous": before?.json ?? .null]
        switch (before?.verdict, verdict.result) {
        // The first to be judged has become what nobody expects of it.
        case (.passed?, .failed), (nil, .failed): notices.append(notice(.becameFailed, more))
        case (.failed?, .passed): notices.append(notice(.becamePassed, more))
        default: break
        }
        return notices
    }

    /// - Parameter cause: in the words of `GET /v1/clusters`.
    package static func lost(_ cluster: Cluster, cause: String, at date: Date) -> Notice {
        Notice(
            .clusterLost, at: date, subject: "cluster/\(cluster.id)",
            data: .object([
                "cluster": .object([
                    "id": .string(cluster.id), "type": .string(cluster.kind.rawValue),
                    "cause": .string(cause), "lostAt": .string(Timestamp.format(date)),
                ])
            ]))
    }

    /// - Parameter actor: who wants to see whether it arrives.
    package static func test(of webhook: Webhook, by actor: String, at date: Date) -> Notice {
        Notice(
            .test, at: date, subject: "webhook/\(webhook.id)",
            data: .object([
                "webhook": .object([
                    "id": .string(webhook.id.text), "name": .string(webhook.name),
                    "tenantId": .string(webhook.tenantID), "requestedBy": .string(actor),
                ])
            ]))
    }

    fileprivate static func thresholds(of run: Run) -> JSONValue {
        let results = run.verdict?.thresholds ?? []
        let rows = zip(run.plan.judgedBy, results).sorted { first, second in
            // What failed first: the rest may be cut off.
            first.1.outcome == .failed && second.1.outcome != .failed
        }
        return .array(
            rows.prefix(thresholdsMax).map { threshold, result in
                .object([
                    "expression": .string(ThresholdText.write(threshold)),
                    "severity": .string(threshold.severity.rawValue),
                    "outcome": .string(result.outcome.rawValue),
                    "actual": result.actual.map { .double($0) } ?? .null,
                    "unit": .string(threshold.unit),
                    "reason": result.reason.map { .string($0) } ?? .null,
                ])
            })
    }
}

extension Notice.Predecessor {
    fileprivate var json: JSONValue {
        .object(["runId": .string(run.text), "verdict": .string(verdict.rawValue)])
    }
}

extension Run {
    /// What receivers are told of a run. Nothing that may hold a secret: no metadata, no scenario,
    /// and of the target's URL what `shownTarget` shows.
    fileprivate func noticed(_ numbers: LastMetrics?) -> JSONValue {
        func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
        func time(_ date: Date?) -> JSONValue { text(date.map { Timestamp.format($0) }) }
        return .object([
            "id": .string(id.text), "name": .string(spec.name),
            "loadTestId": text(loadTestID?.text), "scheduleId": text(origin?.scheduleID),
            "suiteRunId": text(origin?.suiteRunID), "tenantId": .string(spec.tenantId),
            "envId": .string(spec.envId), "locustClusterId": .string(clusterID),
            "targetUrl": .string(spec.shownTarget), "targetUsers": .int(Int64(targetUsers)),
            "labels": .object(labels.mapValues { .string($0) }),
            "durationSeconds": .double(plan.durationSeconds), "state": .string(state.rawValue),
            "endReason": text(endReason?.rawValue), "endDetail": text(endDetail),
            "createdAt": time(audit.createdAt), "createdBy": .string(audit.createdBy),
            "startedAt": time(startedAt), "endedAt": time(endedAt),
            "verdict": text(verdict?.result.rawValue), "verdictReason": text(verdict?.reason),
            "thresholds": Notice.thresholds(of: self),
            "lastMetrics": numbers?.noticed ?? .null,
        ])
    }
}

extension LastMetrics {
    fileprivate var noticed: JSONValue {
        func number(_ value: Double?) -> JSONValue { value.map { .double($0) } ?? .null }
        return .object([
            "totalRps": .double(totalRps), "totalRequests": .int(Int64(totalRequests)),
            "totalFailures": .int(Int64(totalFailures)), "errorRate": .double(errorRate),
            "avgResponseMs": number(avgResponseMs), "p50ResponseMs": number(p50ResponseMs),
            "p95ResponseMs": number(p95ResponseMs), "p99ResponseMs": number(p99ResponseMs),
        ])
    }
}
