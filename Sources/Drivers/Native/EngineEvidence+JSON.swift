import ControlPlane
import JSON

extension EngineEvidence {
    init(_ object: WireObject) throws(WireFault) {
        self.init(
            droppedArrivals: try object.count("droppedArrivals"),
            inFlight: try object.count("inFlight"),
            bytesIn: try object.count("bytesIn"), bytesOut: try object.count("bytesOut"),
            statusCodes: try object.counts("statusCodes"),
            failuresByKind: try object.counts("failuresByKind"),
            connectionsOpened: try object.count("connectionsOpened"),
            latenessP50Ms: try object.amount("latenessP50Ms"),
            latenessP99Ms: try object.amount("latenessP99Ms"),
            latenessMaxMs: try object.amount("latenessMaxMs"),
            loopLagMaxMs: try object.amount("loopLagMaxMs"),
            cpuShare: try object.amount("cpuShare"),
            portsExhausted: try object.count("portsExhausted"),
            generatorLimited: try object.bool("generatorLimited"),
            serviceTimeP50Ms: try object.optionalAmount("serviceTimeP50Ms"),
            serviceTimeP95Ms: try object.optionalAmount("serviceTimeP95Ms"),
            serviceTimeP99Ms: try object.optionalAmount("serviceTimeP99Ms"),
            generatorWarnings: try object.optionalTexts("generatorWarnings"))
        guard !object.isNull("slowestTraces") else { return }
        slowestTraces = []
        for trace in try object.objects("slowestTraces") {
            slowestTraces?.append(try TracedResponse(trace))
        }
    }

    var json: JSONValue {
        .object([
            "droppedArrivals": JSONValue(droppedArrivals),
            "inFlight": JSONValue(inFlight),
            "bytesIn": JSONValue(bytesIn),
            "bytesOut": JSONValue(bytesOut),
            "statusCodes": JSONValue(statusCodes),
            "failuresByKind": JSONValue(failuresByKind),
            "connectionsOpened": JSONValue(connectionsOpened),
            "latenessP50Ms": .double(latenessP50Ms),
            "latenessP99Ms": .double(latenessP99Ms),
            "latenessMaxMs": .double(latenessMaxMs),
            "loopLagMaxMs": .double(loopLagMaxMs),
            "cpuShare": .double(cpuShare),
            "portsExhausted": JSONValue(portsExhausted),
            "generatorLimited": .bool(generatorLimited),
            "generatorWarnings": generatorWarnings.map { .array($0.map { .string($0) }) } ?? .null,
            "slowestTraces": slowestTraces.map { .array($0.map(\.json)) } ?? .null,
            "serviceTimeP50Ms": JSONValue(serviceTimeP50Ms),
            "serviceTimeP95Ms": JSONValue(serviceTimeP95Ms),
            "serviceTimeP99Ms": JSONValue(serviceTimeP99Ms),
        ])
    }
}

extension TracedResponse {
    fileprivate init(_ object: WireObject) throws(WireFault) {
        self.init(
            method: try object.text("method"), name: try object.text("name"),
            traceId: try object.text("traceId"), responseMs: try object.amount("responseMs"))
    }

    fileprivate var json: JSONValue {
        .object([
            "method": .string(method), "name": .string(name), "traceId": .string(traceId),
            "responseMs": .double(responseMs),
        ])
    }
}
