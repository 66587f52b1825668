import Addresses
import ControlPlane
import HTTP
import JSON

enum EmergencyHandlers {
    static func impose(_ call: Call) async throws(Problem) -> Response {
        let order = try await order(from: call)
        let (stop, runs) = try await call.perform { () async throws(ControlPlaneError) in
            try await call.services.orchestrator.impose(order)
        }
        return .json(
            201, stop.json(stopped: runs),
            headers: ["Location": "/v1/emergency-stop/\(stop.id)"])
    }

    static func list(_ call: Call) async throws(Problem) -> Response {
        let stops = await call.services.orchestrator.emergencyStops(in: call.scope)
        return .json(
            200, .object(["items": .array(stops.map { $0.json() }), "nextCursor": .null]))
    }

    static func read(_ call: Call) async throws(Problem) -> Response {
        let id = call.parameter("id")
        let stops = await call.services.orchestrator.emergencyStops(in: call.scope)
        guard let stop = stops.first(where: { $0.id == id }) else {
            throw .notFound("emergency stop \(id)")
        }
        return .json(200, stop.json())
    }

    static func lift(_ call: Call) async throws(Problem) -> Response {
        try await call.perform { () async throws(ControlPlaneError) in
            try await call.services.orchestrator.lift(
                call.parameter("id"), in: call.scope, by: call.principal.name)
        }
        return Response(status: 204)
    }

    private static func order(from call: Call) async throws(Problem) -> EmergencyStop {
        let reach = call["scope"]?.text.flatMap(EmergencyStop.Reach.init) ?? .all
        let tenant = call["tenantId"]?.text
        try await check(reach, tenant, call)
        var host: TargetPattern?
        if let text = call["host"]?.text {
            do throws(TargetPattern.Fault) {
                host = try TargetPattern(text)
            } catch {
                throw .invalid([FieldError(pointer: "/host", message: error.message)])
            }
        }
        return EmergencyStop(
            id: call.newID, reach: reach, tenantID: tenant, host: host,
            reason: call["reason"]?.text ?? "", isServiceWide: call.scope == .everything,
            createdAt: call.services.time.now, createdBy: call.principal.name)
    }

    /// That the fields go together, and that the caller may stop as much as that.
    private static func check(_ reach: EmergencyStop.Reach, _ tenant: String?, _ call: Call)
        async throws(Problem)
    {
        var faults: [FieldError] = []
        func want(_ name: String, _ isWanted: Bool, _ message: String) {
            if (call[name] != nil) != isWanted {
                faults.append(FieldError(pointer: "/\(name)", message: message))
            }
        }
        want("host", reach == .host, "is given with the scope host, and only then")
        if reach != .host {
            want("tenantId", reach == .tenant, "is given with the scope tenant or host")
        }
        if let tenant {
            let catalog = await call.services.orchestrator.currentCatalog
            if catalog.tenant(tenant) == nil || !call.scope.knows(tenant: tenant) {
                faults.append(
                    FieldError(pointer: "/tenantId", message: "is no tenant known to you"))
            }
        }
        guard faults.isEmpty else { throw .invalid(faults) }
        guard call.scope != .everything, call.scope != tenant.map({ .tenant($0) }) else { return }
        let detail =
            tenant == nil
            ? "only an administrator of the whole service stops more than one tenant; give yours"
            : "this needs an administrator of all of the tenant"
        throw Problem(.forbidden, detail: detail)
    }
}

extension EmergencyStop {
    func json(stopped runs: [RunID]? = nil) -> JSONValue {
        var members: [String: JSONValue] = [
            "id": .string(id), "scope": .string(reach.rawValue), "tenantId": JSONValue(tenantID),
            "host": JSONValue(host), "reason": .string(reason), "createdAt": JSONValue(createdAt),
            "createdBy": .string(createdBy),
        ]
        if let runs { members["stoppedRunIds"] = JSONValue(runs.map(\.text).sorted()) }
        return .object(members)
    }
}
