import JSON
import LoadEngine
import Metrics

/// The result of an attack for programs. Names are only ever added.
enum AttackJSON {
    static func document(_ result: AttackResult) -> JSONValue {
        let (report, subject) = (result.report, result.subject)
        var members = figures(result.total, of: result)
        members["errors"] = .array(errors(result))
        members["endpoints"] = .array(
            subject.endpoints.indices.map { endpoint(at: $0, of: result) })
        members["target"] = .string(subject.title)
        members["model"] = .string(subject.isOpen ? "open" : "closed")
        members["usersMax"] = .int(Int64(subject.usersMax))
        members["seed"] = .int(Int64(clamping: subject.seed))
        members["startedAt"] = .string(result.startedAt)
        members["durationSeconds"] = seconds(result.duration)
        members["elapsedSeconds"] = seconds(report.elapsed)
        members["dropped"] = .int(Int64(clamping: result.transport.dropped))
        members["inFlightAtEnd"] = .int(Int64(report.inFlight))
        members["endReason"] = .string(report.end?.name ?? "unknown")
        members["endDetail"] = .string(report.end?.text ?? "")
        members["warnings"] = .array(
            report.warnings.map { .string($0.text(for: subject)) })
        members["evidence"] = evidence(result)
        members["generator"] = .string("swarmkeeper \(Version.text)")
        return .object(members)
    }

    /// What is told of everything and of each endpoint alike.
    private static func figures(_ statistics: EndpointStatistics, of result: AttackResult)
        -> [String: JSONValue]
    {
        var statuses: [String: JSONValue] = [:]
        for (status, count) in statistics.statuses {
            statuses[String(status)] = .int(Int64(clamping: count))
        }
        return [
            "totalRequests": .int(Int64(clamping: statistics.requests)),
            "totalFailures": .int(Int64(clamping: statistics.failures)),
            "rps": .double((result.rate(statistics.requests) * 1000).rounded() / 1000),
            "bytesIn": .int(Int64(clamping: statistics.bytesIn)),
            "bytesOut": .int(Int64(clamping: statistics.bytesOut)),
            "redirects": .int(Int64(clamping: statistics.redirects)),
            "latencyMs": LatencyFigures.json(statistics.latency),
            "serviceTimeMs": LatencyFigures.json(statistics.serviceTime),
            "firstByteMs": LatencyFigures.json(statistics.firstByte),
            "statusCodes": .object(statuses),
        ]
    }

    private static func endpoint(at index: Int, of result: AttackResult) -> JSONValue {
        let statistics = result.report.total.endpoints[index]
        var members = figures(statistics, of: result)
        members["method"] = .string(result.subject.endpoints[index].method)
        members["name"] = .string(result.subject.endpoints[index].name)
        members["errors"] = .array(
            statistics.failuresByKind.map { kind, count in
                .object(error(kind, count, example: statistics.examples[kind]))
            })
        return .object(members)
    }

    /// The most frequent first; each endpoint's own where there are several.
    private static func errors(_ result: AttackResult) -> [JSONValue] {
        FailureRow.all(of: result).map { row in
            var members = error(row.kind, row.count, example: row.example)
            if let endpoint = row.endpoint { members["endpoint"] = .string(endpoint) }
            return .object(members)
        }
    }

    private static func error(_ kind: FailureKind, _ count: UInt64, example: String?)
        -> [String: JSONValue]
    {
        [
            "kind": .string(kind.name), "count": .int(Int64(clamping: count)),
            "example": .string(example ?? ""),
        ]
    }

    /// Whether the numbers are the target's and not the generator's.
    private static func evidence(_ result: AttackResult) -> JSONValue {
        let transport = result.transport
        return .object([
            "latenessMs": LatencyFigures.json(transport.lateness),
            "loopLagMs": LatencyFigures.json(transport.loopLag),
            "connectMs": LatencyFigures.json(transport.connect),
            "tlsHandshakeMs": LatencyFigures.json(transport.handshake),
            "cpuShare": .double((transport.cpuShare * 10_000).rounded() / 10_000),
            "threads": .int(Int64(result.subject.threads)),
            "connectionsOpened": .int(Int64(clamping: transport.connectionsOpened)),
            "sessionsResumed": .int(Int64(clamping: transport.sessionsResumed)),
            "resends": .int(Int64(clamping: transport.resends)),
            "delayed": .int(Int64(clamping: transport.delayed)),
            "portsExhausted": .int(Int64(clamping: transport.portsExhausted)),
            "socketsExhausted": .int(Int64(clamping: transport.socketsExhausted)),
        ])
    }

    private static func seconds(_ duration: Duration) -> JSONValue {
        .double((duration / .milliseconds(1)).rounded() / 1000)
    }
}
