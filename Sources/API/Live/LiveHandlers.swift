import ControlPlane
import HTTP

enum LiveHandlers {
    static func run(_ call: Call) async throws(Problem) -> Response {
        let run = try await RunHandlers.find(call).run
        return try await stream(.run(run.id), call)
    }

    static func runs(_ call: Call) async throws(Problem) -> Response {
        try await stream(
            .runs(in: call.scope, tenantID: call.query("tenantId"), envID: call.query("envId")),
            call)
    }

    private static func stream(_ watch: LiveEvents.Watch, _ call: Call) async throws(Problem)
        -> Response
    {
        var response = Response(
            status: 200,
            headers: [
                "Content-Type": "text/event-stream",
                // What nginx would otherwise collect before it hands it on.
                "X-Accel-Buffering": "no",
            ])
        response.stream = try await call.services.live.open(watch, for: call)
        return response
    }
}
