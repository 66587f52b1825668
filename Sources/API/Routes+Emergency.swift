import ControlPlane
import HTTPServer

extension Routes {
    static let emergency: [APIRoute] = [
        .init(
            method: "POST", path: "/v1/emergency-stop", permission: .administer,
            summary: "Stop all runs of the service, of a tenant or against a host, and let none "
                + "start until this is lifted; repeating it is no error",
            body: Schemas.emergencyStopInput,
            answers: [
                .init(
                    201, "Starts are refused from now on, and these runs are stopping",
                    Schemas.emergencyStopImposed)
            ],
            refusals: [.tooManyEmergencyStops], bodyBytesMax: ServerLimits.urgentBodyBytesMax,
            admission: .stops, audit: .action("emergency.stop"), isUrgent: true, budget: .stops,
            handler: EmergencyHandlers.impose),
        .init(
            method: "GET", path: "/v1/emergency-stop", permission: .read,
            summary: "List the emergency stops that hold for the caller",
            answers: [.init(200, "All that hold", Schemas.emergencyStops)], asksStore: false,
            admission: .reads, audit: .none, handler: EmergencyHandlers.list),
        .init(
            method: "GET", path: "/v1/emergency-stop/{id}", permission: .read,
            summary: "Read an emergency stop that holds",
            answers: [.init(200, "The emergency stop", Schemas.emergencyStop)],
            refusals: [.notFound], asksStore: false, admission: .reads, audit: .none,
            handler: EmergencyHandlers.read),
        .init(
            method: "DELETE", path: "/v1/emergency-stop/{id}", permission: .administer,
            summary: "Lift an emergency stop; nothing starts by itself",
            answers: [.init(204, "Lifted")], refusals: [.notFound], admission: .changes,
            audit: .action("emergency.lift"), handler: EmergencyHandlers.lift),
    ]
}
