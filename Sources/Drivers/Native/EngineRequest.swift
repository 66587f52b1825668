import JSON

/// What the service tells an engine.
package enum EngineRequest: Equatable, Sendable {
    /// The first line, and never again.
    case order(EngineOrder)
    case users(Int, spawnRate: Double)
    /// Ends the load; requests on their way are waited for.
    case stop
    /// The load may go on for another lease.
    case lease
}

extension EngineRequest {
    /// - Throws: what is wrong with a line that is none of these. Members that are not known are
    ///   passed over.
    package init(line: [UInt8]) throws(WireFault) {
        let object = try WireObject(line: line)
        if object["order"] != nil {
            let version = try object.count("protocol")
            guard version == EngineProtocol.version else {
                throw WireFault(
                    "the order is of protocol \(version), this engine speaks "
                        + "\(EngineProtocol.version)")
            }
            self = .order(try EngineOrder(try object.object("order")))
        } else if object["users"] != nil {
            self = .users(try object.count("users"), spawnRate: try object.amount("spawnRate"))
        } else if object["stop"] == .bool(true) {
            self = .stop
        } else if object["lease"] == .bool(true) {
            self = .lease
        } else {
            throw WireFault("a line must be an order, users, a stop or a lease")
        }
    }

    package var line: [UInt8] {
        let value: JSONValue =
            switch self {
            case .order(let order):
                .object(["protocol": JSONValue(EngineProtocol.version), "order": order.json])
            case .users(let users, let spawnRate):
                .object(["users": JSONValue(users), "spawnRate": .double(spawnRate)])
            case .stop: .object(["stop": .bool(true)])
            case .lease: .object(["lease": .bool(true)])
            }
        return value.line
    }
}
