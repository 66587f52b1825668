import ControlPlane
import HTTP
import JSON

enum ApprovalHandlers {
    static func approve(_ call: Call) async throws(Problem) -> Response {
        let run = try await call.perform { () async throws(ControlPlaneError) in
            try await RunHandlers.showingOwn(call) { () async throws(ControlPlaneError) in
                try await call.services.orchestrator.approve(
                    RunID(call.parameter("id")), by: call.principal)
            }
        }
        return .json(202, RunRecord(run: run, lastMetrics: nil).json())
    }

    static func reject(_ call: Call) async throws(Problem) -> Response {
        let run = try await call.perform { () async throws(ControlPlaneError) in
            try await call.services.orchestrator.reject(
                RunID(call.parameter("id")), by: call.principal,
                because: call["reason"]?.text ?? "")
        }
        return .json(200, RunRecord(run: run, lastMetrics: nil).json())
    }
}

extension Approval {
    var json: JSONValue {
        .object([
            "expiresAt": JSONValue(expiresAt), "decidedBy": JSONValue(decidedBy),
            "decidedAt": JSONValue(decidedAt),
        ])
    }
}
