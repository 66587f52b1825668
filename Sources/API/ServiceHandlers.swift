import ControlPlane
import HTTP

enum ServiceHandlers {
    static func health(_ call: Call) async throws(Problem) -> Response {
        .json(200, .object(["status": .string("ok")]))
    }

    static func ready(_ call: Call) async throws(Problem) -> Response {
        try await call.perform { () async throws(ControlPlaneError) in
            try await call.services.orchestrator.checkReady()
            try await call.services.history.check()
        }
        return .json(200, .object(["status": .string("ok")]))
    }

    static func openAPI(_ call: Call) async throws(Problem) -> Response {
        Response(
            status: 200, headers: ["Content-Type": "application/json"], body: OpenAPIDocument.bytes)
    }
}
