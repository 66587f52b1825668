import ControlPlane
import Foundation

/// The bodies of requests.
enum Schemas {
    static let tagsMax = 20
    static let userClassesMax = 50
    static let metadataBytesMax = 16_384
    /// Some thousand requests; what is larger belongs in a file of data beside the engine.
    static let scenarioBytesMax = 262_144
    /// The same in base64, which takes four characters for three bytes.
    static let targetsLengthMax = scenarioBytesMax / 3 * 4 + 4

    static let loadTestInput = ObjectSchema(
        "LoadTestInput",
        definitionFields + amounts(.ofDefinition) + [
            baselineField,
            optional("createdBy", .text(1, max: 200), claimedBy),
        ])

    static let runInput = ObjectSchema("RunInput", planFields + placeFields + queueFields)

    static let testInput = ObjectSchema(
        "TestInput",
        definitionFields + amounts(.ofRun) + [
            labelsField,
            optional("createdBy", .text(1, max: 200), claimedBy),
        ] + queueFields)

    static let stopInput = ObjectSchema("StopInput", [])

    static let usersInput = ObjectSchema(
        "UsersInput",
        [
            required("targetUsers", users, "How many users there shall be"),
            optional(
                "spawnRate", spawnRate,
                "Users started or stopped per second on the way; as before by default"),
        ])

    private static let definitionFields: [ObjectSchema.Field] = [
        required("name", .text(1, max: 200), "What people call it"),
        optional("description", .text(max: 4000), "More about it"),
        optional("tags", .array(.text(1, max: 100), countMax: tagsMax), "Words to find it by"),
        required("tenantId", .text(1, max: 100), "The tenant that it belongs to"),
        required("envId", .text(1, max: 100), "The tenant's environment that it runs in"),
        optional(
            "locustClusterId", .text(1, max: 100),
            "The cluster to use, of any type. Otherwise the first of the environment, in the order "
                + "of the configuration, that has room and can run the definition: with a scenario "
                + "or targetsBase64 a native one, with a locustfile or userClasses a Locust "
                + "cluster, with both or neither any"),
        required("targetUrl", targetURL, "Base URL of the system under test"),
        optional(
            "locustfile", .text(1, max: 500),
            "The locustfile that the cluster must run, checked where its hook tells"),
        optional("scenarioId", .text(1, max: 200), "Handed to the locustfile"),
        optional(
            "scenario", scenario,
            "What users of a native cluster do; without it they send GET to targetUrl. "
                + scenarioForm, example: scenarioExample),
        optional(
            "targetsBase64", targets,
            "The same as vegeta targets (JSON or plain text) in base64; not with a scenario"),
        optional(
            "userClasses", .array(.text(1, max: 200), countMax: userClassesMax),
            "User classes to run, on a master with --class-picker; all of them by default"),
        optional(
            "minWorkersShare", workersShare, workersShareMeaning + "; no such rule by default"),
        thresholdsField,
        optional("metadata", .anyObject(bytesMax: metadataBytesMax), "Your own data"),
    ]

    private static func amounts(_ names: AmountFields) -> [ObjectSchema.Field] {
        [
            optional(
                names.users, users,
                "Users at the top of the ramp; by default the scenario's own load.users, or the "
                    + "most of its load.stages, else 1. Stages must keep to it"),
            optional(
                names.spawnRate, spawnRate,
                "Users started per second; by default the scenario's own load.spawnRate, else 1"),
            optional(
                names.duration, duration,
                "From the order to the stop, ramp included; by default the scenario's own "
                    + "load.duration, or the sum of its load.stages, else 60"),
        ]
    }

    private static let planFields: [ObjectSchema.Field] = [
        optional(
            "targetUsers", users,
            "Users at the top of the ramp; the definition's by default. Stages of its scenario "
                + "must keep to them"),
        optional("spawnRate", spawnRate, "Users started per second; the definition's by default"),
        optional(
            "durationSeconds", duration,
            "From the order to the stop, ramp included; the definition's by default"),
        optional(
            "minWorkersShare", workersShare,
            workersShareMeaning + "; the definition's by default, and 0 is no such rule"),
        runThresholdsField,
        labelsField,
        optional("metadata", .anyObject(bytesMax: metadataBytesMax), "Your own data"),
        optional("createdBy", .text(1, max: 200), claimedBy),
    ]

    /// What a pipeline has another one of for each of its branches.
    private static let placeFields: [ObjectSchema.Field] = [
        optional("targetUrl", targetURL, "The system under test; the definition's by default"),
        optional(
            "locustClusterId", .text(1, max: 100), "The cluster; the definition's by default"),
    ]

    /// A user in a quarter of an hour; what is smaller would show as 0 where six decimals are
    /// shown.
    private static let spawnRateMin = 0.001

    /// Any object here; what is in it is checked by the engine that would run it.
    static let scenario = Schema.anyObject(
        bytesMax: scenarioBytesMax, depthMax: Schema.scenarioDepthMax)
    private static let targets = Schema.string(
        StringRule(
            lengthMin: 1, lengthMax: targetsLengthMax,
            form: ("base64 (RFC 4648)", { Data(base64Encoded: $0) != nil })))
    private static let workersShare = Schema.number(0...1)
    private static let workersShareMeaning =
        "A run on a Locust cluster is stopped, with the endReason workersLost, when for more than "
        + "10 s fewer than this share are left of the most workers that it has had at once"
    static let claimedBy = "Kept as claimedCreatedBy beside the token's name"
    static let usersRange = 1...PlanLimits.usersMax
    static let spawnRateRange = spawnRateMin...PlanLimits.spawnRateMax
    static let durationRange = PlanLimits.durationSecondsMin...PlanLimits.durationSecondsMax
    static let users = Schema.integer(usersRange)
    static let spawnRate = Schema.number(spawnRateRange)
    static let duration = Schema.duration(durationRange)
    private static let targetURL = Schema.string(
        StringRule(
            lengthMin: 1, lengthMax: 2000,
            form: ("an http or https URL such as https://shop.example", TargetURL.isValid)))
}
