import ControlPlane

/// Callbacks, the catalog, and the service itself.
extension Schemas {
    /// As many rows as Locust itself shows; the totals are complete in any case.
    static let callbackRowsMax = 500
    static let histogramKeysMax = 5_000

    static let callbackInput = ObjectSchema(
        "CallbackInput",
        [
            required("runId", .text(1, max: 100), "The run that the hook was given"),
            optional("tenantId", .text(1, max: 100), "As the hook's environment says"),
            optional("envId", .text(1, max: 100), "As the hook's environment says"),
            required("epoch", .text(1, max: 100), "Differs between two processes of one master"),
            required(
                "sequence", .integer(1...Int(Int32.max)), "Grows by one with each new message"),
            required("sentAt", .timestamp, "By the hook's clock; for people"),
            required(
                "elapsedSeconds", .number(0...PlanLimits.durationSecondsMax * 10),
                "Since the test's start"),
            optional("state", .text(max: 50), "The runner's state"),
            required("users", told, "Users at work"),
            optional("workers", told, "Workers that take part"),
            required("totals", .object(callbackSample), "All requests"),
            required(
                "endpoints", .array(.object(callbackEndpoint), countMax: callbackRowsMax),
                "Each endpoint"),
            required(
                "errors", .array(.object(callbackError), countMax: callbackRowsMax),
                "Each kind of failure"),
            optional(
                "reason", .oneOf(Callback.StopReason.allCases.map(\.rawValue)),
                "Why the hook itself stopped the test"),
        ])

    static let callbackAnswer = ObjectSchema(
        "CallbackAnswer",
        [
            required("runId", .text(max: 100), "The run"),
            required("leaseSeconds", .measure, "The test may go on for this long from now"),
            required("stop", .boolean, "The test should stop now"),
            required("duplicate", .boolean, "The message was known already"),
        ])

    static let clusters = list("ClusterList", of: cluster)
    static let tenants = list("TenantList", of: tenant)
    static let environments = list("EnvironmentList", of: environment)

    static let health = ObjectSchema("Health", [required("status", .oneOf(["ok"]), "ok")])

    static let problem = ObjectSchema(
        "Problem",
        [
            required("type", .text(max: 100), "about:blank (RFC 9457)"),
            required("title", .text(max: 100), "The status in words"),
            required("status", .count, "The HTTP status"),
            required(
                "code", .oneOf(OpenAPIDocument.problemCodes),
                "For programs; what each means is told at the answers that have it"),
            required("detail", .text(max: 100_000), "For people"),
            required("requestId", .text(max: 200), "As in X-Request-ID"),
            optional(
                "reason", .oneOf(StoreFailure.Kind.allCases.map(\.rawValue)),
                "With storeUnavailable: what is in the store's way"),
            optional("errors", .array(.object(fieldError), countMax: .max), "Each wrong field"),
            optional("runIds", .array(.text(max: 100), countMax: .max), "The runs in the way"),
            optional(
                "limits", .array(.object(limitBreach), countMax: .max), "The limits in the way"),
        ])

    /// What a hook says, whose locustfile is anybody's: no sum of such numbers overflows, and a
    /// Double has them exactly.
    private static let told = Schema.integer(0...9_007_199_254_740_992)
    /// In milliseconds: thirty years.
    private static let toldTime = Schema.number(0...1e12)

    private static let sampleFields: [ObjectSchema.Field] = [
        required("requests", told, "Since the test's start, failed ones included"),
        required("failures", told, "Since the test's start"),
        optional("avgResponseMs", toldTime, "Mean since the start"),
        optional("minResponseMs", toldTime, "Shortest since the start"),
        optional("maxResponseMs", toldTime, "Longest since the start"),
        required(
            "histogram", .dictionary(told, countMax: histogramKeysMax),
            "Count by response time in milliseconds, since the last acknowledged message"),
    ]

    private static let callbackSample = ObjectSchema("CallbackSample", sampleFields)

    private static let callbackEndpoint = ObjectSchema(
        "CallbackEndpoint",
        [
            required("method", .text(max: 1000), "As the locustfile names it"),
            required("name", .text(max: 10_000), "As the locustfile names it"),
        ] + sampleFields)

    private static let callbackError = ObjectSchema(
        "CallbackError",
        [
            required("method", .text(max: 1000), "Of the endpoint"),
            required("name", .text(max: 10_000), "Of the endpoint"),
            required("message", .text(max: 100_000), "As Locust words it"),
            required("occurrences", told, "Since the test's start"),
            optional("firstSeen", .timestamp, "By the worker's clock"),
            optional("lastSeen", .timestamp, "By the worker's clock"),
        ])

    static let servedEnvironment = ObjectSchema(
        "ServedEnvironment",
        [
            required("tenantId", .text(max: 100), "Tenant"),
            required("envId", .text(max: 100), "Environment"),
        ])

    private static let tenant = ObjectSchema(
        "Tenant",
        [
            required("id", .text(max: 100), "Tenant"),
            required("name", .text(max: 200), "For people"),
            required("environments", .array(.text(max: 100), countMax: .max), "Its environments"),
            required("limits", .object(limits), "What it may use; null is unlimited"),
        ])

    private static let environment = ObjectSchema(
        "Environment",
        [
            required("tenantId", .text(max: 100), "Tenant"),
            required("envId", .text(max: 100), "Environment"),
            required("clusterIds", .array(.text(max: 100), countMax: .max), "What can serve it"),
            required(
                "limits", .object(environmentLimits),
                "What may be used there within the tenant's own; null is unlimited"),
        ])

    private static let fieldError = ObjectSchema(
        "FieldError",
        [
            required("pointer", .text(max: 10_000), "JSON pointer, or ?name of a parameter"),
            required("message", .text(max: 10_000), "What is wrong, and what is allowed"),
        ])

    static func list(_ name: String, of item: ObjectSchema) -> ObjectSchema {
        ObjectSchema(
            name,
            [
                required("items", .array(.object(item), countMax: .max), "All of them"),
                required("nextCursor", .nullable(.text(max: 2000)), "Always null: it is one page"),
            ])
    }
}
