import ControlPlane
import JSON

extension GeneratorInterval {
    init(_ object: WireObject) throws(WireFault) {
        self.init()
        cpuShare = try object.amount("cpuShare")
        latenessP99Ms = try object.amount("latenessP99Ms")
        responseP99Ms = try object.amount("responseP99Ms")
        loopLagMaxMs = try object.amount("loopLagMaxMs")
        requests = try object.count("requests")
        dropped = try object.count("dropped")
        delayed = try object.count("delayed")
        portsExhausted = try object.count("portsExhausted")
        socketsExhausted = try object.count("socketsExhausted")
    }

    var json: JSONValue {
        .object([
            "cpuShare": .double(cpuShare),
            "latenessP99Ms": .double(latenessP99Ms),
            "responseP99Ms": .double(responseP99Ms),
            "loopLagMaxMs": .double(loopLagMaxMs),
            "requests": JSONValue(requests),
            "dropped": JSONValue(dropped),
            "delayed": JSONValue(delayed),
            "portsExhausted": JSONValue(portsExhausted),
            "socketsExhausted": JSONValue(socketsExhausted),
        ])
    }
}
