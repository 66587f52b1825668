import ControlPlane
import Exposition
import HTTP

enum ExpositionHandlers {
    static func metrics(_ call: Call) async throws(Problem) -> Response {
        let audience: ServiceMeters.Audience =
            call.principal == .stranger
            ? .anybody : call.scope == .everything ? .service : .tenant(call.scope)
        let format = TextFormat.accepted(by: call.request.headers["Accept"])
        let families = await call.services.meters.families(for: audience)
        return Response(
            status: 200, headers: ["Content-Type": format.contentType, "Vary": "Accept"],
            body: format.text(of: families))
    }
}
