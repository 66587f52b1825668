import ControlPlane
import JSON

/// What an engine tells the service.
package enum EngineAnswer: Equatable, Sendable {
    /// Load is on from now. At its end, requests on their way are waited for at most for `drain`.
    case started(drain: Duration)
    /// There is no load, and there will be none.
    case refused([ScenarioFault])
    case report(EngineReport)
}

extension EngineAnswer {
    /// Whether the engine has nothing more to say.
    var isLast: Bool {
        switch self {
        case .started: false
        case .refused: true
        case .report(let report): report.end != nil
        }
    }

    package init(line: [UInt8]) throws(WireFault) {
        let object = try WireObject(line: line)
        if object["started"] != nil {
            try Self.checkVersion(object)
            self = .started(drain: try object.object("started").seconds("drainSeconds"))
        } else if object["refused"] != nil {
            try Self.checkVersion(object)
            var faults: [ScenarioFault] = []
            for fault in try object.objects("refused") {
                faults.append(
                    ScenarioFault(
                        pointer: try fault.text("pointer"), message: try fault.text("message")))
            }
            self = .refused(faults)
        } else if object["report"] != nil {
            self = .report(try EngineReport(try object.object("report")))
        } else {
            throw WireFault("a line must say started, refused or report")
        }
    }

    package var line: [UInt8] {
        let version = JSONValue(EngineProtocol.version)
        let value: JSONValue =
            switch self {
            case .started(let drain):
                .object([
                    "protocol": version,
                    "started": .object(["drainSeconds": .double(drain.inSeconds)]),
                ])
            case .refused(let faults):
                .object([
                    "protocol": version,
                    "refused": .array(
                        faults.map { fault in
                            .object([
                                "pointer": .string(fault.pointer),
                                "message": .string(
                                    EngineProtocol.shortened(fault.message)),
                            ])
                        }),
                ])
            case .report(let report):
                .object(["report": report.json])
            }
        return value.line
    }

    private static func checkVersion(_ object: WireObject) throws(WireFault) {
        let version = try object.count("protocol")
        guard version == EngineProtocol.version else {
            throw WireFault(
                "the engine speaks protocol \(version), this service "
                    + "\(EngineProtocol.version); restart the service after an update")
        }
    }
}
