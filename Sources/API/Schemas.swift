import ControlPlane

/// The bodies of requests.
enum Schemas {
    static let tagsMax = 20
    static let userClassesMax = 50
    static let metadataBytesMax = 16_384

    static let loadTestInput = ObjectSchema(
        "LoadTestInput",
        definitionFields + [
            optional("defaultUsers", users, "Users at the top of the ramp; 1 by default"),
            optional("defaultSpawnRate", spawnRate, "Users started per second; 1 by default"),
            optional(
                "defaultDurationSeconds", duration,
                "From the order to the stop, ramp included; 60 by default"),
            optional("createdBy", .text(1, max: 200), claimedBy),
        ])

    static let runInput = ObjectSchema("RunInput", planFields)

    static let testInput = ObjectSchema(
        "TestInput", definitionFields + planFields.filter { $0.name != "metadata" })

    static let stopInput = ObjectSchema("StopInput", [])

    private static let definitionFields: [ObjectSchema.Field] = [
        required("name", .text(1, max: 200), "What people call it"),
        optional("description", .text(max: 4000), "More about it"),
        optional("tags", .array(.text(1, max: 100), countMax: tagsMax), "Words to find it by"),
        required("tenantId", .text(1, max: 100), "The tenant that it belongs to"),
        required("envId", .text(1, max: 100), "The tenant's environment that it runs in"),
        optional(
            "locustClusterId", .text(1, max: 100),
            "The cluster to use; otherwise a free one of the environment"),
        required("targetUrl", targetURL, "Base URL of the system under test"),
        optional(
            "locustfile", .text(1, max: 500),
            "The locustfile that the cluster must run, checked where its hook tells"),
        optional("scenarioId", .text(1, max: 200), "Handed to the locustfile"),
        optional(
            "userClasses", .array(.text(1, max: 200), countMax: userClassesMax),
            "User classes to run, on a master with --class-picker; all of them by default"),
        optional("metadata", .anyObject(bytesMax: metadataBytesMax), "Your own data"),
    ]

    private static let planFields: [ObjectSchema.Field] = [
        optional("targetUsers", users, "Users at the top of the ramp"),
        optional("spawnRate", spawnRate, "Users started per second"),
        optional("durationSeconds", duration, "From the order to the stop, ramp included"),
        optional("metadata", .anyObject(bytesMax: metadataBytesMax), "Your own data"),
        optional("createdBy", .text(1, max: 200), claimedBy),
    ]

    /// A user in a quarter of an hour; what is smaller would show as 0 where six decimals are
    /// shown.
    private static let spawnRateMin = 0.001

    private static let claimedBy = "Kept as claimedCreatedBy beside the token's name"
    private static let users = Schema.integer(1...PlanLimits.usersMax)
    private static let spawnRate = Schema.number(spawnRateMin...PlanLimits.spawnRateMax)
    private static let duration = Schema.duration(
        PlanLimits.durationSecondsMin...PlanLimits.durationSecondsMax)
    private static let targetURL = Schema.string(
        StringRule(
            lengthMin: 1, lengthMax: 2000,
            form: ("an http or https URL such as https://shop.example", TargetURL.isValid)))
}
