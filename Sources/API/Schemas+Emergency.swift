import Addresses
import ControlPlane

extension Schemas {
    static let emergencyStopInput = ObjectSchema(
        "EmergencyStopInput",
        [
            required(
                "scope", .oneOf(EmergencyStop.Reach.allCases.map(\.rawValue)),
                "Stop everything, what is a tenant's, or what is sent to a host"),
            optional(
                "tenantId", .text(1, max: 100),
                "With the scope tenant, or with host to stop only this tenant's load there; "
                    + "without it the caller must administer the whole service"),
            optional(
                "host", hostPattern,
                "With the scope host: shop.example.org, *.example.org, 10.0.0.0/8, each also with "
                    + ":443 or :8000-8999"),
            required(
                "reason", .text(1, max: EmergencyStop.reasonLengthMax),
                "Told to everybody whose run it stops or whose start it refuses"),
        ])

    static let emergencyStop = ObjectSchema("EmergencyStop", emergencyFields)
    static let emergencyStops = list("EmergencyStopList", of: emergencyStop)
    static let emergencyStopImposed = ObjectSchema(
        "EmergencyStopImposed",
        emergencyFields + [
            required(
                "stoppedRunIds", .array(.text(max: 100), countMax: .max),
                "The runs that were told to stop; they are Stopping or over")
        ])

    private static let emergencyFields: [ObjectSchema.Field] = [
        required("id", .text(max: 100), "UUID"),
        required("scope", .oneOf(EmergencyStop.Reach.allCases.map(\.rawValue)), "What it stops"),
        required("tenantId", .nullable(.text(max: 100)), "Null for all tenants"),
        required("host", .nullable(.text(max: EmergencyStop.hostLengthMax)), "Where to"),
        required("reason", .text(max: EmergencyStop.reasonLengthMax), "As it was given"),
        required("createdAt", .timestamp, "Since when it holds"),
        required("createdBy", .text(max: 200), "Who gave it"),
    ]

    private static let hostPattern = Schema.string(
        StringRule(
            lengthMin: 1, lengthMax: EmergencyStop.hostLengthMax,
            form: (
                "a host, *.host, an address or a range, other than *",
                { text in
                    // What is wrong with it does not matter here.
                    guard let pattern = try? TargetPattern(text) else { return false }
                    return pattern.place != .anything
                }
            )))
}
