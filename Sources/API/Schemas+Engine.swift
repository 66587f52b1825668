import ControlPlane
import JSON

extension Schemas {
    /// Statuses have three digits, and the engine's kinds of failure are far fewer.
    private static let kindsMax = 1_000

    static let engine = ObjectSchema(
        "Engine",
        [
            required(
                "generatorLimited", .boolean,
                "The generator, and not the target, was what limited the load"),
            required(
                "generatorWarnings", .array(.text(max: 1_000), countMax: 10),
                "What was seen that says so; empty where nothing was"),
            required("droppedArrivals", .count, "Arrivals that no connection was free for"),
            required("inFlight", .count, "Requests sent and not answered yet"),
            required("bytesIn", .count, "Bytes received"),
            required("bytesOut", .count, "Bytes sent"),
            required(
                "statusCodes", .dictionary(.count, countMax: kindsMax), "Responses by status"),
            required(
                "failuresByKind", .dictionary(.count, countMax: kindsMax),
                "Failed requests by kind of failure"),
            required("connectionsOpened", .count, "Connections made"),
            required("latenessP50Ms", .measure, "How late requests were sent: 50th percentile"),
            required("latenessP99Ms", .measure, "99th percentile"),
            required("latenessMaxMs", .measure, "The latest"),
            required(
                "loopLagMaxMs", .measure, "Longest time that a thread kept its events waiting"),
            required(
                "cpuShare", .measure, "How busy the generating threads are, from 0 to 1 each"),
            required("portsExhausted", .count, "Connections that found no free local port"),
            required(
                "serviceTimeP50Ms", .nullable(.measure),
                "Response times from when a request was really sent; null where that is its "
                    + "schedule"),
            required("serviceTimeP95Ms", .nullable(.measure), "95th percentile"),
            required("serviceTimeP99Ms", .nullable(.measure), "99th percentile"),
            required(
                "slowestTraces",
                .array(.object(tracedResponse), countMax: TracedResponse.countMax),
                "The slowest traced response of each endpoint; empty where the scenario asks for "
                    + "no tracing"),
        ])

    private static let tracedResponse = ObjectSchema(
        "TracedResponse",
        [
            required("method", .text(max: .max), "Of the endpoint"),
            required("name", .text(max: .max), "Of the endpoint"),
            required("traceId", .text(max: 32), "As the target was told it in traceparent"),
            required("responseMs", .measure, "Response time"),
        ])
}

extension EngineEvidence {
    var json: JSONValue {
        .object([
            "generatorLimited": .bool(generatorLimited),
            "generatorWarnings": .array((generatorWarnings ?? []).map { .string($0) }),
            "droppedArrivals": JSONValue(droppedArrivals), "inFlight": JSONValue(inFlight),
            "bytesIn": JSONValue(bytesIn), "bytesOut": JSONValue(bytesOut),
            "statusCodes": .object(statusCodes.mapValues { JSONValue($0) }),
            "failuresByKind": .object(failuresByKind.mapValues { JSONValue($0) }),
            "connectionsOpened": JSONValue(connectionsOpened),
            "latenessP50Ms": JSONValue(latenessP50Ms), "latenessP99Ms": JSONValue(latenessP99Ms),
            "latenessMaxMs": JSONValue(latenessMaxMs), "loopLagMaxMs": JSONValue(loopLagMaxMs),
            "cpuShare": JSONValue(cpuShare), "portsExhausted": JSONValue(portsExhausted),
            "serviceTimeP50Ms": JSONValue(serviceTimeP50Ms),
            "serviceTimeP95Ms": JSONValue(serviceTimeP95Ms),
            "serviceTimeP99Ms": JSONValue(serviceTimeP99Ms),
            "slowestTraces": .array(
                (slowestTraces ?? []).map { trace in
                    .object([
                        "method": .string(trace.method), "name": .string(trace.name),
                        "traceId": .string(trace.traceId), "responseMs": .double(trace.responseMs),
                    ])
                }),
        ])
    }
}
