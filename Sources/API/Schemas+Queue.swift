import ControlPlane

/// The queue: how it is asked for, and what is told of a run in it.
extension Schemas {
    /// A day: whoever waits for longer has forgotten it.
    static let queueTimeoutRange = 1.0...86_400.0

    static let queueFields: [ObjectSchema.Field] = [
        optional(
            "whenBusy", .oneOf(WhenBusy.allCases.map(\.rawValue)),
            "queue lets the run wait where there is no room for it now (state Queued); refuse, the "
                + "default, is answered 409 then"),
        optional(
            "queueTimeoutSeconds", .duration(queueTimeoutRange),
            "With whenBusy queue: how long it waits at the most; else it ends as queueTimedOut. "
                + "An hour unless the service is configured otherwise"),
    ]

    static let queuePlace = ObjectSchema(
        "QueuePlace",
        [
            required(
                "position", .nullable(.count),
                "Among the queued runs of its tenant, from 1; tenants take turns. Null where it is "
                    + "just leaving, or the service just starting"),
            required("since", .timestamp, "When it was queued"),
            required("until", .timestamp, "When it is given up"),
            required("waitsFor", .text(max: 10_000), "What is in its way, in words"),
        ])
}
