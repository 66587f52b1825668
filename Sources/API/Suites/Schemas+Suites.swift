import ControlPlane

extension Schemas {
    static let suiteInput = ObjectSchema(
        "SuiteInput",
        [
            required("name", .text(1, max: 200), "What people call it"),
            optional("description", .text(max: 4000), "More about it"),
            required("tenantId", .text(1, max: 100), "The tenant that it belongs to"),
            required(
                "envId", .text(1, max: 100),
                "The tenant's environment, of which all its load tests are"),
            optional(
                "onFailure", .oneOf(SuiteSpec.OnFailure.allCases.map(\.rawValue)),
                "Whether the next step begins when a run of this one was judged failed, ended as "
                    + "Failed, or could not be started: stop (by default) or continue"),
            required(
                "steps", .array(.object(suiteStepInput), countMax: SuiteSpec.stepsMax),
                "One behind the other; of \(SuiteSpec.testsMax) tests in all at most"),
            optional("createdBy", .text(1, max: 200), claimedBy),
        ])

    private static let suiteStepInput = ObjectSchema(
        "SuiteStepInput",
        [
            optional("name", .text(1, max: 200), "What people call it"),
            required(
                "tests", .array(.object(suiteTestInput), countMax: SuiteSpec.testsOfStepMax),
                "At the same time, where there is room: otherwise they queue"),
        ])

    private static let suiteTestInput = ObjectSchema(
        "SuiteTestInput",
        [required("loadTestId", .text(1, max: 100), "The load test to run")] + changeFields)

    static let suiteStartInput = ObjectSchema(
        "SuiteStartInput",
        [
            optional(
                "labels", labels,
                "Of each of its runs: what is tested, such as branch and commit, so that the runs "
                    + "are compared with others of it",
                example: .object(["branch": .string("main")])),
            optional("createdBy", .text(1, max: 200), claimedBy),
        ])

    static let suite = ObjectSchema(
        "Suite",
        [
            required("id", .text(max: 100), "UUID"),
            required("name", .text(max: 200), "What people call it"),
            required("description", .text(max: 4000), "More about it"),
            required("tenantId", .text(max: 100), "Tenant"),
            required("envId", .text(max: 100), "Environment"),
            required(
                "onFailure", .oneOf(SuiteSpec.OnFailure.allCases.map(\.rawValue)),
                "Whether steps behind a failure begin"),
            required(
                "steps", .array(.object(suiteStep), countMax: SuiteSpec.stepsMax),
                "One behind the other"),
            required("lastRun", .nullable(.object(lastSuiteRun)), "The newest of its runs"),
            required("version", .count, "Grows with each change; the ETag"),
        ] + audit)

    static let suitePage = page("SuitePage", of: suite)

    private static let suiteStep = ObjectSchema(
        "SuiteStep",
        [
            required("name", .nullable(.text(max: 200)), "What people call it"),
            required(
                "tests", .array(.object(suiteTest), countMax: SuiteSpec.testsOfStepMax),
                "At the same time"),
        ])

    private static let suiteTest = ObjectSchema(
        "SuiteTest",
        [required("loadTestId", .text(max: 100), "The load test to run")] + shownChange)

    private static let lastSuiteRun = ObjectSchema(
        "LastSuiteRun",
        [required("id", .text(max: 100), "UUID"), required("createdAt", .timestamp, "Its start")]
            + suiteOutcome)

    private static let suiteOutcome: [ObjectSchema.Field] = [
        required(
            "state", .oneOf(SuiteRun.State.allCases.map(\.rawValue)),
            "Stopping: no more runs are started; Finished: all of them are over"),
        required(
            "verdict", .nullable(.oneOf(Verdict.Result.allCases.map(\.rawValue))),
            "passed when all its runs have passed, failed when one has failed, inconclusive "
                + "otherwise; null as long as it is not Finished"),
    ]

    static let suiteRun = ObjectSchema(
        "SuiteRun",
        [
            required("id", .text(max: 100), "UUID"),
            required("suiteId", .text(max: 100), "The suite, which may have been deleted"),
            required("scheduleId", .nullable(.text(max: 100)), "The schedule that has started it"),
            required("name", .text(max: 200), "The suite's"),
            required("tenantId", .text(max: 100), "Tenant"),
            required("envId", .text(max: 100), "Environment"),
            required(
                "onFailure", .oneOf(SuiteSpec.OnFailure.allCases.map(\.rawValue)),
                "Whether steps behind a failure begin"),
            required("labels", labels, "Of each of its runs"),
        ] + suiteOutcome + [
            required("verdictReason", .nullable(.text(max: 10_000)), "Why it has not passed"),
            required(
                "steps", .array(.object(suiteRunStep), countMax: SuiteSpec.stepsMax),
                "One behind the other"),
            required("stopRequestedAt", .nullable(.timestamp), "A stop was asked for"),
            required("stopRequestedBy", .nullable(.text(max: 200)), "By whom"),
            required("endedAt", .nullable(.timestamp), "It was over"),
        ] + startAudit)

    private static let startAudit: [ObjectSchema.Field] = audit.filter {
        ["createdAt", "createdBy", "claimedCreatedBy"].contains($0.name)
    }

    static let suiteRunPage = page("SuiteRunPage", of: suiteRun)

    private static let suiteRunStep = ObjectSchema(
        "SuiteRunStep",
        [
            required("name", .nullable(.text(max: 200)), "The suite's"),
            required(
                "runs", .array(.object(runOfSuite), countMax: SuiteSpec.testsOfStepMax),
                "At the same time"),
        ])

    private static let runOfSuite = ObjectSchema(
        "RunOfSuite",
        [
            required("loadTestId", .text(max: 100), "The load test"),
            required("name", .nullable(.text(max: 200)), "The load test's, once it has begun"),
            required(
                "outcome", .oneOf(SuiteRun.Item.State.allCases.map(\.rawValue)),
                "pending; started; refused: it could not be started; notStarted: the suite ended "
                    + "before it"),
            required("runId", .nullable(.text(max: 100)), "The run, once it has begun"),
            required(
                "state", .nullable(.oneOf(RunState.allCases.map(\.rawValue))),
                "The run's, as of about a second ago"),
            required(
                "verdict", .nullable(.oneOf(Verdict.Result.allCases.map(\.rawValue))), "The run's"),
            required("verdictReason", .nullable(.text(max: 10_000)), "The run's"),
            required("code", .nullable(.text(max: 100)), "Of the problem that refused it"),
            required(
                "detail", .nullable(.text(max: 100_000)), "Why it was refused, or how it ended"),
        ])
}
